-- The card of a fixed asset: a lift, an autoclave, a desk.
CREATE TABLE assets_card (
	id          TEXT PRIMARY KEY,
	number      TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	spec        TEXT NOT NULL DEFAULT '', -- specification and model
	class       TEXT NOT NULL DEFAULT 'other',
	department  TEXT NOT NULL DEFAULT '',
	place       TEXT NOT NULL DEFAULT '',
	spot        TEXT NOT NULL DEFAULT '', -- where exactly, or where no place is known
	serial      TEXT NOT NULL DEFAULT '',
	maker       TEXT NOT NULL DEFAULT '',
	cost        BIGINT NOT NULL DEFAULT 0 CHECK (cost >= 0), -- fen
	since       TEXT NOT NULL DEFAULT '', -- in use since
	state       TEXT NOT NULL DEFAULT 'in_use',
	closed      BOOLEAN NOT NULL DEFAULT false, -- scrapped
	special     BOOLEAN NOT NULL DEFAULT false, -- special equipment under the law of 2013: inspected by the state
	inspected   TEXT NOT NULL DEFAULT '',
	result      TEXT NOT NULL DEFAULT '',
	due         TEXT NOT NULL DEFAULT '',
	external    TEXT NOT NULL DEFAULT '', -- its name in the file or system it came from
	extra       TEXT NOT NULL DEFAULT '', -- what else came with it, as JSON
	version     BIGINT NOT NULL DEFAULT 1,
	search      TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX assets_card_external ON assets_card (external) WHERE external <> '';
CREATE INDEX assets_card_department ON assets_card (department, number, id);
CREATE INDEX assets_card_place ON assets_card (place, number, id);
CREATE INDEX assets_card_name ON assets_card (name, id);
CREATE INDEX assets_card_cost ON assets_card (cost, id);
CREATE INDEX assets_card_since ON assets_card (since, id);
CREATE INDEX assets_card_due ON assets_card (due, id);
CREATE INDEX assets_card_special ON assets_card (due, id) WHERE special = true AND closed = false;
-- searchable: assets_card
