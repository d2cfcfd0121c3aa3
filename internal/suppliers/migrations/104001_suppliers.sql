CREATE TABLE suppliers_supplier (
	id      TEXT PRIMARY KEY,
	number  TEXT NOT NULL UNIQUE,
	name    TEXT NOT NULL,
	credit  TEXT NOT NULL DEFAULT '', -- unified social credit code
	contact TEXT NOT NULL DEFAULT '',
	phone   TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT '',
	expires TEXT NOT NULL DEFAULT '', -- first day on which one of its licences ends
	blocked TEXT NOT NULL DEFAULT '', -- why nothing is bought there
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1,
	search  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX suppliers_supplier_name ON suppliers_supplier (name, id);
CREATE INDEX suppliers_supplier_expires ON suppliers_supplier (expires, id);
-- searchable: suppliers_supplier

CREATE TABLE suppliers_licence (
	supplier TEXT NOT NULL REFERENCES suppliers_supplier (id),
	line     BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	number   TEXT NOT NULL,
	expires  TEXT NOT NULL DEFAULT '', -- last day it holds; '' without end
	PRIMARY KEY (supplier, line)
);
