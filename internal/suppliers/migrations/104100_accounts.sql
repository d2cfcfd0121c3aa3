-- Where a supplier's money goes. One row holds, one may wait for a second person.
CREATE TABLE suppliers_account (
	id           TEXT PRIMARY KEY,
	supplier     TEXT NOT NULL REFERENCES suppliers_supplier (id),
	holder       TEXT NOT NULL, -- in whose name
	bank         TEXT NOT NULL,
	account      TEXT NOT NULL,
	why          TEXT NOT NULL DEFAULT '', -- by what paper it was changed
	state        TEXT NOT NULL CHECK (state IN ('waiting', 'holds', 'past', 'refused')),
	by_id        TEXT NOT NULL,
	by_name      TEXT NOT NULL,
	at           BIGINT NOT NULL,
	settled_by   TEXT NOT NULL DEFAULT '',
	settled_name TEXT NOT NULL DEFAULT '',
	settled_at   BIGINT NOT NULL DEFAULT 0,
	note         TEXT NOT NULL DEFAULT '',
	version      BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX suppliers_account_holds ON suppliers_account (supplier) WHERE state = 'holds';
CREATE UNIQUE INDEX suppliers_account_waiting ON suppliers_account (supplier) WHERE state = 'waiting';
CREATE INDEX suppliers_account_supplier ON suppliers_account (supplier, id);
CREATE INDEX suppliers_account_open ON suppliers_account (id) WHERE state = 'waiting';

-- What people of the house complain of about a supplier, and what came of it.
CREATE TABLE suppliers_complaint (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	supplier      TEXT NOT NULL REFERENCES suppliers_supplier (id),
	kind          TEXT NOT NULL,
	said          TEXT NOT NULL,
	paper         TEXT NOT NULL DEFAULT '', -- number of the order or receipt it is about
	state         TEXT NOT NULL,
	by_id         TEXT NOT NULL,
	by_name       TEXT NOT NULL,
	day           TEXT NOT NULL,
	at            BIGINT NOT NULL,
	upheld        BOOLEAN NOT NULL DEFAULT false, -- the supplier was at fault
	answer        TEXT NOT NULL DEFAULT '',
	answered_by   TEXT NOT NULL DEFAULT '',
	answered_name TEXT NOT NULL DEFAULT '',
	answered_at   BIGINT NOT NULL DEFAULT 0,
	version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX suppliers_complaint_supplier ON suppliers_complaint (supplier, day);
CREATE INDEX suppliers_complaint_open ON suppliers_complaint (id) WHERE state = 'open';
