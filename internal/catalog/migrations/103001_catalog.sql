-- The tree of classes that goods are kept and counted by (S-003).
CREATE TABLE catalog_class (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	name    TEXT NOT NULL,
	parent  TEXT NOT NULL DEFAULT '',
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX catalog_class_parent ON catalog_class (parent);

CREATE TABLE catalog_item (
	id          TEXT PRIMARY KEY,
	number      TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	spec        TEXT NOT NULL DEFAULT '',
	unit        TEXT NOT NULL, -- the smallest; every quantity in every book counts it
	packs       TEXT NOT NULL DEFAULT '', -- larger units: 盒=100 箱=1000
	class       TEXT NOT NULL DEFAULT '',
	category    TEXT NOT NULL,
	storage     TEXT NOT NULL DEFAULT 'normal',
	shelf_days  BIGINT NOT NULL DEFAULT 0 CHECK (shelf_days >= 0),
	old_for_new BOOLEAN NOT NULL DEFAULT false,
	price       BIGINT NOT NULL DEFAULT 0 CHECK (price >= 0), -- fen for one of the smallest unit
	synonyms    TEXT NOT NULL DEFAULT '',
	used        BOOLEAN NOT NULL DEFAULT false, -- some book counts it, so its unit stands
	closed      BOOLEAN NOT NULL DEFAULT false,
	version     BIGINT NOT NULL DEFAULT 1,
	search      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX catalog_item_name ON catalog_item (name, id);
CREATE INDEX catalog_item_class ON catalog_item (class);
CREATE INDEX catalog_item_category ON catalog_item (category);
-- searchable: catalog_item

-- What a scanner reads: GTINs in 14 digits, the hospital's own codes as they are.
CREATE TABLE catalog_barcode (
	code TEXT PRIMARY KEY,
	item TEXT NOT NULL REFERENCES catalog_item (id),
	unit TEXT NOT NULL DEFAULT '' -- the pack it stands on; '' the smallest
);
CREATE INDEX catalog_barcode_item ON catalog_barcode (item);
