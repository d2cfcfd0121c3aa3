-- A slip by which one store asks another for goods: the store that they go into.
ALTER TABLE requests_request ADD COLUMN to_store TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_request_to ON requests_request (to_store, id) WHERE to_store <> '';
