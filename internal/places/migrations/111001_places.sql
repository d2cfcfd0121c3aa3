CREATE TABLE places_place (
	id          TEXT PRIMARY KEY,
	code        TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	path        TEXT NOT NULL DEFAULT '', -- 门诊楼 / 3层 / 301: what people read
	kind        TEXT NOT NULL,
	parent      TEXT NOT NULL DEFAULT '',
	campus      TEXT NOT NULL DEFAULT '',
	department  TEXT NOT NULL DEFAULT '',
	criticality TEXT NOT NULL DEFAULT 'other',
	area        BIGINT NOT NULL DEFAULT 0 CHECK (area >= 0), -- square decimetres
	beds        BIGINT NOT NULL DEFAULT 0 CHECK (beds >= 0),
	closed      BOOLEAN NOT NULL DEFAULT false,
	version     BIGINT NOT NULL DEFAULT 1,
	search      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX places_place_parent ON places_place (parent);
CREATE INDEX places_place_department ON places_place (department);
CREATE INDEX places_place_path ON places_place (path, id);
-- searchable: places_place

-- The telephone that stands in a place: a call names where it comes from.
CREATE TABLE places_phone (
	extension TEXT PRIMARY KEY,
	place     TEXT NOT NULL REFERENCES places_place (id)
);
CREATE INDEX places_phone_place ON places_phone (place);
