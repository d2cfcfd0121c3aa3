-- How much of a thing a framework contract covers in all, and how much of it was called
-- off by orders or came on it, in smallest units; 0: as much as is wanted.
ALTER TABLE purchasing_price ADD COLUMN most BIGINT NOT NULL DEFAULT 0;
ALTER TABLE purchasing_price ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;
-- Which framework price a line was ordered at; '' of others.
ALTER TABLE purchasing_order_line ADD COLUMN agreed TEXT NOT NULL DEFAULT '';
-- What of a plan's line was bought without an order and has come.
ALTER TABLE purchasing_plan_line ADD COLUMN direct BIGINT NOT NULL DEFAULT 0;
-- To which store an order is to be brought; '' leaves it to the gate.
ALTER TABLE purchasing_order ADD COLUMN store TEXT NOT NULL DEFAULT '';
