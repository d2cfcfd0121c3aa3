-- A tour brings what was packed to the wards, building by building.
CREATE TABLE requests_tour (
	id           TEXT PRIMARY KEY,
	number       TEXT NOT NULL UNIQUE,
	store        TEXT NOT NULL REFERENCES warehouse_store (id),
	carrier      TEXT NOT NULL,
	carrier_name TEXT NOT NULL,
	stops        BIGINT NOT NULL DEFAULT 0,  -- departments on it
	open         BOOLEAN NOT NULL DEFAULT true,
	loaded_by    TEXT NOT NULL,
	loaded_name  TEXT NOT NULL,
	left_at      BIGINT NOT NULL,
	back_at      BIGINT NOT NULL DEFAULT 0,
	back_name    TEXT NOT NULL DEFAULT '',
	version      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX requests_tour_open ON requests_tour (open, id);

-- The slips on a tour, and what became of each: signed for by the ward, or brought back.
CREATE TABLE requests_stop (
	tour          TEXT NOT NULL REFERENCES requests_tour (id),
	request       TEXT NOT NULL REFERENCES requests_request (id),
	result        TEXT NOT NULL DEFAULT '' CHECK (result IN ('', 'signed', 'back')),
	receiver_name TEXT NOT NULL DEFAULT '',
	at            BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tour, request)
);

-- What a ward did not accept on the spot: it never left the books, and comes back with
-- the tour to be looked at.
CREATE TABLE requests_return (
	id           TEXT PRIMARY KEY,
	tour         TEXT NOT NULL REFERENCES requests_tour (id),
	request      TEXT NOT NULL REFERENCES requests_request (id),
	line         BIGINT NOT NULL,
	item         TEXT NOT NULL REFERENCES catalog_item (id),
	bin_code     TEXT NOT NULL DEFAULT '',
	lot          TEXT NOT NULL DEFAULT '',
	qty          BIGINT NOT NULL CHECK (qty > 0),
	why          TEXT NOT NULL CHECK (why IN ('short', 'damaged', 'wrong', 'unwanted')),
	note         TEXT NOT NULL DEFAULT '',
	by_name      TEXT NOT NULL,
	at           BIGINT NOT NULL,
	outcome      TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'shelf', 'apart', 'missing')),
	found        TEXT NOT NULL DEFAULT '',
	settled_name TEXT NOT NULL DEFAULT '',
	settled_at   BIGINT NOT NULL DEFAULT 0,
	open         BOOLEAN NOT NULL DEFAULT true
);
CREATE INDEX requests_return_open ON requests_return (open, id);
CREATE INDEX requests_return_tour ON requests_return (tour, id);
