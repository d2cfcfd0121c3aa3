-- What a supplier brought, held against what was ordered.
CREATE TABLE receiving_receipt (
	id              TEXT PRIMARY KEY,
	number          TEXT NOT NULL UNIQUE,
	basis           TEXT NOT NULL CHECK (basis IN ('order', 'contract', 'plan')),
	basis_id        TEXT NOT NULL DEFAULT '', -- of the order or the plan
	basis_number    TEXT NOT NULL DEFAULT '', -- its number, or the contract's
	supplier        TEXT NOT NULL REFERENCES suppliers_supplier (id),
	store           TEXT NOT NULL REFERENCES warehouse_store (id),
	invoice         TEXT NOT NULL DEFAULT '', -- number
	invoice_id      TEXT NOT NULL DEFAULT '',
	delivery        TEXT NOT NULL DEFAULT '', -- number of the delivery note
	arrived         TEXT NOT NULL, -- day
	due             TEXT NOT NULL DEFAULT '', -- day the order was due
	state           TEXT NOT NULL,
	second          BOOLEAN NOT NULL DEFAULT false, -- somebody else tests the quality
	lines           BIGINT NOT NULL,
	amount          BIGINT NOT NULL DEFAULT 0, -- fen, of what was accepted
	refused         BIGINT NOT NULL DEFAULT 0, -- lines of which something was refused
	by_id           TEXT NOT NULL,
	by_name         TEXT NOT NULL,
	at              BIGINT NOT NULL,
	checked_by      TEXT NOT NULL DEFAULT '',
	checked_name    TEXT NOT NULL DEFAULT '',
	checked_at      BIGINT NOT NULL DEFAULT 0,
	finding         TEXT NOT NULL DEFAULT '',
	document        TEXT NOT NULL DEFAULT '', -- of the warehouse
	document_number TEXT NOT NULL DEFAULT '',
	posted_at       BIGINT NOT NULL DEFAULT 0,
	returned_at     BIGINT NOT NULL DEFAULT 0, -- when what was refused left the house
	returned_name   TEXT NOT NULL DEFAULT '',
	returned_to     TEXT NOT NULL DEFAULT '', -- who took it
	note            TEXT NOT NULL DEFAULT '',
	version         BIGINT NOT NULL DEFAULT 1,
	search          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX receiving_receipt_store ON receiving_receipt (store, id);
CREATE INDEX receiving_receipt_supplier ON receiving_receipt (supplier, arrived);
CREATE INDEX receiving_receipt_basis ON receiving_receipt (basis_id) WHERE basis_id <> '';
CREATE INDEX receiving_receipt_open ON receiving_receipt (id) WHERE state IN ('counted', 'checked');
CREATE INDEX receiving_receipt_back ON receiving_receipt (id) WHERE refused > 0 AND returned_at = 0;
CREATE INDEX receiving_receipt_invoice ON receiving_receipt (invoice_id) WHERE invoice_id <> '';
CREATE INDEX receiving_receipt_arrived ON receiving_receipt (arrived);
-- searchable: receiving_receipt

-- Quantities in the item's smallest unit; what is neither refused nor missing was accepted.
CREATE TABLE receiving_line (
	receipt TEXT NOT NULL REFERENCES receiving_receipt (id),
	line    BIGINT NOT NULL, -- from 1
	item    TEXT NOT NULL REFERENCES catalog_item (id),
	asked   BIGINT NOT NULL DEFAULT 0, -- line of the order; 0: nobody ordered it
	noted   BIGINT NOT NULL CHECK (noted >= 0), -- as the delivery note says
	came    BIGINT NOT NULL CHECK (came >= 0),  -- as it was counted
	refused BIGINT NOT NULL DEFAULT 0 CHECK (refused >= 0 AND refused <= came),
	cause   TEXT NOT NULL DEFAULT '',
	lot     TEXT NOT NULL DEFAULT '',
	expiry  TEXT NOT NULL DEFAULT '',
	bin     TEXT NOT NULL DEFAULT '',
	price   BIGINT NOT NULL DEFAULT 0, -- agreed, of one smallest unit
	note    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (receipt, line)
);
CREATE INDEX receiving_line_item ON receiving_line (item);
