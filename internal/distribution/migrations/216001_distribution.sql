-- Distributions: goods given out person by person or floor by floor.
CREATE TABLE distribution_list (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	title         TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('festival', 'protection', 'meal', 'water', 'other')),
	store         TEXT NOT NULL REFERENCES warehouse_store (id),
	day           TEXT NOT NULL, -- on which giving begins
	until         TEXT NOT NULL, -- and the last one
	state         TEXT NOT NULL CHECK (state IN ('drawn', 'released', 'settled', 'dropped')),
	open          BOOLEAN NOT NULL DEFAULT true, -- neither settled nor dropped
	shares        BIGINT NOT NULL,
	packs         BIGINT NOT NULL, -- of all shares
	amount        BIGINT NOT NULL DEFAULT 0, -- fen of what went out, less what came back
	drawn_by      TEXT NOT NULL,
	drawn_name    TEXT NOT NULL,
	drawn_at      BIGINT NOT NULL,
	released_by   TEXT NOT NULL DEFAULT '',
	released_name TEXT NOT NULL DEFAULT '',
	released_at   BIGINT NOT NULL DEFAULT 0,
	settled_name  TEXT NOT NULL DEFAULT '',
	settled_at    BIGINT NOT NULL DEFAULT 0,
	settled_day   TEXT NOT NULL DEFAULT '',
	note          TEXT NOT NULL DEFAULT '',
	version       BIGINT NOT NULL DEFAULT 1,
	search        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX distribution_list_store ON distribution_list (store, id);
CREATE INDEX distribution_list_open ON distribution_list (id) WHERE open = true;
CREATE INDEX distribution_list_settled ON distribution_list (settled_day, id);
-- searchable: distribution_list

-- What one pack of a distribution holds.
CREATE TABLE distribution_good (
	list TEXT NOT NULL REFERENCES distribution_list (id),
	line BIGINT NOT NULL,
	item TEXT NOT NULL REFERENCES catalog_item (id),
	name TEXT NOT NULL,
	unit TEXT NOT NULL,
	qty  BIGINT NOT NULL CHECK (qty > 0),
	PRIMARY KEY (list, line)
);

-- What somebody, or a floor, is entitled to.
CREATE TABLE distribution_share (
	id          TEXT PRIMARY KEY,
	list        TEXT NOT NULL REFERENCES distribution_list (id),
	person      TEXT NOT NULL DEFAULT '', -- '' for a floor
	name        TEXT NOT NULL,            -- of the person or the floor
	number      TEXT NOT NULL DEFAULT '', -- the person's
	department  TEXT NOT NULL REFERENCES departments_department (id), -- that bears the cost
	packs       BIGINT NOT NULL CHECK (packs > 0),
	state       TEXT NOT NULL CHECK (state IN ('waiting', 'signed', 'left')),
	signed_by   TEXT NOT NULL DEFAULT '', -- the person who took it
	signed_name TEXT NOT NULL DEFAULT '',
	signed_at   BIGINT NOT NULL DEFAULT 0,
	handed_name TEXT NOT NULL DEFAULT '', -- who gave it, where the taker did not sign alone
	search      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX distribution_share_list ON distribution_share (list, id);
CREATE INDEX distribution_share_person ON distribution_share (person, id) WHERE person <> '';
-- searchable: distribution_share

-- The papers by which the goods of a distribution left the store, and came back.
CREATE TABLE distribution_paper (
	list       TEXT NOT NULL REFERENCES distribution_list (id),
	department TEXT NOT NULL,
	document   TEXT NOT NULL,
	number     TEXT NOT NULL,
	back       BOOLEAN NOT NULL,
	amount     BIGINT NOT NULL, -- fen
	PRIMARY KEY (list, department, back)
);
