-- What of a line was refused at the gate, or went back later, and is not wanted any more: the order does not wait
-- for it, and the plan has it back.
ALTER TABLE purchasing_order_line ADD COLUMN given_up BIGINT NOT NULL DEFAULT 0 CHECK (given_up >= 0);
