-- Rules for signing in: which profile they follow, who gives a second factor, and how
-- long one stays signed in on which kind of device.
ALTER TABLE people_policy ADD COLUMN profile TEXT NOT NULL DEFAULT 'mlps';
ALTER TABLE people_policy ADD COLUMN factor TEXT NOT NULL DEFAULT 'roles';
ALTER TABLE people_policy ADD COLUMN shared_idle_minutes BIGINT NOT NULL DEFAULT 15;
ALTER TABLE people_policy ADD COLUMN shared_life_hours BIGINT NOT NULL DEFAULT 12;
ALTER TABLE people_policy ADD COLUMN own_idle_minutes BIGINT NOT NULL DEFAULT 720;
ALTER TABLE people_policy ADD COLUMN own_life_days BIGINT NOT NULL DEFAULT 7;
UPDATE people_policy SET classes = 3, age_days = 90, history = 5, first_hours = 24, idle_minutes = 60, life_days = 1 WHERE version = 1;

-- Whoever holds such a role gives a second factor.
ALTER TABLE people_role ADD COLUMN factor BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE people_session ADD COLUMN kind TEXT NOT NULL DEFAULT '';    -- of the device: own, shared
ALTER TABLE people_session ADD COLUMN device TEXT NOT NULL DEFAULT '';  -- a registered one
ALTER TABLE people_session ADD COLUMN proofs BIGINT NOT NULL DEFAULT 1; -- factors that were given

ALTER TABLE people_account ADD COLUMN missed BIGINT NOT NULL DEFAULT 0;   -- wrong guesses since the last sign-in
ALTER TABLE people_account ADD COLUMN in_at BIGINT NOT NULL DEFAULT 0;    -- the last sign-in
ALTER TABLE people_account ADD COLUMN drop_by TEXT NOT NULL DEFAULT '';   -- who asks that the second factor be taken off
ALTER TABLE people_account ADD COLUMN drop_at BIGINT NOT NULL DEFAULT 0;

-- Computers of wards and counters that several people use. hash is of the code that
-- registers the computer, and from then on of what its browser keeps.
CREATE TABLE people_device (
	id          TEXT PRIMARY KEY,
	hash        TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	department  TEXT NOT NULL REFERENCES departments_department (id),
	by_id       TEXT NOT NULL,
	by_name     TEXT NOT NULL,
	made_at     BIGINT NOT NULL,
	waits_until BIGINT NOT NULL DEFAULT 0, -- for its code; 0 once it is registered
	seen_at     BIGINT NOT NULL DEFAULT 0, -- somebody signed in there
	address     TEXT NOT NULL DEFAULT '',
	ended_at    BIGINT NOT NULL DEFAULT 0
);

-- What somebody must look at: powers that changed hands in unusual ways.
CREATE TABLE people_alarm (
	id       TEXT PRIMARY KEY,
	at       BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	person   TEXT NOT NULL DEFAULT '',
	note     TEXT NOT NULL DEFAULT '',
	noted_at BIGINT NOT NULL DEFAULT 0,
	noted_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX people_alarm_open ON people_alarm (noted_at, id);
