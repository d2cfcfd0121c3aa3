-- What concerns safety: who was let in or refused, what went wrong, what the rules of
-- alarm made of it. Kept for a time, not for good; what was done stands in the trail.
CREATE TABLE base_event (
	id           TEXT PRIMARY KEY,
	at           BIGINT NOT NULL,
	kind         TEXT NOT NULL,
	alarm        BOOLEAN NOT NULL DEFAULT false,
	by_id        TEXT NOT NULL DEFAULT '',
	by_name      TEXT NOT NULL DEFAULT '',
	source       TEXT NOT NULL DEFAULT '',
	request      TEXT NOT NULL DEFAULT '',
	what         TEXT NOT NULL DEFAULT '', -- the door, the deed or the rule
	record       TEXT NOT NULL DEFAULT '',
	note         TEXT NOT NULL DEFAULT '',
	times        BIGINT NOT NULL DEFAULT 1, -- the same again and again within a moment
	handled_at   BIGINT NOT NULL DEFAULT 0,
	handled_by   TEXT NOT NULL DEFAULT '',
	handled_name TEXT NOT NULL DEFAULT '',
	handled_note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX base_event_kind ON base_event (kind, id);
CREATE INDEX base_event_by ON base_event (by_id, id);
CREATE INDEX base_event_source ON base_event (source, kind, at);
CREATE INDEX base_event_at ON base_event (at);
CREATE INDEX base_event_alarm ON base_event (alarm, handled_at, id);

-- Who read what about whom.
CREATE TABLE base_read (
	id      TEXT PRIMARY KEY,
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	roles   TEXT NOT NULL DEFAULT '',
	noun    TEXT NOT NULL,
	subject TEXT NOT NULL DEFAULT '', -- the person read about; '' of a list
	fields  TEXT NOT NULL DEFAULT '',
	way     TEXT NOT NULL,            -- page, api, list, export
	records BIGINT NOT NULL DEFAULT 1,
	source  TEXT NOT NULL DEFAULT '',
	request TEXT NOT NULL DEFAULT ''
);
CREATE INDEX base_read_subject ON base_read (subject, id);
CREATE INDEX base_read_by ON base_read (by_id, id);
CREATE INDEX base_read_at ON base_read (at);
