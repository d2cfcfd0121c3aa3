-- What went back to its supplier after it was booked, and whether the same is to come again. The goods stand on the
-- invoice of their receipt; another receipt had brought them where they had come in place of others.
CREATE TABLE receiving_back (
	id       TEXT PRIMARY KEY,
	paper    TEXT NOT NULL, -- of the warehouse
	number   TEXT NOT NULL, -- its number
	receipt  TEXT NOT NULL REFERENCES receiving_receipt (id),
	line     BIGINT NOT NULL,
	via      TEXT NOT NULL REFERENCES receiving_receipt (id), -- that had brought them
	via_line BIGINT NOT NULL,
	formerly TEXT NOT NULL DEFAULT '', -- what they had come in place of
	again    BOOLEAN NOT NULL, -- the same is to come again
	qty      BIGINT NOT NULL CHECK (qty > 0),
	came     BIGINT NOT NULL DEFAULT 0 CHECK (came >= 0), -- of it, came again
	free     BIGINT NOT NULL DEFAULT 0 CHECK (free >= 0 AND free <= came), -- of that, paid for by the first invoice
	waived   BIGINT NOT NULL DEFAULT 0 CHECK (waived >= 0), -- was to come again and is not waited for any more
	at       BIGINT NOT NULL,
	undone   BOOLEAN NOT NULL DEFAULT false, -- the paper was reversed
	CHECK (came + waived <= qty)
);
CREATE INDEX receiving_back_receipt ON receiving_back (receipt);
CREATE INDEX receiving_back_via ON receiving_back (via);
CREATE INDEX receiving_back_paper ON receiving_back (paper);
CREATE INDEX receiving_back_open ON receiving_back (id) WHERE again = true AND undone = false AND came + waived < qty;

-- Which line of a receipt brought what in place of goods that had gone back.
CREATE TABLE receiving_replaced (
	receipt TEXT NOT NULL REFERENCES receiving_receipt (id),
	line    BIGINT NOT NULL,
	back    TEXT NOT NULL REFERENCES receiving_back (id),
	qty     BIGINT NOT NULL CHECK (qty > 0),
	free    BIGINT NOT NULL CHECK (free >= 0 AND free <= qty),
	gone    BIGINT NOT NULL DEFAULT 0 CHECK (gone >= 0 AND gone <= free), -- of what is free, went back once more
	PRIMARY KEY (receipt, line, back)
);
CREATE INDEX receiving_replaced_back ON receiving_replaced (back);

-- Of what came, how much in place of goods that had gone back, and how much of that stands on no invoice.
ALTER TABLE receiving_line ADD COLUMN again BIGINT NOT NULL DEFAULT 0 CHECK (again >= 0);
ALTER TABLE receiving_line ADD COLUMN free BIGINT NOT NULL DEFAULT 0 CHECK (free >= 0);
-- What is to become of what was refused at the gate: replace or credit; '' while it stands there.
ALTER TABLE receiving_receipt ADD COLUMN settled TEXT NOT NULL DEFAULT '';

-- What of an item was received, went back, and is not on the invoice as it was matched.
CREATE TABLE receiving_invoice_away (
	invoice TEXT NOT NULL REFERENCES receiving_invoice (id),
	item    TEXT NOT NULL REFERENCES catalog_item (id),
	qty     BIGINT NOT NULL CHECK (qty > 0),
	worth   BIGINT NOT NULL, -- fen, as agreed
	PRIMARY KEY (invoice, item)
);
