-- Seals over the rows of every append-only table, each carrying the digest of the one
-- before. leaves names each row with its moment, its person and its digest.
CREATE TABLE base_seal (
	number    BIGINT PRIMARY KEY, -- 1, 2, 3 … without a gap
	at        BIGINT NOT NULL,
	algorithm TEXT NOT NULL,      -- sha256, sm3
	previous  TEXT NOT NULL,      -- digest of the seal before, '' of the first
	records   BIGINT NOT NULL,    -- rows under this seal
	shape     TEXT NOT NULL,      -- the tables and columns as they were: JSON
	through   TEXT NOT NULL,      -- the last key of each table under this seal and all before: JSON
	leaves    BYTEA NOT NULL,
	root      TEXT NOT NULL,
	digest    TEXT NOT NULL
);
-- append-only: base_seal

-- The audit administrator reads the trail by person, kind, deed and origin.
CREATE INDEX base_trail_by ON base_trail (by_id, id);
CREATE INDEX base_trail_noun ON base_trail (noun, id);
CREATE INDEX base_trail_deed ON base_trail ((noun || '.' || action), id);
CREATE INDEX base_trail_source ON base_trail (source, id);
