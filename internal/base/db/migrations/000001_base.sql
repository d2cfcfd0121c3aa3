-- The trail: who did what to which record, when and where from.
CREATE TABLE base_trail (
	id      TEXT PRIMARY KEY,
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	noun    TEXT NOT NULL,
	record  TEXT NOT NULL,
	action  TEXT NOT NULL,
	note    TEXT NOT NULL DEFAULT '',
	detail  TEXT NOT NULL DEFAULT '',
	source  TEXT NOT NULL DEFAULT '',
	request TEXT NOT NULL DEFAULT ''
);
CREATE INDEX base_trail_record ON base_trail (record, id);
-- append-only: base_trail

-- The last number given out in each series and year.
CREATE TABLE base_number (
	series TEXT NOT NULL,
	year   BIGINT NOT NULL,
	last   BIGINT NOT NULL,
	PRIMARY KEY (series, year)
);

-- Idempotency keys: what a repeated submit is answered with.
CREATE TABLE base_key (
	person TEXT NOT NULL,
	key    TEXT NOT NULL,
	digest TEXT NOT NULL,
	at     BIGINT NOT NULL,
	result TEXT NOT NULL,
	PRIMARY KEY (person, key)
);
CREATE INDEX base_key_at ON base_key (at);

-- Work for after the commit.
CREATE TABLE base_job (
	id       TEXT PRIMARY KEY,
	kind     TEXT NOT NULL,
	payload  TEXT NOT NULL,
	due      BIGINT NOT NULL,
	made_at  BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	error    TEXT NOT NULL DEFAULT '',
	dead     BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX base_job_due ON base_job (dead, due, id);

-- Work by the clock: when each was last done, so that of two copies only one does it.
CREATE TABLE base_clock (
	name TEXT PRIMARY KEY,
	last BIGINT NOT NULL
);

-- Settings of the hospital that no room owns: its name, its zone.
CREATE TABLE base_setting (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- Views of lists that a person saved, or shared with a role.
CREATE TABLE base_view (
	id     TEXT PRIMARY KEY,
	list   TEXT NOT NULL,
	person TEXT NOT NULL,
	role   TEXT NOT NULL DEFAULT '',
	name   TEXT NOT NULL,
	query  TEXT NOT NULL
);
CREATE INDEX base_view_list ON base_view (list, person);

-- Words of Latin script met in search columns, by each spelling with one letter
-- left out, so that a search forgives a typing error.
CREATE TABLE base_spelling (
	variant TEXT NOT NULL,
	word    TEXT NOT NULL,
	PRIMARY KEY (variant, word)
);
