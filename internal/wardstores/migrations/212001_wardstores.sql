-- Who answers for a ward's own store, and whom they named to keep it.
CREATE TABLE wardstores_charge (
	store       TEXT PRIMARY KEY REFERENCES warehouse_store (id),
	head        TEXT NOT NULL DEFAULT '',
	head_name   TEXT NOT NULL DEFAULT '',
	keeper      TEXT NOT NULL DEFAULT '',
	keeper_name TEXT NOT NULL DEFAULT '',
	since       BIGINT NOT NULL DEFAULT 0
);

-- Weekly checks, monthly counts and the counts with which a head nurse hands over.
CREATE TABLE wardstores_count (
	id              TEXT PRIMARY KEY,
	number          TEXT NOT NULL UNIQUE,
	store           TEXT NOT NULL REFERENCES warehouse_store (id),
	kind            TEXT NOT NULL CHECK (kind IN ('week', 'month', 'handover')),
	month           TEXT NOT NULL,
	day             TEXT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('done', 'counted', 'reconciled', 'closed')),
	open            BOOLEAN NOT NULL DEFAULT false, -- somebody must still sign
	lines           BIGINT NOT NULL DEFAULT 0,
	differences     BIGINT NOT NULL DEFAULT 0,
	amount          BIGINT NOT NULL DEFAULT 0,      -- fen, what the books say lies there
	note            TEXT NOT NULL DEFAULT '',
	by_id           TEXT NOT NULL,
	by_name         TEXT NOT NULL,
	at              BIGINT NOT NULL,
	giver           TEXT NOT NULL DEFAULT '',
	giver_name      TEXT NOT NULL DEFAULT '',
	giver_sign      TEXT NOT NULL DEFAULT '',
	taker           TEXT NOT NULL DEFAULT '',
	taker_name      TEXT NOT NULL DEFAULT '',
	taker_sign      TEXT NOT NULL DEFAULT '',
	reconciled_by   TEXT NOT NULL DEFAULT '',
	reconciled_name TEXT NOT NULL DEFAULT '',
	reconciled_at   BIGINT NOT NULL DEFAULT 0,
	reconciled_note TEXT NOT NULL DEFAULT '',
	audited_by      TEXT NOT NULL DEFAULT '',
	audited_name    TEXT NOT NULL DEFAULT '',
	audited_at      BIGINT NOT NULL DEFAULT 0,
	audited_note    TEXT NOT NULL DEFAULT '',
	version         BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX wardstores_count_store ON wardstores_count (store, kind, id);
CREATE INDEX wardstores_count_open ON wardstores_count (open, id);
CREATE UNIQUE INDEX wardstores_count_month ON wardstores_count (store, month) WHERE kind = 'month';

CREATE TABLE wardstores_count_line (
	count    TEXT NOT NULL REFERENCES wardstores_count (id),
	item     TEXT NOT NULL REFERENCES catalog_item (id),
	book     BIGINT NOT NULL,           -- in the books
	away     BIGINT NOT NULL DEFAULT 0, -- of it lent, or reported lost and not yet booked
	found    BIGINT NOT NULL CHECK (found >= 0),
	cause    TEXT NOT NULL DEFAULT '',
	note     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (count, item)
);
-- append-only: wardstores_count_line

-- The loss account: what a ward lost, spoilt or found too much, with its cause.
CREATE TABLE wardstores_loss (
	id               TEXT PRIMARY KEY,
	number           TEXT NOT NULL UNIQUE,
	store            TEXT NOT NULL REFERENCES warehouse_store (id),
	item             TEXT NOT NULL REFERENCES catalog_item (id),
	lot              TEXT NOT NULL DEFAULT '',
	qty              BIGINT NOT NULL CHECK (qty > 0),
	cause            TEXT NOT NULL CHECK (cause IN ('lost', 'damaged', 'expired', 'surplus')),
	how              TEXT NOT NULL,
	count            TEXT NOT NULL DEFAULT '', -- the count that found it
	state            TEXT NOT NULL CHECK (state IN ('reported', 'asked', 'booked', 'refused', 'dropped')),
	open             BOOLEAN NOT NULL DEFAULT true,
	amount           BIGINT NOT NULL DEFAULT 0, -- fen
	careless         BOOLEAN NOT NULL DEFAULT false,
	responsible      TEXT NOT NULL DEFAULT '',
	responsible_name TEXT NOT NULL DEFAULT '',
	pays             BIGINT NOT NULL DEFAULT 0, -- fen; 0 unless the hospital has switched that on
	paid_at          BIGINT NOT NULL DEFAULT 0,
	paid_name        TEXT NOT NULL DEFAULT '',
	by_id            TEXT NOT NULL,
	by_name          TEXT NOT NULL,
	at               BIGINT NOT NULL,
	applied_name     TEXT NOT NULL DEFAULT '',
	applied_at       BIGINT NOT NULL DEFAULT 0,
	paper            TEXT NOT NULL DEFAULT '',
	reason           TEXT NOT NULL DEFAULT '', -- why it was refused, dropped, or could not be booked
	document         TEXT NOT NULL DEFAULT '',
	document_number  TEXT NOT NULL DEFAULT '',
	booked_at        BIGINT NOT NULL DEFAULT 0,
	version          BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX wardstores_loss_store ON wardstores_loss (store, id);
CREATE INDEX wardstores_loss_open ON wardstores_loss (open, id);

-- The loan register.
CREATE TABLE wardstores_loan (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	store         TEXT NOT NULL REFERENCES warehouse_store (id),
	item          TEXT NOT NULL DEFAULT '', -- of the store's stock; '' for what is not kept as stock
	what          TEXT NOT NULL,
	qty           BIGINT NOT NULL CHECK (qty > 0),
	important     BOOLEAN NOT NULL DEFAULT false,
	borrower      TEXT NOT NULL,
	borrower_name TEXT NOT NULL,
	department    TEXT NOT NULL DEFAULT '', -- the borrower's
	purpose       TEXT NOT NULL DEFAULT '',
	due           TEXT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'lent', 'back', 'refused', 'dropped')),
	open          BOOLEAN NOT NULL DEFAULT true,
	paper         TEXT NOT NULL DEFAULT '',
	reason        TEXT NOT NULL DEFAULT '',
	by_id         TEXT NOT NULL,
	by_name       TEXT NOT NULL,
	at            BIGINT NOT NULL,
	lent_name     TEXT NOT NULL DEFAULT '',
	lent_at       BIGINT NOT NULL DEFAULT 0,
	signature     TEXT NOT NULL DEFAULT '', -- the borrower's
	back_name     TEXT NOT NULL DEFAULT '',
	back_at       BIGINT NOT NULL DEFAULT 0,
	back_note     TEXT NOT NULL DEFAULT '',
	version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX wardstores_loan_store ON wardstores_loan (store, id);
CREATE INDEX wardstores_loan_due ON wardstores_loan (due, id) WHERE open = true;
CREATE INDEX wardstores_loan_open ON wardstores_loan (open, id);

-- Unused goods on their way back to a main store.
CREATE TABLE wardstores_back (
	id              TEXT PRIMARY KEY,
	number          TEXT NOT NULL UNIQUE,
	store           TEXT NOT NULL REFERENCES warehouse_store (id),
	to_store        TEXT NOT NULL REFERENCES warehouse_store (id),
	reason          TEXT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('sent', 'taken', 'dropped')),
	open            BOOLEAN NOT NULL DEFAULT true,
	lines           BIGINT NOT NULL DEFAULT 0,
	by_id           TEXT NOT NULL,
	by_name         TEXT NOT NULL,
	at              BIGINT NOT NULL,
	ended_name      TEXT NOT NULL DEFAULT '',
	ended_at        BIGINT NOT NULL DEFAULT 0,
	ended_note      TEXT NOT NULL DEFAULT '',
	document        TEXT NOT NULL DEFAULT '',
	document_number TEXT NOT NULL DEFAULT '',
	version         BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX wardstores_back_open ON wardstores_back (open, id);

CREATE TABLE wardstores_back_line (
	back TEXT NOT NULL REFERENCES wardstores_back (id),
	line BIGINT NOT NULL,
	item TEXT NOT NULL REFERENCES catalog_item (id),
	qty  BIGINT NOT NULL CHECK (qty > 0),
	PRIMARY KEY (back, line)
);
-- append-only: wardstores_back_line
