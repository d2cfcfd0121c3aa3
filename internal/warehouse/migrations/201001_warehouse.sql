-- Where goods lie, and the department that answers for them.
CREATE TABLE warehouse_store (
	id         TEXT PRIMARY KEY,
	code       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	department TEXT NOT NULL REFERENCES departments_department (id),
	place      TEXT NOT NULL DEFAULT '',
	closed     BOOLEAN NOT NULL DEFAULT false,
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX warehouse_store_department ON warehouse_store (department);

CREATE TABLE warehouse_keeper (
	store  TEXT NOT NULL REFERENCES warehouse_store (id),
	person TEXT NOT NULL,
	PRIMARY KEY (store, person)
);
CREATE INDEX warehouse_keeper_person ON warehouse_keeper (person);

CREATE TABLE warehouse_bin (
	id      TEXT PRIMARY KEY,
	store   TEXT NOT NULL REFERENCES warehouse_store (id),
	code    TEXT NOT NULL,
	note    TEXT NOT NULL DEFAULT '',
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1,
	UNIQUE (store, code)
);

-- One item in one store: what is there in all its bins and lots, and how far its
-- stock card is written. Whoever moves the item holds this row.
CREATE TABLE warehouse_stock (
	id     TEXT PRIMARY KEY, -- store.item
	store  TEXT NOT NULL REFERENCES warehouse_store (id),
	item   TEXT NOT NULL REFERENCES catalog_item (id),
	qty    BIGINT NOT NULL DEFAULT 0 CHECK (qty >= 0),
	amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),
	seq    BIGINT NOT NULL DEFAULT 0, -- number of the card's last row
	moved  BIGINT NOT NULL DEFAULT 0, -- when
	least  BIGINT NOT NULL DEFAULT 0, -- below it the store buys; 0: nobody said
	most   BIGINT NOT NULL DEFAULT 0,
	CHECK (qty > 0 OR amount = 0)
);
CREATE UNIQUE INDEX warehouse_stock_item ON warehouse_stock (item, store);
CREATE INDEX warehouse_stock_low ON warehouse_stock (store) WHERE least > 0;

-- One lot in one bin, in quantity and money.
CREATE TABLE warehouse_balance (
	id     TEXT PRIMARY KEY,
	store  TEXT NOT NULL REFERENCES warehouse_store (id),
	item   TEXT NOT NULL REFERENCES catalog_item (id),
	bin    TEXT NOT NULL DEFAULT '',
	lot    TEXT NOT NULL DEFAULT '',
	expiry TEXT NOT NULL DEFAULT '', -- last day of use; '' without end
	since  BIGINT NOT NULL,          -- when the lot first came in
	qty    BIGINT NOT NULL CHECK (qty >= 0),
	amount BIGINT NOT NULL CHECK (amount >= 0),
	UNIQUE (store, item, bin, lot),
	CHECK (qty > 0 OR amount = 0)
);
CREATE INDEX warehouse_balance_item ON warehouse_balance (item, lot);
-- What ends first comes first, what never ends last.
CREATE INDEX warehouse_balance_ends ON warehouse_balance ((CASE WHEN expiry = '' THEN '9999-12-31' ELSE expiry END), id) WHERE qty > 0;

-- The papers by which goods move. A mistake is reversed by another paper.
CREATE TABLE warehouse_document (
	id            TEXT PRIMARY KEY,
	kind          TEXT NOT NULL CHECK (kind IN ('receipt', 'issue', 'opening', 'reversal')),
	number        TEXT NOT NULL UNIQUE,
	at            BIGINT NOT NULL,
	day           TEXT NOT NULL,
	store         TEXT NOT NULL REFERENCES warehouse_store (id),
	supplier      TEXT NOT NULL DEFAULT '',
	invoice       TEXT NOT NULL DEFAULT '',
	department    TEXT NOT NULL DEFAULT '', -- that bears the cost
	receiver      TEXT NOT NULL DEFAULT '', -- a person's id
	receiver_name TEXT NOT NULL DEFAULT '',
	note          TEXT NOT NULL DEFAULT '', -- what for; of a reversal, why
	noun          TEXT NOT NULL DEFAULT '', -- the record that used the goods: a job
	record        TEXT NOT NULL DEFAULT '',
	record_number TEXT NOT NULL DEFAULT '',
	reverses      TEXT NOT NULL DEFAULT '',
	lines         BIGINT NOT NULL,
	amount        BIGINT NOT NULL,
	by_id         TEXT NOT NULL,
	by_name       TEXT NOT NULL,
	search        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX warehouse_document_kind ON warehouse_document (kind, id);
CREATE INDEX warehouse_document_department ON warehouse_document (department, id) WHERE department <> '';
CREATE INDEX warehouse_document_record ON warehouse_document (record, id) WHERE record <> '';
CREATE UNIQUE INDEX warehouse_document_reverses ON warehouse_document (reverses) WHERE reverses <> '';
-- searchable: warehouse_document
-- append-only: warehouse_document

-- The ledger: every movement of goods with two legs or more, which cancel out in
-- quantity and in money. A store's leg also says its place in the item's card and
-- what the store held of the item, all bins and lots together, once it was written.
-- That store and item exist is seen to by the balance which each store's leg changes.
CREATE TABLE warehouse_posting (
	document     TEXT NOT NULL REFERENCES warehouse_document (id),
	line         BIGINT NOT NULL,
	leg          BIGINT NOT NULL,
	day          TEXT NOT NULL,
	kind         TEXT NOT NULL CHECK (kind IN ('store', 'department', 'job', 'supplier', 'gain_loss', 'write_off', 'opening')),
	account      TEXT NOT NULL,
	department   TEXT NOT NULL DEFAULT '', -- that bears the leg
	store        TEXT NOT NULL,
	bin          TEXT NOT NULL DEFAULT '',
	item         TEXT NOT NULL,
	lot          TEXT NOT NULL DEFAULT '',
	expiry       TEXT NOT NULL DEFAULT '',
	qty          BIGINT NOT NULL,
	amount       BIGINT NOT NULL,
	seq          BIGINT NOT NULL DEFAULT 0,
	qty_after    BIGINT NOT NULL DEFAULT 0,
	amount_after BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (document, line, leg)
);
CREATE UNIQUE INDEX warehouse_posting_card ON warehouse_posting (store, item, seq) WHERE kind = 'store';
CREATE INDEX warehouse_posting_department ON warehouse_posting (department, item, document) WHERE department <> '';
CREATE INDEX warehouse_posting_job ON warehouse_posting (account) WHERE kind = 'job';
-- append-only: warehouse_posting

-- What landed on whom: the departments' legs of a month summed as they are posted.
CREATE TABLE warehouse_consumption (
	id         TEXT PRIMARY KEY, -- month.department.item.store
	month      TEXT NOT NULL, -- its first day
	department TEXT NOT NULL,
	item       TEXT NOT NULL REFERENCES catalog_item (id),
	store      TEXT NOT NULL REFERENCES warehouse_store (id),
	qty        BIGINT NOT NULL,
	amount     BIGINT NOT NULL
);
CREATE INDEX warehouse_consumption_department ON warehouse_consumption (department, id);
CREATE INDEX warehouse_consumption_month ON warehouse_consumption (month, department);
