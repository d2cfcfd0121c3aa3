-- What a store keeps for others for a while, by leave of the hospital's leader (S-009).
CREATE TABLE warehouse_custody (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE,
	store      TEXT NOT NULL REFERENCES warehouse_store (id),
	owner      TEXT NOT NULL, -- whose it is: a person, a department, a firm
	name       TEXT NOT NULL,
	many       TEXT NOT NULL,
	why        TEXT NOT NULL,
	until      TEXT NOT NULL, -- the last day on which it may lie there
	spot       TEXT NOT NULL DEFAULT '', -- where it lies, apart from booked goods
	state      TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'agreed', 'kept', 'given_back', 'refused', 'dropped')),
	open       BOOLEAN NOT NULL DEFAULT true,
	asked_by   TEXT NOT NULL,
	asked_name TEXT NOT NULL,
	asked_at   BIGINT NOT NULL,
	paper      TEXT NOT NULL DEFAULT '', -- number of the approval
	note       TEXT NOT NULL DEFAULT '', -- of who refused or gave up
	kept_name  TEXT NOT NULL DEFAULT '',
	kept_at    BIGINT NOT NULL DEFAULT 0,
	back_to    TEXT NOT NULL DEFAULT '', -- who fetched it
	back_name  TEXT NOT NULL DEFAULT '',
	back_at    BIGINT NOT NULL DEFAULT 0,
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX warehouse_custody_store ON warehouse_custody (store, id);
CREATE INDEX warehouse_custody_open ON warehouse_custody (until, id) WHERE open = true;
