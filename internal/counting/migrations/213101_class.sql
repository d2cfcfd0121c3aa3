-- Whether the goods of a line were of class a, b or c of their store when the count began;
-- '' for what was counted before this was written down.
ALTER TABLE counting_line ADD COLUMN class TEXT NOT NULL DEFAULT '';
-- What was counted in some days, for how right the books were.
CREATE INDEX counting_count_counted ON counting_count (counted_day, id);
