-- Orders that somebody else's books had before this house kept its own; '' for its own.
ALTER TABLE purchasing_order ADD COLUMN external TEXT NOT NULL DEFAULT '';
ALTER TABLE purchasing_plan ADD COLUMN external TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX purchasing_order_external ON purchasing_order (external) WHERE external <> '';

-- Which line of those books became which line here, so that none comes twice.
CREATE TABLE purchasing_taken (
	print    TEXT PRIMARY KEY, -- tells the line from every other
	purchase TEXT NOT NULL REFERENCES purchasing_order (id),
	line     BIGINT NOT NULL,
	came     BIGINT NOT NULL DEFAULT 0 -- had come before, smallest units
);
CREATE INDEX purchasing_taken_purchase ON purchasing_taken (purchase, line);
