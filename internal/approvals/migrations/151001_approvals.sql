-- Ways of approval as the hospital has set them, by the day from which they hold. A kind
-- of document without a row goes the way that the program ships.
CREATE TABLE approvals_route (
	id      TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	since   TEXT NOT NULL,
	tiers   TEXT NOT NULL, -- JSON
	reason  TEXT NOT NULL DEFAULT '',
	state   TEXT NOT NULL CHECK (state IN ('draft', 'set', 'dropped')),
	by_id   TEXT NOT NULL,
	by_name TEXT NOT NULL,
	at      BIGINT NOT NULL,
	version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX approvals_route_since ON approvals_route (kind, since) WHERE state = 'set';

-- Who sits on which chair. A title in the staff file alone gives nobody the power to agree.
CREATE TABLE approvals_holder (
	id        TEXT PRIMARY KEY,
	post      TEXT NOT NULL,
	person    TEXT NOT NULL REFERENCES people_person (id),
	from_day  TEXT NOT NULL,
	until_day TEXT NOT NULL DEFAULT '', -- the last day; '' until ended
	by_id     TEXT NOT NULL,
	by_name   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	ended_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX approvals_holder_post ON approvals_holder (post, ended_at);
CREATE INDEX approvals_holder_person ON approvals_holder (person, ended_at);

-- One document on its way through those who must agree.
CREATE TABLE approvals_case (
	id              TEXT PRIMARY KEY,
	number          TEXT NOT NULL UNIQUE,
	kind            TEXT NOT NULL,
	noun            TEXT NOT NULL,
	record          TEXT NOT NULL,
	record_number   TEXT NOT NULL DEFAULT '',
	title           TEXT NOT NULL,
	reason          TEXT NOT NULL DEFAULT '', -- why it is asked for
	department      TEXT NOT NULL REFERENCES departments_department (id),
	amount          BIGINT NOT NULL DEFAULT 0,
	weight          BIGINT NOT NULL DEFAULT 0, -- the amount with what was asked for beside it: chooses the tier
	beside          TEXT NOT NULL DEFAULT '',  -- numbers of the cases summed
	attrs           TEXT NOT NULL DEFAULT '',  -- JSON
	facts           TEXT NOT NULL DEFAULT '',  -- JSON
	hands           TEXT NOT NULL DEFAULT '',  -- JSON: who did what with the document
	document_digest TEXT NOT NULL DEFAULT '',  -- of the document, from its room
	digest          TEXT NOT NULL,             -- of all that is shown to who decides
	route           TEXT NOT NULL DEFAULT '',  -- id of the way it goes; '' as shipped
	route_since     TEXT NOT NULL DEFAULT '',
	tier            BIGINT NOT NULL DEFAULT 0,
	state           TEXT NOT NULL,
	open            BOOLEAN NOT NULL DEFAULT true,
	stage           BIGINT NOT NULL DEFAULT 0,
	asked_by        TEXT NOT NULL,
	asked_name      TEXT NOT NULL,
	asked_at        BIGINT NOT NULL,
	ended_at        BIGINT NOT NULL DEFAULT 0,
	ended_by        TEXT NOT NULL DEFAULT '', -- name
	ended_note      TEXT NOT NULL DEFAULT '',
	reminded_at     BIGINT NOT NULL DEFAULT 0,
	reminders       BIGINT NOT NULL DEFAULT 0,
	search          TEXT NOT NULL DEFAULT ''
);
-- searchable: approvals_case
CREATE UNIQUE INDEX approvals_case_one ON approvals_case (record, noun) WHERE open = true;
CREATE INDEX approvals_case_record ON approvals_case (record, id);
CREATE INDEX approvals_case_asked ON approvals_case (asked_by, id);
CREATE INDEX approvals_case_department ON approvals_case (department, id);
CREATE INDEX approvals_case_open ON approvals_case (id) WHERE open = true;

-- What a document is about besides its amount: an item, a supplier, a project. Amounts
-- that were asked for side by side are summed over it.
CREATE TABLE approvals_same (
	id      TEXT PRIMARY KEY, -- kind|department|key: whoever asks holds this row
	last_at BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE approvals_part (
	same    TEXT NOT NULL REFERENCES approvals_same (id),
	case_id TEXT NOT NULL REFERENCES approvals_case (id),
	at      BIGINT NOT NULL,
	PRIMARY KEY (same, case_id)
);

-- One who must agree, as the way names them: a post, a head, a meeting. Stages follow each
-- other; steps of one stage stand side by side.
CREATE TABLE approvals_step (
	id         TEXT PRIMARY KEY,
	case_id    TEXT NOT NULL REFERENCES approvals_case (id),
	stage      BIGINT NOT NULL,
	place      BIGINT NOT NULL,
	who        TEXT NOT NULL,
	unit       TEXT NOT NULL DEFAULT '', -- department within which who is meant
	meeting    TEXT NOT NULL DEFAULT '',
	need       BIGINT NOT NULL DEFAULT 1, -- how many of its holders must agree; 0 all
	stage_need BIGINT NOT NULL DEFAULT 0, -- how many steps of the stage; 0 all
	hours      BIGINT NOT NULL,           -- of working time
	instead    TEXT NOT NULL DEFAULT '',  -- who is asked when they have passed
	state      TEXT NOT NULL,
	open       BOOLEAN NOT NULL DEFAULT false,
	holders    TEXT NOT NULL DEFAULT '',  -- those who stood for who when the seats were last laid
	escalated  BOOLEAN NOT NULL DEFAULT false,
	due        BIGINT NOT NULL DEFAULT 0,
	started_at BIGINT NOT NULL DEFAULT 0,
	ended_at   BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX approvals_step_place ON approvals_step (case_id, stage, place);
CREATE INDEX approvals_step_due ON approvals_step (due) WHERE open = true AND escalated = false;
CREATE INDEX approvals_step_who ON approvals_step (who, unit, holders) WHERE open = true;

-- A chair at which somebody's decision is awaited: one row for each person, laid when the
-- step begins, so that a tray is read by its owner's name however many documents are open.
-- When posts change hands the seats are laid anew.
CREATE TABLE approvals_seat (
	id          TEXT PRIMARY KEY,
	case_id     TEXT NOT NULL REFERENCES approvals_case (id),
	step        TEXT NOT NULL REFERENCES approvals_step (id),
	person      TEXT NOT NULL DEFAULT '', -- '' of a meeting
	person_name TEXT NOT NULL DEFAULT '',
	meeting     TEXT NOT NULL DEFAULT '',
	waiting     BOOLEAN NOT NULL DEFAULT true,
	state       TEXT NOT NULL,
	instead     BOOLEAN NOT NULL DEFAULT false, -- seated because the time had passed
	since       BIGINT NOT NULL,
	due         BIGINT NOT NULL
);
CREATE INDEX approvals_seat_waits ON approvals_seat (person, due, id) WHERE waiting = true;
CREATE INDEX approvals_seat_meeting ON approvals_seat (due, id) WHERE waiting = true AND meeting <> '';
CREATE UNIQUE INDEX approvals_seat_once ON approvals_seat (step, person);
CREATE INDEX approvals_seat_case ON approvals_seat (case_id, id);
CREATE INDEX approvals_seat_person ON approvals_seat (person, case_id);

-- What was decided: who signed, for whom, when, from where, and what they were shown.
CREATE TABLE approvals_decision (
	id          TEXT PRIMARY KEY,
	case_id     TEXT NOT NULL REFERENCES approvals_case (id),
	step        TEXT NOT NULL REFERENCES approvals_step (id),
	seat        TEXT NOT NULL REFERENCES approvals_seat (id),
	verdict     TEXT NOT NULL,
	note        TEXT NOT NULL DEFAULT '',
	person      TEXT NOT NULL,
	person_name TEXT NOT NULL,
	for_id      TEXT NOT NULL DEFAULT '', -- whose seat it is, where another sits on it
	for_name    TEXT NOT NULL DEFAULT '',
	chain       TEXT NOT NULL DEFAULT '', -- ids of the delegations, from the seat to who decided
	at          BIGINT NOT NULL,
	digest      TEXT NOT NULL,
	source      TEXT NOT NULL DEFAULT '',
	agent       TEXT NOT NULL DEFAULT '',
	met_on      TEXT NOT NULL DEFAULT '', -- of a meeting: the day, the number and the file of its minutes
	minutes     TEXT NOT NULL DEFAULT '',
	file        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX approvals_decision_case ON approvals_decision (case_id, id);
CREATE UNIQUE INDEX approvals_decision_seat ON approvals_decision (seat);
-- append-only: approvals_decision

CREATE TABLE approvals_opinion (
	id          TEXT PRIMARY KEY,
	case_id     TEXT NOT NULL REFERENCES approvals_case (id),
	person      TEXT NOT NULL,
	person_name TEXT NOT NULL,
	asked_by    TEXT NOT NULL DEFAULT '', -- '' given unasked
	asked_name  TEXT NOT NULL DEFAULT '',
	question    TEXT NOT NULL DEFAULT '',
	text        TEXT NOT NULL DEFAULT '',
	asked_at    BIGINT NOT NULL DEFAULT 0,
	given_at    BIGINT NOT NULL DEFAULT 0,
	waiting     BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX approvals_opinion_case ON approvals_opinion (case_id, id);
CREATE INDEX approvals_opinion_person ON approvals_opinion (person, case_id);
CREATE INDEX approvals_opinion_waits ON approvals_opinion (person, id) WHERE waiting = true;

-- Who sits on whose seats, from a day until a day.
CREATE TABLE approvals_delegation (
	id        TEXT PRIMARY KEY,
	from_id   TEXT NOT NULL REFERENCES people_person (id),
	from_name TEXT NOT NULL,
	to_id     TEXT NOT NULL REFERENCES people_person (id),
	to_name   TEXT NOT NULL,
	from_day  TEXT NOT NULL,
	until_day TEXT NOT NULL,
	kinds     TEXT NOT NULL DEFAULT '', -- '' all
	most      BIGINT NOT NULL DEFAULT 0, -- the largest amount; 0 any
	reason    TEXT NOT NULL DEFAULT '',
	at        BIGINT NOT NULL,
	ended_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX approvals_delegation_to ON approvals_delegation (to_id, ended_at);
CREATE INDEX approvals_delegation_from ON approvals_delegation (from_id, ended_at);

-- What was done at once and still owes its paper.
CREATE TABLE approvals_debt (
	id            TEXT PRIMARY KEY,
	noun          TEXT NOT NULL,
	record        TEXT NOT NULL,
	number        TEXT NOT NULL DEFAULT '',
	title         TEXT NOT NULL,
	clause        TEXT NOT NULL,
	paper         TEXT NOT NULL, -- what is owed
	person        TEXT NOT NULL DEFAULT '',
	person_name   TEXT NOT NULL DEFAULT '',
	department    TEXT NOT NULL DEFAULT '',
	due           BIGINT NOT NULL,
	made_at       BIGINT NOT NULL,
	made_by       TEXT NOT NULL DEFAULT '',
	waiting       BOOLEAN NOT NULL DEFAULT true,
	reported_at   BIGINT NOT NULL DEFAULT 0, -- when it was last said to be overdue
	reports       BIGINT NOT NULL DEFAULT 0,
	settled_at    BIGINT NOT NULL DEFAULT 0,
	settled_by    TEXT NOT NULL DEFAULT '',
	settled_name  TEXT NOT NULL DEFAULT '',
	settled_paper TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX approvals_debt_once ON approvals_debt (record, noun, paper) WHERE waiting = true;
CREATE INDEX approvals_debt_person ON approvals_debt (person, due, id) WHERE waiting = true;
CREATE INDEX approvals_debt_department ON approvals_debt (department, due, id) WHERE waiting = true;
CREATE INDEX approvals_debt_due ON approvals_debt (due, id) WHERE waiting = true;
