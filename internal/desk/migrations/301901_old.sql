-- Old pieces that come back for new ones which a job used, where the item is old-for-new
-- (S-021). What it is called and its unit are kept as they were.
CREATE TABLE desk_old (
	id         TEXT PRIMARY KEY,
	job        TEXT NOT NULL REFERENCES desk_job (id),
	item       TEXT NOT NULL,
	what       TEXT NOT NULL,
	unit       TEXT NOT NULL DEFAULT '',
	qty        BIGINT NOT NULL CHECK (qty > 0),               -- used, in the smallest unit
	back       BIGINT NOT NULL DEFAULT 0 CHECK (back >= 0),   -- old ones that came back
	open       BOOLEAN NOT NULL DEFAULT true,
	worker     TEXT NOT NULL DEFAULT '',
	at         BIGINT NOT NULL,
	settled_at BIGINT NOT NULL DEFAULT 0,
	settled_by TEXT NOT NULL DEFAULT '',
	note       TEXT NOT NULL DEFAULT '',                      -- why not all came back
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX desk_old_job ON desk_old (job);
CREATE INDEX desk_old_at ON desk_old (at, id);
CREATE INDEX desk_old_worker ON desk_old (worker, at, id);

-- When it was told that a complaint was not answered by its day; 0: it was not.
ALTER TABLE desk_complaint ADD COLUMN chased_at BIGINT NOT NULL DEFAULT 0;
