-- More papers by which goods move. The check on their kind is widened where it
-- stands: postings refer to the papers, and nobody may rewrite them.
-- one of: warehouse_document.kind 'receipt', 'issue', 'opening', 'reversal', 'transfer', 'return', 'sent_back', 'count', 'write_off'
-- The store that the goods of a transfer come into.
ALTER TABLE warehouse_document ADD COLUMN to_store TEXT NOT NULL DEFAULT '';
CREATE INDEX warehouse_document_to ON warehouse_document (to_store, id) WHERE to_store <> '';

-- A ward's own store, kept by the ward.
ALTER TABLE warehouse_store ADD COLUMN ward BOOLEAN NOT NULL DEFAULT false;

-- A lot that must not go out of a store until somebody has looked at it, in whatever
-- bins it lies and however much more of it comes.
CREATE TABLE warehouse_hold (
	id            TEXT PRIMARY KEY,
	store         TEXT NOT NULL REFERENCES warehouse_store (id),
	item          TEXT NOT NULL REFERENCES catalog_item (id),
	lot           TEXT NOT NULL DEFAULT '',
	reason        TEXT NOT NULL,
	at            BIGINT NOT NULL,
	by_id         TEXT NOT NULL,
	by_name       TEXT NOT NULL,
	released      BIGINT NOT NULL DEFAULT 0, -- when; 0: it is held
	released_id   TEXT NOT NULL DEFAULT '',
	released_name TEXT NOT NULL DEFAULT '',
	finding       TEXT NOT NULL DEFAULT ''   -- why it may go out again
);
CREATE UNIQUE INDEX warehouse_hold_now ON warehouse_hold (store, item, lot) WHERE released = 0;
CREATE INDEX warehouse_hold_item ON warehouse_hold (item, id);
-- The hold under which a balance lies.
ALTER TABLE warehouse_balance ADD COLUMN hold TEXT NOT NULL DEFAULT '';
