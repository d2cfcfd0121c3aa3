-- What came from suppliers, day by day.
CREATE INDEX warehouse_posting_received ON warehouse_posting (day, document) WHERE kind = 'supplier';
