-- One spreadsheet that somebody brought, and how far it is.
CREATE TABLE intake_import (
	id         TEXT PRIMARY KEY,
	kind       TEXT NOT NULL,
	name       TEXT NOT NULL,              -- of the file
	size       BIGINT NOT NULL DEFAULT 0,  -- bytes
	kept       BOOLEAN NOT NULL DEFAULT false, -- its bytes are still here
	state      TEXT NOT NULL,
	mapping    TEXT NOT NULL DEFAULT '',   -- JSON
	whole      BOOLEAN NOT NULL DEFAULT false,
	total      BIGINT NOT NULL DEFAULT 0,  -- that hold something
	done       BIGINT NOT NULL DEFAULT 0,  -- of these dealt with
	made       BIGINT NOT NULL DEFAULT 0,
	changed    BIGINT NOT NULL DEFAULT 0,
	unchanged  BIGINT NOT NULL DEFAULT 0,
	refused    BIGINT NOT NULL DEFAULT 0,
	no_record  BIGINT NOT NULL DEFAULT 0,
	plan       TEXT NOT NULL DEFAULT '',   -- JSON: what was found in the file, for the page
	rules      TEXT NOT NULL DEFAULT '',   -- JSON
	trouble    TEXT NOT NULL DEFAULT '',   -- key of the words for why it failed
	args       TEXT NOT NULL DEFAULT '',   -- JSON
	by_id      TEXT NOT NULL,
	by_name    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL DEFAULT 0,
	holder     TEXT NOT NULL DEFAULT '',   -- the copy of the program that works on it
	held_until BIGINT NOT NULL DEFAULT 0,
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX intake_import_at ON intake_import (at, id);
CREATE INDEX intake_import_busy ON intake_import (held_until) WHERE state IN ('checking', 'running');

-- The bytes of a file, so that any copy of the program can work on it.
CREATE TABLE intake_part (
	import TEXT NOT NULL REFERENCES intake_import (id),
	n      BIGINT NOT NULL,
	bytes  BYTEA NOT NULL,
	PRIMARY KEY (import, n)
);

-- What became of each row, or would.
CREATE TABLE intake_row (
	id       TEXT PRIMARY KEY, -- import.line, so padded that it sorts as the file does
	import   TEXT NOT NULL REFERENCES intake_import (id),
	line     BIGINT NOT NULL,
	outcome  TEXT NOT NULL,
	label    TEXT NOT NULL DEFAULT '',
	field    TEXT NOT NULL DEFAULT '', -- the column as the file names it
	cell     TEXT NOT NULL DEFAULT '',
	value    TEXT NOT NULL DEFAULT '',
	reason   TEXT NOT NULL DEFAULT '', -- key of its words
	args     TEXT NOT NULL DEFAULT ''  -- JSON
);
CREATE INDEX intake_row_outcome ON intake_row (import, outcome, id);

-- How the columns of files with this header were understood last.
CREATE TABLE intake_mapping (
	kind        TEXT NOT NULL,
	fingerprint TEXT NOT NULL, -- of the header's names
	mapping     TEXT NOT NULL, -- JSON
	by_name     TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (kind, fingerprint)
);
