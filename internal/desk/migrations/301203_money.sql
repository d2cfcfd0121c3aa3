-- The grade of a worker: what an hour of theirs costs is by it.
CREATE TABLE desk_grade (
	person TEXT PRIMARY KEY,
	grade  TEXT NOT NULL
);

-- Common jobs at a price: what one of them is reckoned at, and in how many minutes it is
-- usually done.
CREATE TABLE desk_price (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	name    TEXT NOT NULL,
	trade   TEXT NOT NULL,
	minutes BIGINT NOT NULL DEFAULT 0,
	price   BIGINT NOT NULL CHECK (price >= 0), -- fen
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1,
	search  TEXT NOT NULL DEFAULT ''
);
-- searchable: desk_price

-- What the labour of a job consists of: a person's minutes at the rate of their grade, or
-- so many pieces of the price list.
CREATE TABLE desk_labour (
	id      TEXT PRIMARY KEY,
	job     TEXT NOT NULL REFERENCES desk_job (id),
	at      BIGINT NOT NULL,
	person  TEXT NOT NULL,
	grade   TEXT NOT NULL DEFAULT '',
	minutes BIGINT NOT NULL DEFAULT 0,
	rate    BIGINT NOT NULL DEFAULT 0, -- fen an hour, or a piece
	price   TEXT NOT NULL DEFAULT '',
	pieces  BIGINT NOT NULL DEFAULT 0,
	amount  BIGINT NOT NULL            -- fen
);
CREATE INDEX desk_labour_job ON desk_labour (job, id);
CREATE INDEX desk_labour_at ON desk_labour (at, id);
-- append-only: desk_labour

-- What the firm from outside billed for, in the end.
ALTER TABLE desk_outside ADD COLUMN actual BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_outside ADD COLUMN invoice TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_outside ADD COLUMN hired_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_outside ADD COLUMN paid_at BIGINT NOT NULL DEFAULT 0;
UPDATE desk_outside SET hired_at = at WHERE state = 'hired';
CREATE INDEX desk_outside_at ON desk_outside (at, job);
