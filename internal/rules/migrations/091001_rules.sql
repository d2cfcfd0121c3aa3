-- What the hospital wants a rule's value to be from a day on. Nothing here is ever
-- changed: what becomes of a proposal stands in rules_decision.
CREATE TABLE rules_change (
	id      TEXT PRIMARY KEY,
	number  TEXT NOT NULL UNIQUE,
	clause  TEXT NOT NULL,
	param   TEXT NOT NULL,            -- W-011.normal
	was     TEXT NOT NULL,            -- in force on the day of the proposal
	value   TEXT NOT NULL,
	since   TEXT NOT NULL,            -- first day on which it is to hold
	reason  TEXT NOT NULL,
	paper   TEXT NOT NULL DEFAULT '', -- number of the paper on which it was agreed
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL
);
CREATE INDEX rules_change_param ON rules_change (param, since, id);
CREATE INDEX rules_change_clause ON rules_change (clause, id);
-- append-only: rules_change

-- What became of it: one word for each proposal, and the last one.
CREATE TABLE rules_decision (
	change  TEXT PRIMARY KEY REFERENCES rules_change (id),
	outcome TEXT NOT NULL CHECK (outcome IN ('confirmed', 'refused', 'withdrawn')),
	note    TEXT NOT NULL DEFAULT '',
	at      BIGINT NOT NULL,
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL
);
-- append-only: rules_decision

-- The book as it is listed: texts of the program, and what was last measured of each
-- clause. The program writes it anew when it starts and when it measures.
CREATE TABLE rules_clause (
	id       TEXT PRIMARY KEY,
	area     TEXT NOT NULL,
	kind     TEXT NOT NULL,
	room     TEXT NOT NULL,
	zh       TEXT NOT NULL,
	en       TEXT NOT NULL,
	how      TEXT NOT NULL,             -- how it is kept first of all; open when it is not
	partly   BOOLEAN NOT NULL DEFAULT false,
	params   BIGINT NOT NULL DEFAULT 0, -- how many values the hospital may set
	disputed BOOLEAN NOT NULL DEFAULT false,
	state    TEXT NOT NULL,
	kept     BIGINT NOT NULL DEFAULT 0,
	broken   BIGINT NOT NULL DEFAULT 0,
	latest   BIGINT NOT NULL DEFAULT 0,
	measured BIGINT NOT NULL DEFAULT 0,
	search   TEXT NOT NULL DEFAULT ''
);
CREATE INDEX rules_clause_area ON rules_clause (area, id);
-- searchable: rules_clause
