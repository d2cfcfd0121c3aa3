-- Codes on walls and machines, by which anybody may say what is broken there. The id
-- stands in the address that the code carries; it is random and can be taken back.
CREATE TABLE desk_code (
	id           TEXT PRIMARY KEY,
	place        TEXT NOT NULL DEFAULT '',
	asset        TEXT NOT NULL DEFAULT '',
	at           BIGINT NOT NULL,
	by_name      TEXT NOT NULL DEFAULT '',
	withdrawn    BOOLEAN NOT NULL DEFAULT false,
	version      BIGINT NOT NULL DEFAULT 1,
	search       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX desk_code_at ON desk_code (at, id);
CREATE UNIQUE INDEX desk_code_place ON desk_code (place) WHERE withdrawn = false AND asset = '';
CREATE UNIQUE INDEX desk_code_asset ON desk_code (asset) WHERE withdrawn = false AND asset <> '';
-- searchable: desk_code

-- What guests say is broken, until the desk has looked at it. It is no job and has no
-- number yet: what is not real leaves no gap and counts nowhere.
CREATE TABLE desk_notice (
	id         TEXT PRIMARY KEY,
	tracking   TEXT NOT NULL UNIQUE,        -- by it the guest, and nobody else, looks how far it is
	code       TEXT NOT NULL REFERENCES desk_code (id),
	place      TEXT NOT NULL DEFAULT '',
	asset      TEXT NOT NULL DEFAULT '',
	trade      TEXT NOT NULL,
	text       TEXT NOT NULL DEFAULT '',
	contact    TEXT NOT NULL DEFAULT '',    -- forgotten some time after it is decided
	photos     BIGINT NOT NULL DEFAULT 0,
	state      TEXT NOT NULL,
	reason     TEXT NOT NULL DEFAULT '',
	job        TEXT NOT NULL DEFAULT '',
	at         BIGINT NOT NULL,
	decided_at BIGINT NOT NULL DEFAULT 0,
	decided_by TEXT NOT NULL DEFAULT '',
	version    BIGINT NOT NULL DEFAULT 1,
	search     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX desk_notice_at ON desk_notice (at, id);
CREATE INDEX desk_notice_state ON desk_notice (state, at, id);
CREATE INDEX desk_notice_code ON desk_notice (code, at, id);
CREATE INDEX desk_notice_job ON desk_notice (job) WHERE job <> '';
CREATE INDEX desk_notice_contact ON desk_notice (decided_at) WHERE contact <> '';
-- searchable: desk_notice
