-- Work on phones without a network: the key under which a person's phones seal what
-- they keep, and when a phone says that something was done that was sent later.
CREATE TABLE desk_phone (
	person  TEXT PRIMARY KEY,
	secret  TEXT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE TABLE desk_said (
	id      TEXT PRIMARY KEY,
	job     TEXT NOT NULL REFERENCES desk_job (id),
	step    TEXT NOT NULL,
	by_name TEXT NOT NULL,
	said_at BIGINT NOT NULL,           -- by the phone's clock
	ahead   BIGINT NOT NULL DEFAULT 0, -- of the server's, microseconds, when it was sent
	at      BIGINT NOT NULL            -- when it came in: what counts
);
CREATE INDEX desk_said_job ON desk_said (job, at);
-- append-only: desk_said
