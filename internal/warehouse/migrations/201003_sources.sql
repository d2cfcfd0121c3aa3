-- What a supplier brought of an item, and at what price.
CREATE INDEX warehouse_posting_supplier ON warehouse_posting (account, item, document) WHERE kind = 'supplier';
