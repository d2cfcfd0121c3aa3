-- Suppliers' invoices, each for one or several receipts.
CREATE TABLE receiving_invoice (
	id           TEXT PRIMARY KEY,
	number       TEXT NOT NULL,
	supplier     TEXT NOT NULL REFERENCES suppliers_supplier (id),
	state        TEXT NOT NULL,
	day          TEXT NOT NULL DEFAULT '', -- on the invoice
	amount       BIGINT NOT NULL DEFAULT 0, -- fen, on the invoice
	at           BIGINT NOT NULL, -- when its first receipt was booked
	matched_by   TEXT NOT NULL DEFAULT '',
	matched_name TEXT NOT NULL DEFAULT '',
	matched_at   BIGINT NOT NULL DEFAULT 0,
	cleared_by   TEXT NOT NULL DEFAULT '',
	cleared_name TEXT NOT NULL DEFAULT '',
	cleared_at   BIGINT NOT NULL DEFAULT 0,
	why          TEXT NOT NULL DEFAULT '', -- it passes although it differs, or went back
	voucher      TEXT NOT NULL DEFAULT '', -- number of the payment
	paid_name    TEXT NOT NULL DEFAULT '',
	paid_at      BIGINT NOT NULL DEFAULT 0,
	version      BIGINT NOT NULL DEFAULT 1,
	search       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX receiving_invoice_number ON receiving_invoice (supplier, number) WHERE state <> 'rejected';
CREATE INDEX receiving_invoice_state ON receiving_invoice (state, id);
-- searchable: receiving_invoice

CREATE TABLE receiving_invoice_line (
	invoice TEXT NOT NULL REFERENCES receiving_invoice (id),
	line    BIGINT NOT NULL, -- from 1
	item    TEXT NOT NULL REFERENCES catalog_item (id),
	qty     BIGINT NOT NULL CHECK (qty > 0), -- smallest units
	amount  BIGINT NOT NULL CHECK (amount >= 0), -- fen
	PRIMARY KEY (invoice, line)
);
