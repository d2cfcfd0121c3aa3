-- Scrap forms: goods that a department wants written off, from a store or from use.
CREATE TABLE disposal_slip (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	origin        TEXT NOT NULL CHECK (origin IN ('store', 'use')),
	store         TEXT NOT NULL REFERENCES warehouse_store (id), -- that loses the goods, or takes them back
	department    TEXT NOT NULL REFERENCES departments_department (id), -- whose leader applies
	reason        TEXT NOT NULL DEFAULT '',
	state         TEXT NOT NULL,
	open          BOOLEAN NOT NULL DEFAULT true, -- neither written off, refused nor dropped
	lines         BIGINT NOT NULL,
	amount        BIGINT NOT NULL,               -- fen: as the form says, and once posted as the books say
	drawn_by      TEXT NOT NULL,
	drawn_name    TEXT NOT NULL,
	drawn_at      BIGINT NOT NULL,
	applied_by    TEXT NOT NULL DEFAULT '',
	applied_name  TEXT NOT NULL DEFAULT '',
	applied_at    BIGINT NOT NULL DEFAULT 0,
	verified_by   TEXT NOT NULL DEFAULT '',
	verified_name TEXT NOT NULL DEFAULT '',
	verified_at   BIGINT NOT NULL DEFAULT 0,
	verified_note TEXT NOT NULL DEFAULT '',
	returned_by   TEXT NOT NULL DEFAULT '', -- of goods in use: the keeper who took them back
	returned_name TEXT NOT NULL DEFAULT '',
	returned_at   BIGINT NOT NULL DEFAULT 0,
	spot          TEXT NOT NULL DEFAULT '', -- where they lie apart
	case_id       TEXT NOT NULL DEFAULT '', -- of the approval
	paper         TEXT NOT NULL DEFAULT '', -- its number, once agreed
	stuck         TEXT NOT NULL DEFAULT '', -- key of why it could not be posted
	document      TEXT NOT NULL DEFAULT '', -- of the warehouse
	document_number TEXT NOT NULL DEFAULT '',
	ended_at      BIGINT NOT NULL DEFAULT 0,
	ended_day     TEXT NOT NULL DEFAULT '',
	note          TEXT NOT NULL DEFAULT '', -- why it was refused, sent back or dropped
	version       BIGINT NOT NULL DEFAULT 1,
	search        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX disposal_slip_department ON disposal_slip (department, id);
CREATE INDEX disposal_slip_store ON disposal_slip (store, id);
CREATE INDEX disposal_slip_open ON disposal_slip (id) WHERE open = true;
CREATE INDEX disposal_slip_ended ON disposal_slip (ended_day, id);
-- searchable: disposal_slip

CREATE TABLE disposal_line (
	slip   TEXT NOT NULL REFERENCES disposal_slip (id),
	line   BIGINT NOT NULL, -- from 1
	item   TEXT NOT NULL DEFAULT '', -- '' for what no catalogue knows
	name   TEXT NOT NULL,
	spec   TEXT NOT NULL DEFAULT '',
	model  TEXT NOT NULL DEFAULT '',
	unit   TEXT NOT NULL,
	bin    TEXT NOT NULL DEFAULT '',
	lot    TEXT NOT NULL DEFAULT '',
	expiry TEXT NOT NULL DEFAULT '',
	qty    BIGINT NOT NULL CHECK (qty > 0),
	amount BIGINT NOT NULL CHECK (amount >= 0),
	cause  TEXT NOT NULL DEFAULT '',
	hold   TEXT NOT NULL DEFAULT '', -- by which the warehouse holds the lot
	PRIMARY KEY (slip, line)
);
CREATE INDEX disposal_line_lot ON disposal_line (item, lot) WHERE item <> '';

-- What was written off and lies apart until it is sold or destroyed (S-004).
CREATE TABLE disposal_scrap (
	id         TEXT PRIMARY KEY,
	slip       TEXT NOT NULL REFERENCES disposal_slip (id),
	line       BIGINT NOT NULL,
	store      TEXT NOT NULL REFERENCES warehouse_store (id),
	item       TEXT NOT NULL DEFAULT '',
	name       TEXT NOT NULL,
	spec       TEXT NOT NULL DEFAULT '',
	unit       TEXT NOT NULL,
	qty        BIGINT NOT NULL,
	amount     BIGINT NOT NULL, -- fen that were written off
	spot       TEXT NOT NULL DEFAULT '',
	day        TEXT NOT NULL,   -- written off
	state      TEXT NOT NULL CHECK (state IN ('apart', 'taken', 'gone')), -- taken: into a sale that is under way
	sale       TEXT NOT NULL DEFAULT '',
	gone_at    BIGINT NOT NULL DEFAULT 0,
	how        TEXT NOT NULL DEFAULT '', -- sold, destroyed
	note       TEXT NOT NULL DEFAULT '',
	search     TEXT NOT NULL DEFAULT '',
	UNIQUE (slip, line)
);
CREATE INDEX disposal_scrap_apart ON disposal_scrap (id) WHERE state <> 'gone';
CREATE INDEX disposal_scrap_sale ON disposal_scrap (sale, id) WHERE sale <> '';
-- searchable: disposal_scrap

-- Sales of waste goods, with their witnesses and what became of the money.
CREATE TABLE disposal_sale (
	id             TEXT PRIMARY KEY,
	number         TEXT NOT NULL UNIQUE,
	department     TEXT NOT NULL REFERENCES departments_department (id), -- that collects and sells
	goods          TEXT NOT NULL,
	buyer          TEXT NOT NULL DEFAULT '',
	estimate       BIGINT NOT NULL, -- fen
	state          TEXT NOT NULL,
	open           BOOLEAN NOT NULL DEFAULT true,
	asked_by       TEXT NOT NULL,
	asked_name     TEXT NOT NULL,
	asked_at       BIGINT NOT NULL,
	case_id        TEXT NOT NULL DEFAULT '',
	paper          TEXT NOT NULL DEFAULT '',
	sold_by        TEXT NOT NULL DEFAULT '',
	sold_name      TEXT NOT NULL DEFAULT '',
	sold_at        BIGINT NOT NULL DEFAULT 0,
	sold_day       TEXT NOT NULL DEFAULT '',
	grams          BIGINT NOT NULL DEFAULT 0,
	witness        TEXT NOT NULL DEFAULT '', -- people's ids
	witness_name   TEXT NOT NULL DEFAULT '',
	witness2       TEXT NOT NULL DEFAULT '',
	witness2_name  TEXT NOT NULL DEFAULT '',
	amount         BIGINT NOT NULL DEFAULT 0, -- fen, what the buyer paid
	paid           BIGINT NOT NULL DEFAULT 0, -- fen, handed to finance
	kept_why       TEXT NOT NULL DEFAULT '',  -- where less was handed over: by whose leave
	receipt        TEXT NOT NULL DEFAULT '',  -- number of finance's receipt
	paid_name      TEXT NOT NULL DEFAULT '',
	paid_at        BIGINT NOT NULL DEFAULT 0,
	confirmed_by   TEXT NOT NULL DEFAULT '',
	confirmed_name TEXT NOT NULL DEFAULT '',
	confirmed_at   BIGINT NOT NULL DEFAULT 0,
	note           TEXT NOT NULL DEFAULT '',
	version        BIGINT NOT NULL DEFAULT 1,
	search         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX disposal_sale_department ON disposal_sale (department, id);
CREATE INDEX disposal_sale_open ON disposal_sale (id) WHERE open = true;
-- searchable: disposal_sale

CREATE TABLE disposal_sale_line (
	sale   TEXT NOT NULL REFERENCES disposal_sale (id),
	line   BIGINT NOT NULL,
	name   TEXT NOT NULL,
	grams  BIGINT NOT NULL CHECK (grams > 0),
	amount BIGINT NOT NULL CHECK (amount >= 0), -- fen
	PRIMARY KEY (sale, line)
);
