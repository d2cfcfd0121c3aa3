-- A complaint about a job: by a bad rating, by what was said when a ward was called back,
-- or straight from the ward; whose it is to answer, by when, and what they answered.
CREATE TABLE desk_complaint (
	id          TEXT PRIMARY KEY,
	number      TEXT NOT NULL UNIQUE,
	job         TEXT NOT NULL REFERENCES desk_job (id),
	source      TEXT NOT NULL,
	said        TEXT NOT NULL,
	by_id       TEXT NOT NULL DEFAULT '',
	by_name     TEXT NOT NULL DEFAULT '',
	at          BIGINT NOT NULL,
	owner       TEXT NOT NULL DEFAULT '',
	owner_name  TEXT NOT NULL DEFAULT '',
	due         BIGINT NOT NULL,
	state       TEXT NOT NULL,
	answer      TEXT NOT NULL DEFAULT '',
	founded     BOOLEAN NOT NULL DEFAULT false,
	answered_at BIGINT NOT NULL DEFAULT 0,
	answered_by TEXT NOT NULL DEFAULT '',
	version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX desk_complaint_at ON desk_complaint (at, id);
CREATE INDEX desk_complaint_open ON desk_complaint (state, due, id);
CREATE INDEX desk_complaint_job ON desk_complaint (job);

-- A closed job whose ward is called back: drawn by lot, and what it said.
CREATE TABLE desk_callback (
	job     TEXT PRIMARY KEY REFERENCES desk_job (id),
	at      BIGINT NOT NULL,
	state   TEXT NOT NULL,              -- waiting, answered, unreached
	tries   BIGINT NOT NULL DEFAULT 0,
	score   BIGINT NOT NULL DEFAULT 0,  -- 1 to 5
	said    TEXT NOT NULL DEFAULT '',
	by_name TEXT NOT NULL DEFAULT '',
	done_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX desk_callback_state ON desk_callback (state, at, job);
CREATE INDEX desk_callback_at ON desk_callback (at, job);
