-- What departments ask the stores for. Once it is agreed to, the store decides line
-- by line; what is handed over stands in the stores' books under the request.
CREATE TABLE requests_request (
	id             TEXT PRIMARY KEY,
	number         TEXT NOT NULL UNIQUE,
	kind           TEXT NOT NULL CHECK (kind IN ('need', 'plan', 'rush')),
	month          TEXT NOT NULL DEFAULT '',  -- of a monthly plan
	department     TEXT NOT NULL REFERENCES departments_department (id),
	store          TEXT NOT NULL REFERENCES warehouse_store (id),
	purpose        TEXT NOT NULL DEFAULT '',
	special        BOOLEAN NOT NULL DEFAULT false, -- not for the department's own work
	over           BOOLEAN NOT NULL DEFAULT false, -- more than the quota leaves
	deliver        BOOLEAN NOT NULL DEFAULT false,
	state          TEXT NOT NULL,
	open           BOOLEAN NOT NULL DEFAULT true,
	requester      TEXT NOT NULL,
	requester_name TEXT NOT NULL,
	asked_at       BIGINT NOT NULL,
	due            TEXT NOT NULL DEFAULT '',  -- the day on which it is given out
	amount         BIGINT NOT NULL DEFAULT 0, -- fen, at the prices of the day it was asked
	paper          TEXT NOT NULL DEFAULT '',  -- number of the approval
	reason         TEXT NOT NULL DEFAULT '',  -- why it came back, was refused or called off
	receiver       TEXT NOT NULL DEFAULT '',
	receiver_name  TEXT NOT NULL DEFAULT '',
	handed_at      BIGINT NOT NULL DEFAULT 0,
	tour           TEXT NOT NULL DEFAULT '',
	version        BIGINT NOT NULL DEFAULT 1,
	search         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX requests_request_department ON requests_request (department, id);
CREATE INDEX requests_request_state ON requests_request (state, id);
CREATE INDEX requests_request_open ON requests_request (store, id) WHERE open = true;
CREATE INDEX requests_request_tour ON requests_request (tour) WHERE tour <> '';
-- searchable: requests_request

CREATE TABLE requests_line (
	request      TEXT NOT NULL REFERENCES requests_request (id),
	line         BIGINT NOT NULL,
	item         TEXT NOT NULL REFERENCES catalog_item (id),
	qty          BIGINT NOT NULL CHECK (qty > 0),
	amount       BIGINT NOT NULL DEFAULT 0,        -- fen, of qty
	note         TEXT NOT NULL DEFAULT '',
	granted      BIGINT NOT NULL CHECK (granted >= 0 AND granted <= qty),
	granted_note TEXT NOT NULL DEFAULT '',
	granted_name TEXT NOT NULL DEFAULT '',
	instead      TEXT NOT NULL DEFAULT '',         -- an item given in its place
	instead_note TEXT NOT NULL DEFAULT '',
	picking      BIGINT NOT NULL DEFAULT 0 CHECK (picking >= 0),
	issued       BIGINT NOT NULL DEFAULT 0 CHECK (issued >= 0),
	declined     BIGINT NOT NULL DEFAULT 0 CHECK (declined >= 0),
	way          TEXT NOT NULL DEFAULT '',         -- of what is still open
	way_note     TEXT NOT NULL DEFAULT '',
	from_store   TEXT NOT NULL DEFAULT '',
	promised     TEXT NOT NULL DEFAULT '',         -- the day on which the rest is to come
	ordered      TEXT NOT NULL DEFAULT '',         -- the paper by which it was bought
	PRIMARY KEY (request, line),
	CHECK (picking + issued + declined <= granted)
);
CREATE INDEX requests_line_way ON requests_line (way, request, line) WHERE way IN ('buy', 'move', 'wait');
CREATE INDEX requests_line_item ON requests_line (item, request);

-- What is to be taken from which bin and lot for a request, and what became of it.
CREATE TABLE requests_pick (
	id        TEXT PRIMARY KEY,
	request   TEXT NOT NULL REFERENCES requests_request (id),
	line      BIGINT NOT NULL,
	store     TEXT NOT NULL,
	item      TEXT NOT NULL,
	bin       TEXT NOT NULL DEFAULT '',
	bin_code  TEXT NOT NULL DEFAULT '',
	lot       TEXT NOT NULL DEFAULT '',
	expiry    TEXT NOT NULL DEFAULT '',
	qty       BIGINT NOT NULL CHECK (qty > 0),
	picked    BIGINT NOT NULL DEFAULT 0 CHECK (picked >= 0 AND picked <= qty),
	how       TEXT NOT NULL DEFAULT '', -- scan, hand
	picked_by TEXT NOT NULL DEFAULT '',
	picked_at BIGINT NOT NULL DEFAULT 0,
	handed    BIGINT NOT NULL DEFAULT 0,
	note      TEXT NOT NULL DEFAULT '', -- of a difference
	document  TEXT NOT NULL DEFAULT '', -- the issue slip
	open      BOOLEAN NOT NULL DEFAULT true
);
CREATE INDEX requests_pick_request ON requests_pick (request, bin_code, id);
CREATE INDEX requests_pick_open ON requests_pick (store, item) WHERE open = true;

-- Who took what was issued by a slip, with the signature: a drawing or a typed name.
CREATE TABLE requests_receipt (
	id            TEXT PRIMARY KEY,
	request       TEXT NOT NULL REFERENCES requests_request (id),
	document      TEXT NOT NULL DEFAULT '',
	number        TEXT NOT NULL DEFAULT '',
	how           TEXT NOT NULL CHECK (how IN ('hand', 'tour', 'rush')),
	issuer        TEXT NOT NULL,
	issuer_name   TEXT NOT NULL,
	receiver      TEXT NOT NULL DEFAULT '',
	receiver_name TEXT NOT NULL DEFAULT '',
	signature     TEXT NOT NULL DEFAULT '',
	at            BIGINT NOT NULL
);
CREATE INDEX requests_receipt_request ON requests_receipt (request, id);

-- What a department may draw of a category of goods in a month; '' is all categories.
CREATE TABLE requests_quota (
	id         TEXT PRIMARY KEY,
	department TEXT NOT NULL REFERENCES departments_department (id),
	category   TEXT NOT NULL DEFAULT '',
	since      TEXT NOT NULL,           -- the first day of the month from which it holds
	amount     BIGINT NOT NULL CHECK (amount >= 0), -- fen a month
	by_name    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	UNIQUE (department, category, since)
);

-- Days on which a department's goods are given out or brought: 1 is Monday.
CREATE TABLE requests_day (
	department TEXT NOT NULL REFERENCES departments_department (id),
	weekday    BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
	deliver    BOOLEAN NOT NULL DEFAULT false,
	PRIMARY KEY (department, weekday)
);

-- What a department usually asks for; hidden is what it does not want to see there.
CREATE TABLE requests_usual (
	department TEXT NOT NULL REFERENCES departments_department (id),
	item       TEXT NOT NULL REFERENCES catalog_item (id),
	qty        BIGINT NOT NULL DEFAULT 0, -- the last quantity asked
	times      BIGINT NOT NULL DEFAULT 0,
	last       BIGINT NOT NULL DEFAULT 0,
	hidden     BOOLEAN NOT NULL DEFAULT false,
	PRIMARY KEY (department, item)
);

-- Old pieces that new ones are given for: counted in, owed until a day, or let off.
CREATE TABLE requests_old (
	id              TEXT PRIMARY KEY,
	request         TEXT NOT NULL REFERENCES requests_request (id),
	line            BIGINT NOT NULL,
	department      TEXT NOT NULL REFERENCES departments_department (id),
	item            TEXT NOT NULL REFERENCES catalog_item (id),
	qty             BIGINT NOT NULL CHECK (qty > 0),
	back            BIGINT NOT NULL DEFAULT 0 CHECK (back >= 0),
	excused         BIGINT NOT NULL DEFAULT 0 CHECK (excused >= 0),
	due             TEXT NOT NULL DEFAULT '',
	reason          TEXT NOT NULL DEFAULT '', -- why they were let off
	excused_by      TEXT NOT NULL DEFAULT '',
	store           TEXT NOT NULL,
	made_at         BIGINT NOT NULL,
	settled_at      BIGINT NOT NULL DEFAULT 0,
	open            BOOLEAN NOT NULL DEFAULT true,
	CHECK (back + excused <= qty)
);
CREATE INDEX requests_old_open ON requests_old (open, due, id);
CREATE INDEX requests_old_department ON requests_old (department, id);
