-- What a supplier gave back of an invoice that was paid before goods went back, and by
-- which papers.
ALTER TABLE receiving_invoice ADD COLUMN credited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE receiving_invoice ADD COLUMN credit_paper TEXT NOT NULL DEFAULT '';
