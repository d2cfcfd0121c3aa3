-- A picture or document on a record of any room. What was sent is never here, only what was kept of it.
CREATE TABLE files_file (
	id         TEXT PRIMARY KEY,
	noun       TEXT NOT NULL,            -- desk.job, assets.card …
	record     TEXT NOT NULL,
	name       TEXT NOT NULL,
	mime       TEXT NOT NULL,
	size       BIGINT NOT NULL DEFAULT 0, -- bytes
	sha256     TEXT NOT NULL,
	thumb      TEXT NOT NULL DEFAULT '',  -- blob of the small picture; '' for documents
	width      BIGINT NOT NULL DEFAULT 0, -- pixels; 0 for documents
	height     BIGINT NOT NULL DEFAULT 0,
	by_id      TEXT NOT NULL DEFAULT '',
	by_name    TEXT NOT NULL DEFAULT '',
	at         BIGINT NOT NULL DEFAULT 0,
	removed    BOOLEAN NOT NULL DEFAULT false,
	removed_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX files_file_record ON files_file (noun, record, id);
CREATE INDEX files_file_sha256 ON files_file (sha256);
CREATE INDEX files_file_thumb ON files_file (thumb);
CREATE INDEX files_file_by ON files_file (by_id, at);

-- A blob that some file needs. Who attaches a file and who sweeps meet at this row.
CREATE TABLE files_blob (
	sha256 TEXT PRIMARY KEY,
	at     BIGINT NOT NULL DEFAULT 0
);
