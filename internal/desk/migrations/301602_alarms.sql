-- Systems outside that tell of alarms by themselves: fire panels, medical gas, lifts,
-- boilers. Each has a key of its own, of which only the hash is kept.
CREATE TABLE desk_panel (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL UNIQUE,
	sort       TEXT NOT NULL,
	kind       TEXT NOT NULL REFERENCES desk_kind (id), -- of the jobs it raises
	urgency    TEXT NOT NULL,
	department TEXT NOT NULL REFERENCES departments_department (id),
	place      TEXT NOT NULL DEFAULT '',
	auto       BOOLEAN NOT NULL DEFAULT false, -- its alarms are jobs at once, without the desk's word
	most       BIGINT NOT NULL CHECK (most > 0), -- alarms taken in a minute
	hash       TEXT NOT NULL UNIQUE,
	closed     BOOLEAN NOT NULL DEFAULT false,
	seen_at    BIGINT NOT NULL DEFAULT 0,
	refused    BIGINT NOT NULL DEFAULT 0, -- how often it was told that it is too much
	refused_at BIGINT NOT NULL DEFAULT 0,
	version    BIGINT NOT NULL DEFAULT 1
);

-- Alarms as they came, each once by the id its panel gave it.
CREATE TABLE desk_alarm (
	id         TEXT PRIMARY KEY,
	panel      TEXT NOT NULL REFERENCES desk_panel (id),
	key        TEXT NOT NULL,               -- the panel's own id of it
	text       TEXT NOT NULL,
	point      TEXT NOT NULL DEFAULT '',    -- detector, valve, car: as the panel calls it
	place      TEXT NOT NULL DEFAULT '',
	urgency    TEXT NOT NULL,
	state      TEXT NOT NULL,               -- waiting, raised, joined, dismissed
	reason     TEXT NOT NULL DEFAULT '',
	note       TEXT NOT NULL DEFAULT '',
	job        TEXT NOT NULL DEFAULT '',
	said_at    BIGINT NOT NULL DEFAULT 0,   -- by the panel's clock
	at         BIGINT NOT NULL,
	last_at    BIGINT NOT NULL,             -- it came again
	times      BIGINT NOT NULL DEFAULT 1,
	cleared_at BIGINT NOT NULL DEFAULT 0,
	decided_at BIGINT NOT NULL DEFAULT 0,
	decided_by TEXT NOT NULL DEFAULT '',
	version    BIGINT NOT NULL DEFAULT 1,
	search     TEXT NOT NULL DEFAULT '',
	UNIQUE (panel, key)
);
CREATE INDEX desk_alarm_at ON desk_alarm (at, id);
CREATE INDEX desk_alarm_state ON desk_alarm (state, at, id);
CREATE INDEX desk_alarm_panel ON desk_alarm (panel, at, id);
CREATE INDEX desk_alarm_point ON desk_alarm (panel, point, at);
CREATE INDEX desk_alarm_job ON desk_alarm (job, at) WHERE job <> '';
CREATE UNIQUE INDEX desk_alarm_raised ON desk_alarm (job) WHERE state = 'raised';
-- searchable: desk_alarm
