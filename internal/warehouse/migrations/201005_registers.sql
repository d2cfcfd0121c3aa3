-- Who came into the store that does not work there (S-025).
CREATE TABLE warehouse_visit (
	id      TEXT PRIMARY KEY,
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	name    TEXT NOT NULL,
	firm    TEXT NOT NULL DEFAULT '', -- or department
	purpose TEXT NOT NULL,
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	gone    BIGINT NOT NULL DEFAULT 0 -- when; 0: still inside
);
CREATE INDEX warehouse_visit_inside ON warehouse_visit (store) WHERE gone = 0;

-- What the keepers looked at in their store, and what they found.
CREATE TABLE warehouse_check (
	id      TEXT PRIMARY KEY,
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	round   TEXT NOT NULL,
	day     TEXT NOT NULL,
	at      BIGINT NOT NULL,
	points  BIGINT NOT NULL,          -- how many were looked at
	faults  TEXT NOT NULL DEFAULT '', -- those found wanting, with commas
	found   TEXT NOT NULL DEFAULT '',
	remedy  TEXT NOT NULL DEFAULT '',
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL
);
CREATE INDEX warehouse_check_store ON warehouse_check (store, id);
-- append-only: warehouse_check

-- What lies in a store and not in its books: written off, or never booked (S-004).
CREATE TABLE warehouse_aside (
	id        TEXT PRIMARY KEY,
	store     TEXT NOT NULL REFERENCES warehouse_store (id),
	sort      TEXT NOT NULL CHECK (sort IN ('written_off', 'off_book')),
	name      TEXT NOT NULL,
	many      TEXT NOT NULL,
	origin    TEXT NOT NULL, -- paper or person it came by
	spot      TEXT NOT NULL, -- where it lies, apart from other goods
	at        BIGINT NOT NULL,
	by_id     TEXT NOT NULL,
	by_name   TEXT NOT NULL,
	gone      BIGINT NOT NULL DEFAULT 0,
	gone_name TEXT NOT NULL DEFAULT '',
	outcome   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX warehouse_aside_there ON warehouse_aside (store) WHERE gone = 0;

-- What a store must hold for the bad day (S-048).
CREATE TABLE warehouse_reserve (
	id      TEXT PRIMARY KEY, -- store.item
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	item    TEXT NOT NULL REFERENCES catalog_item (id),
	least   BIGINT NOT NULL CHECK (least > 0),
	note    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX warehouse_reserve_item ON warehouse_reserve (item, store);

-- Looking through the reserve, and drills with it.
CREATE TABLE warehouse_drill (
	id      TEXT PRIMARY KEY,
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	sort    TEXT NOT NULL CHECK (sort IN ('inspection', 'drill')),
	day     TEXT NOT NULL,
	at      BIGINT NOT NULL,
	what    TEXT NOT NULL,
	found   TEXT NOT NULL DEFAULT '',
	short   BIGINT NOT NULL, -- items below their minimum at that moment
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL
);
CREATE INDEX warehouse_drill_store ON warehouse_drill (store, id);
-- append-only: warehouse_drill
