-- What finance's books said the store held at the end of the month, in fen; 0 of agreements
-- from before it was asked for.
ALTER TABLE warehouse_agreement ADD COLUMN figure BIGINT NOT NULL DEFAULT 0;
