-- What a person was told in the house.
CREATE TABLE messages_note (
	id     TEXT PRIMARY KEY,
	person TEXT NOT NULL REFERENCES people_person (id),
	at     BIGINT NOT NULL,
	event  TEXT NOT NULL,
	args   TEXT NOT NULL DEFAULT '[]', -- of the sentence, as JSON
	href   TEXT NOT NULL DEFAULT '',
	seen   BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX messages_note_person ON messages_note (person, id);
CREATE INDEX messages_note_unseen ON messages_note (person, id) WHERE seen = false;

-- Where a person wants to be written to, besides.
CREATE TABLE messages_address (
	person TEXT PRIMARY KEY REFERENCES people_person (id),
	email  TEXT NOT NULL
);

-- A group chat's robot, or another program that listens.
CREATE TABLE messages_channel (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	host    TEXT NOT NULL,             -- of the address: what may be shown
	address TEXT NOT NULL,             -- sealed: it may hold a key
	secret  TEXT NOT NULL DEFAULT '',  -- sealed; '' for none
	events  TEXT NOT NULL DEFAULT '',  -- what it is told of, with spaces between
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1
);

-- What left the house, to whom and how that went.
CREATE TABLE messages_delivery (
	id       TEXT PRIMARY KEY,
	channel  TEXT NOT NULL DEFAULT '', -- '' for a letter
	person   TEXT NOT NULL DEFAULT '', -- who is written to
	event    TEXT NOT NULL,
	number   TEXT NOT NULL DEFAULT '', -- of the paper it is about: all that is told of it
	href     TEXT NOT NULL DEFAULT '',
	at       BIGINT NOT NULL,
	state    TEXT NOT NULL DEFAULT 'waiting',
	attempts BIGINT NOT NULL DEFAULT 0,
	error    TEXT NOT NULL DEFAULT '',
	sent_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX messages_delivery_state ON messages_delivery (state, id);
CREATE INDEX messages_delivery_channel ON messages_delivery (channel, id);
