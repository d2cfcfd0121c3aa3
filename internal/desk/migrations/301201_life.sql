-- A report of what is being done already is merged into the job that is kept; one report
-- of two trades is split in two.
ALTER TABLE desk_job ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN split_from TEXT NOT NULL DEFAULT '';
-- How often the ward had a closed job taken up again, and when it last did.
ALTER TABLE desk_job ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN reopened_at BIGINT NOT NULL DEFAULT 0;
-- The same asset, or the same trade in the same place, had failed lately: repeat_of is the
-- job of then; repeated stands in that one.
ALTER TABLE desk_job ADD COLUMN repeat_of TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN repeated BOOLEAN NOT NULL DEFAULT false;
-- Closed because nobody said a word for so long.
ALTER TABLE desk_job ADD COLUMN silent BOOLEAN NOT NULL DEFAULT false;
-- How far up its lateness was told: 0 nobody, 1 the team, 2 the section head, 3 the
-- vice-president in charge; when its worker was warned; when it was reported as unsolved.
ALTER TABLE desk_job ADD COLUMN rung BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN warned_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN upward_at BIGINT NOT NULL DEFAULT 0;
-- When somebody first was sent or took it, and when somebody first was there: a job that
-- comes back is sent again, and was answered no later for that.
ALTER TABLE desk_job ADD COLUMN answered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN came_at BIGINT NOT NULL DEFAULT 0;
UPDATE desk_job SET answered_at = CASE WHEN dispatched_at > 0 THEN dispatched_at ELSE accepted_at END, came_at = arrived_at;
-- What the firm from outside was paid, in fen, and why the ward rated as it did.
ALTER TABLE desk_job ADD COLUMN outside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN reasons TEXT NOT NULL DEFAULT '';
CREATE INDEX desk_job_merged ON desk_job (merged_into) WHERE merged_into <> '';
CREATE INDEX desk_job_split ON desk_job (split_from) WHERE split_from <> '';
CREATE INDEX desk_job_repeat ON desk_job (repeat_of) WHERE repeat_of <> '';
CREATE INDEX desk_job_upward ON desk_job (upward_at) WHERE upward_at > 0;

-- Who reported a double: told of the kept job like its own reporter.
CREATE TABLE desk_follower (
	job    TEXT NOT NULL REFERENCES desk_job (id),
	person TEXT NOT NULL,
	merged TEXT NOT NULL, -- the job that was merged
	PRIMARY KEY (job, person, merged)
);

-- A deadline that was missed: of the first answer, of being there, of the work; where the
-- job stood at that moment, and the cause that people gave for it.
CREATE TABLE desk_breach (
	id      TEXT PRIMARY KEY,
	job     TEXT NOT NULL REFERENCES desk_job (id),
	what    TEXT NOT NULL,
	due     BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	stood   TEXT NOT NULL,
	cause   TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT '',
	by_name TEXT NOT NULL DEFAULT '',
	UNIQUE (job, what, due)
);
CREATE INDEX desk_breach_at ON desk_breach (at, id);
