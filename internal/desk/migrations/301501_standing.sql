-- Standing jobs: work that comes round by itself. Jobs of a plan are raised on its day,
-- one for each of its stops, or one for all of them.
CREATE TABLE desk_standing (
	id         TEXT PRIMARY KEY,
	title      TEXT NOT NULL,
	detail     TEXT NOT NULL DEFAULT '',
	trade      TEXT NOT NULL,
	department TEXT NOT NULL REFERENCES departments_department (id), -- whose it is where no stop says so
	crew       TEXT NOT NULL DEFAULT '',     -- '' is that of the trade
	lead       TEXT NOT NULL DEFAULT '',     -- person who answers for it
	unit       TEXT NOT NULL,                -- day, week, month; press: only when somebody presses
	every      BIGINT NOT NULL DEFAULT 1 CHECK (every > 0),
	working    BOOLEAN NOT NULL DEFAULT false, -- what falls on a day off is done on the next day worked
	days       BIGINT NOT NULL DEFAULT 1 CHECK (days > 0), -- in which it is to be done
	together   BOOLEAN NOT NULL DEFAULT false, -- one job for all stops
	outdoor    BOOLEAN NOT NULL DEFAULT false, -- outside the house (T-007)
	begins     TEXT NOT NULL DEFAULT '',     -- the day from which turns are counted
	next       TEXT NOT NULL DEFAULT '',     -- the day of the next turn
	ends       TEXT NOT NULL DEFAULT '',     -- the last day on which there may be one
	state      TEXT NOT NULL,
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX desk_standing_next ON desk_standing (next, id) WHERE state = 'running';

-- Where a plan goes: a place, or a whole department.
CREATE TABLE desk_stop (
	standing   TEXT NOT NULL REFERENCES desk_standing (id),
	n          BIGINT NOT NULL,
	place      TEXT NOT NULL DEFAULT '',
	department TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (standing, n)
);

-- What came of each turn: a job, or why none. pressed: between the days of the plan.
CREATE TABLE desk_turn (
	id         TEXT PRIMARY KEY,
	standing   TEXT NOT NULL REFERENCES desk_standing (id),
	day        TEXT NOT NULL,
	place      TEXT NOT NULL DEFAULT '',
	department TEXT NOT NULL DEFAULT '',
	pressed    BOOLEAN NOT NULL DEFAULT false,
	outcome    TEXT NOT NULL,            -- raised, missed, open, closed
	job        TEXT NOT NULL DEFAULT '', -- raised; open: the one that is not done yet
	at         BIGINT NOT NULL
);
CREATE INDEX desk_turn_at ON desk_turn (at, id);
CREATE INDEX desk_turn_standing ON desk_turn (standing, at, id);
CREATE UNIQUE INDEX desk_turn_once ON desk_turn (standing, day, place, department) WHERE pressed = false;
-- append-only: desk_turn

-- The plan a job comes from; what kind of round it is (T-007): call when somebody asked for
-- it, indoor and outdoor of a plan; the job on whose way it was found; where goods go.
ALTER TABLE desk_job ADD COLUMN standing TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN round TEXT NOT NULL DEFAULT 'call';
ALTER TABLE desk_job ADD COLUMN found_on TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN bound TEXT NOT NULL DEFAULT '';
CREATE INDEX desk_job_standing ON desk_job (standing, reported_at, id) WHERE standing <> '';
CREATE INDEX desk_job_found ON desk_job (found_on, id) WHERE found_on <> '';

-- Kinds that carry something are asked where to (T-003, T-004).
ALTER TABLE desk_kind ADD COLUMN carries BOOLEAN NOT NULL DEFAULT false;
-- A hospital that asks for it in its own words goes on to.
UPDATE desk_kind SET carries = true WHERE trade = 'moving' AND asks = '';
UPDATE desk_kind SET carries = true, asks = '' WHERE trade = 'transport' AND asks = '从哪里到哪里*';
UPDATE desk_kind SET carries = true, asks = '送什么（含药品请写明）*' WHERE trade = 'courier' AND asks = '送到哪里*';
INSERT INTO desk_kind (trade, icon, ward, guest, photos, parts, costs, asks, position) VALUES ('patrol', 'walk', false, false, 0, false, true, '', 24);
