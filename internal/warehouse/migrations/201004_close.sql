-- How far the books of a store are closed: nothing is posted on the last day of its
-- closed months or before. The row is also the gate at which goods that are new to the
-- store and the closing of a month wait for each other, and nothing refers to it, for
-- whoever posts holds the store's own row.
CREATE TABLE warehouse_book (
	id     TEXT PRIMARY KEY, -- the store
	frozen TEXT NOT NULL DEFAULT ''
);
INSERT INTO warehouse_book (id) SELECT id FROM warehouse_store;
-- What a store moved in some days is read off this, whatever its age.
CREATE INDEX warehouse_posting_day ON warehouse_posting (store, day) WHERE kind = 'store';

-- A month of a store, closed for good: opening + in - out = closing, in fen.
CREATE TABLE warehouse_close (
	id      TEXT PRIMARY KEY,
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	month   TEXT NOT NULL, -- its first day
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	items   BIGINT NOT NULL,
	opening BIGINT NOT NULL,
	came    BIGINT NOT NULL,
	went    BIGINT NOT NULL,
	closing BIGINT NOT NULL,
	UNIQUE (store, month),
	CHECK (opening + came - went = closing)
);
-- append-only: warehouse_close

-- The same of every item that was there or moved.
CREATE TABLE warehouse_close_line (
	id             TEXT PRIMARY KEY, -- close.item
	close          TEXT NOT NULL REFERENCES warehouse_close (id),
	item           TEXT NOT NULL REFERENCES catalog_item (id),
	class          TEXT NOT NULL, -- as it was then; '' without
	category       TEXT NOT NULL,
	opening        BIGINT NOT NULL,
	came           BIGINT NOT NULL,
	went           BIGINT NOT NULL,
	closing        BIGINT NOT NULL,
	opening_amount BIGINT NOT NULL,
	came_amount    BIGINT NOT NULL,
	went_amount    BIGINT NOT NULL,
	closing_amount BIGINT NOT NULL,
	CHECK (opening + came - went = closing AND opening_amount + came_amount - went_amount = closing_amount)
);
CREATE INDEX warehouse_close_line_item ON warehouse_close_line (close, item);
-- append-only: warehouse_close_line

-- The same by kinds of papers.
CREATE TABLE warehouse_close_kind (
	close  TEXT NOT NULL REFERENCES warehouse_close (id),
	kind   TEXT NOT NULL,
	papers BIGINT NOT NULL,
	came   BIGINT NOT NULL,
	went   BIGINT NOT NULL,
	PRIMARY KEY (close, kind)
);
-- append-only: warehouse_close_kind

-- Finance has compared the month with its own books.
CREATE TABLE warehouse_agreement (
	close   TEXT PRIMARY KEY REFERENCES warehouse_close (id),
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	note    TEXT NOT NULL DEFAULT ''
);
-- append-only: warehouse_agreement
