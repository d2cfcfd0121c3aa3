-- A hospital makes kinds of its own: each stands under the trade that does it. Those that
-- came with the program are called as their trade is.
ALTER TABLE desk_kind RENAME COLUMN trade TO id;
ALTER TABLE desk_kind ADD COLUMN trade TEXT NOT NULL DEFAULT '';
UPDATE desk_kind SET trade = id;
ALTER TABLE desk_kind ADD COLUMN crew TEXT NOT NULL DEFAULT '';         -- '': by the routes of the trade
ALTER TABLE desk_kind ADD COLUMN certificates TEXT NOT NULL DEFAULT ''; -- besides those the trade takes
ALTER TABLE desk_kind ADD COLUMN times TEXT NOT NULL DEFAULT '';        -- urgency answer come finish, minutes; one a line
ALTER TABLE desk_kind ADD COLUMN sign TEXT NOT NULL DEFAULT 'ward';     -- whose word closes it
ALTER TABLE desk_kind ADD COLUMN silence BIGINT NOT NULL DEFAULT 0;     -- working hours; 0: as the house has it; -1: never
-- What a kind was before it was changed: what is under way keeps the kind of its day.
CREATE TABLE desk_kind_edition (
	kind    TEXT NOT NULL REFERENCES desk_kind (id),
	version BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	body    TEXT NOT NULL, -- as the program writes a kind
	PRIMARY KEY (kind, version)
);
-- append-only: desk_kind_edition
ALTER TABLE desk_job ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN kind_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN sign TEXT NOT NULL DEFAULT 'ward';
ALTER TABLE desk_job ADD COLUMN silence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN answer_due BIGINT NOT NULL DEFAULT 0; -- 0: by the book (W-002)
ALTER TABLE desk_job ADD COLUMN come_due BIGINT NOT NULL DEFAULT 0;   -- 0: by the book (W-005)
UPDATE desk_job SET kind = trade, kind_version = 1 WHERE open = true;
UPDATE desk_job SET kind_version = coalesce((SELECT k.version FROM desk_kind k WHERE k.id = desk_job.kind), 0) WHERE open = true;
CREATE INDEX desk_job_kind ON desk_job (kind, reported_at, id);
