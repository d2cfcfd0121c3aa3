CREATE TABLE people_person (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	department TEXT NOT NULL REFERENCES departments_department (id),
	posts      TEXT NOT NULL DEFAULT '', -- 护士长,主管护师
	trades     TEXT NOT NULL DEFAULT '', -- electric,water
	phone      TEXT NOT NULL DEFAULT '',
	lang       TEXT NOT NULL DEFAULT '',
	theme      TEXT NOT NULL DEFAULT '',
	closed     BOOLEAN NOT NULL DEFAULT false,
	left_on    TEXT NOT NULL DEFAULT '',
	version    BIGINT NOT NULL DEFAULT 1,
	search     TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX people_person_folded ON people_person (lower(number));
CREATE INDEX people_person_department ON people_person (department, number, id);
CREATE INDEX people_person_order ON people_person (number, id);
-- searchable: people_person

-- How a person signs in. An empty password opens nothing.
CREATE TABLE people_account (
	person      TEXT PRIMARY KEY REFERENCES people_person (id),
	login       TEXT NOT NULL UNIQUE,
	password    TEXT NOT NULL DEFAULT '', -- PHC form
	must_change BOOLEAN NOT NULL DEFAULT false,
	changed_at  BIGINT NOT NULL DEFAULT 0,
	expires_at  BIGINT NOT NULL DEFAULT 0, -- of a first password that was handed out
	seed        TEXT NOT NULL DEFAULT '',  -- of the authenticator
	seed_on     BIGINT NOT NULL DEFAULT 0, -- since when it is asked for
	seed_step   BIGINT NOT NULL DEFAULT 0, -- the last step that was used
	closed      BOOLEAN NOT NULL DEFAULT false
);

-- Passwords a person had, so that they do not come back.
CREATE TABLE people_password (
	id       TEXT PRIMARY KEY,
	person   TEXT NOT NULL REFERENCES people_person (id),
	password TEXT NOT NULL
);
CREATE INDEX people_password_person ON people_password (person, id);

-- Codes for the day the authenticator is lost; each works once.
CREATE TABLE people_recovery (
	person  TEXT NOT NULL REFERENCES people_person (id),
	hash    TEXT NOT NULL,
	used_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (person, hash)
);

CREATE TABLE people_session (
	id       TEXT PRIMARY KEY,
	hash     TEXT NOT NULL UNIQUE, -- SHA-256 of what the browser holds
	person   TEXT NOT NULL REFERENCES people_person (id),
	stage    TEXT NOT NULL DEFAULT '', -- what is still asked before the door opens
	made_at  BIGINT NOT NULL,
	seen_at  BIGINT NOT NULL,
	fresh_at BIGINT NOT NULL, -- when the password was last given
	ended_at BIGINT NOT NULL DEFAULT 0,
	address  TEXT NOT NULL DEFAULT '',
	agent    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX people_session_person ON people_session (person, ended_at);
CREATE INDEX people_session_seen ON people_session (seen_at);

-- Browsers in which a person has signed in before: a stranger's wrong guesses do
-- not slow their owner down there.
CREATE TABLE people_browser (
	hash   TEXT NOT NULL,
	person TEXT NOT NULL REFERENCES people_person (id),
	at     BIGINT NOT NULL,
	PRIMARY KEY (hash, person)
);

-- Keys for programs.
CREATE TABLE people_token (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	person     TEXT NOT NULL REFERENCES people_person (id),
	name       TEXT NOT NULL,
	made_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL DEFAULT 0,
	ended_at   BIGINT NOT NULL DEFAULT 0,
	address    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX people_token_person ON people_token (person, id);

-- Wrong guesses, by account, browser and address. id is a hash: people type
-- passwords into the wrong box.
CREATE TABLE people_guess (
	id       TEXT PRIMARY KEY,
	failures BIGINT NOT NULL DEFAULT 0,
	last     BIGINT NOT NULL DEFAULT 0,
	until    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX people_guess_last ON people_guess (last);

CREATE TABLE people_role (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	name_zh TEXT NOT NULL,
	name_en TEXT NOT NULL,
	edited  BOOLEAN NOT NULL DEFAULT false, -- the hospital changed it: the program leaves it alone
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE people_role_right (
	role TEXT NOT NULL REFERENCES people_role (id),
	may  TEXT NOT NULL,
	PRIMARY KEY (role, may)
);
CREATE INDEX people_role_right_may ON people_role_right (may);

-- Who holds which role, where and for how long. Ended ones stay.
CREATE TABLE people_grant (
	id        TEXT PRIMARY KEY,
	person    TEXT NOT NULL REFERENCES people_person (id),
	role      TEXT NOT NULL REFERENCES people_role (id),
	extent    TEXT NOT NULL, -- all, campus, department
	unit      TEXT NOT NULL DEFAULT '', -- of a campus or department: its id
	from_day  TEXT NOT NULL,
	until_day TEXT NOT NULL DEFAULT '', -- last day; '' is until withdrawn
	by_id     TEXT NOT NULL,
	by_name   TEXT NOT NULL,
	made_at   BIGINT NOT NULL,
	ended_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX people_grant_person ON people_grant (person, ended_at);
CREATE INDEX people_grant_role ON people_grant (role, ended_at);

-- The hospital's rules for signing in: one row. Whoever changes powers holds it.
CREATE TABLE people_policy (
	id            TEXT PRIMARY KEY,
	least         BIGINT NOT NULL DEFAULT 8,   -- characters of a password
	classes       BIGINT NOT NULL DEFAULT 0,   -- kinds of characters it must have
	age_days      BIGINT NOT NULL DEFAULT 0,   -- after which it must be changed; 0 never
	history       BIGINT NOT NULL DEFAULT 5,   -- earlier ones that may not come back
	first_hours   BIGINT NOT NULL DEFAULT 72,  -- life of one that was handed out
	idle_minutes  BIGINT NOT NULL DEFAULT 720,
	life_days     BIGINT NOT NULL DEFAULT 7,
	again_minutes BIGINT NOT NULL DEFAULT 10,
	sessions      BIGINT NOT NULL DEFAULT 20,  -- of one person at once
	token_days    BIGINT NOT NULL DEFAULT 366,
	tries         BIGINT NOT NULL DEFAULT 5,   -- wrong guesses before an account is slowed down
	delay_seconds BIGINT NOT NULL DEFAULT 15,
	delay_minutes BIGINT NOT NULL DEFAULT 15,
	address_tries BIGINT NOT NULL DEFAULT 30,
	barred        TEXT NOT NULL DEFAULT '',    -- words no password may contain
	version       BIGINT NOT NULL DEFAULT 1
);
INSERT INTO people_policy (id) VALUES ('policy');
