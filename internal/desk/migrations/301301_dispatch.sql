-- Which certificates the work of a trade takes (O-006, O-007).
CREATE TABLE desk_need (
	trade       TEXT NOT NULL,
	certificate TEXT NOT NULL,
	PRIMARY KEY (trade, certificate)
);

-- Kinds of duty: from … to in minutes after midnight, over it above 1440.
CREATE TABLE desk_shift (
	code   TEXT PRIMARY KEY, -- as the roster writes it: 白
	name   TEXT NOT NULL,
	starts BIGINT NOT NULL CHECK (starts >= 0 AND starts < 1440),
	ends   BIGINT NOT NULL CHECK (ends > starts AND ends <= 2880)
);
INSERT INTO desk_shift (code, name, starts, ends) VALUES ('白', '白班', 480, 1050), ('中', '中班', 960, 1440), ('夜', '夜班', 1050, 1920), ('全', '全天值班', 480, 1920);

-- Who is on duty when: a pattern of shifts that comes round from a day on.
CREATE TABLE desk_roster (
	person  TEXT PRIMARY KEY REFERENCES people_person (id),
	pattern TEXT NOT NULL, -- 白 白 夜 休
	begins  TEXT NOT NULL
);

-- Days on which somebody is on duty otherwise; shift '' is off.
CREATE TABLE desk_roster_day (
	person TEXT NOT NULL REFERENCES people_person (id),
	day    TEXT NOT NULL,
	shift  TEXT NOT NULL DEFAULT '',
	note   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (person, day)
);
CREATE INDEX desk_roster_day_day ON desk_roster_day (day);

-- How a crew comes to its jobs: sent, grabbed or in turns; last is whose turn it was.
CREATE TABLE desk_crew (
	id     TEXT PRIMARY KEY REFERENCES departments_department (id),
	manner TEXT NOT NULL,
	last   TEXT NOT NULL DEFAULT ''
);
-- Emergencies stand on top of every board.
CREATE INDEX desk_job_grave ON desk_job (due, id) WHERE open = true AND urgency = 'emergency';
