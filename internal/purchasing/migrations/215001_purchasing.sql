-- What a department needs for a month, or at once.
CREATE TABLE purchasing_need (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE,
	kind       TEXT NOT NULL CHECK (kind IN ('monthly', 'urgent')),
	department TEXT NOT NULL REFERENCES departments_department (id),
	month      TEXT NOT NULL, -- its first day
	state      TEXT NOT NULL,
	reason     TEXT NOT NULL DEFAULT '',
	answer     TEXT NOT NULL DEFAULT '', -- why it came back
	plan       TEXT NOT NULL DEFAULT '', -- in which it is
	lines      BIGINT NOT NULL,
	amount     BIGINT NOT NULL,
	by_id      TEXT NOT NULL,
	by_name    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	paper      TEXT NOT NULL DEFAULT '', -- number of the approval of an urgent one
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_need_department ON purchasing_need (department, id);
CREATE INDEX purchasing_need_state ON purchasing_need (state, month);
CREATE INDEX purchasing_need_plan ON purchasing_need (plan) WHERE plan <> '';

CREATE TABLE purchasing_need_line (
	need    TEXT NOT NULL REFERENCES purchasing_need (id),
	line    BIGINT NOT NULL,
	item    TEXT NOT NULL REFERENCES catalog_item (id),
	qty     BIGINT NOT NULL CHECK (qty > 0),
	quality TEXT NOT NULL DEFAULT '',
	price   BIGINT NOT NULL, -- estimate for one smallest unit
	why     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (need, line)
);
CREATE INDEX purchasing_need_line_item ON purchasing_need_line (item);

-- What the house buys in a month: the departments' needs against what is there.
CREATE TABLE purchasing_plan (
	id           TEXT PRIMARY KEY,
	number       TEXT NOT NULL UNIQUE,
	month        TEXT NOT NULL,
	department   TEXT NOT NULL REFERENCES departments_department (id), -- of the planner
	state        TEXT NOT NULL,
	review       TEXT NOT NULL DEFAULT '', -- what the planner says of its reasonableness
	urgent       BOOLEAN NOT NULL DEFAULT false,
	lines        BIGINT NOT NULL DEFAULT 0,
	amount       BIGINT NOT NULL DEFAULT 0,
	planner      TEXT NOT NULL,
	planner_name TEXT NOT NULL,
	at           BIGINT NOT NULL,
	paper        TEXT NOT NULL DEFAULT '',
	version      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_plan_month ON purchasing_plan (month, id);
CREATE INDEX purchasing_plan_state ON purchasing_plan (state, id);

-- Quantities in the item's smallest unit; what was foretold stays as it was said.
CREATE TABLE purchasing_plan_line (
	id       TEXT PRIMARY KEY, -- plan.line
	plan     TEXT NOT NULL REFERENCES purchasing_plan (id),
	line     BIGINT NOT NULL,
	item     TEXT NOT NULL REFERENCES catalog_item (id),
	quality  TEXT NOT NULL DEFAULT '',
	wanted   BIGINT NOT NULL DEFAULT 0,
	askers   BIGINT NOT NULL DEFAULT 0, -- departments that asked
	stock    BIGINT NOT NULL DEFAULT 0,
	coming   BIGINT NOT NULL DEFAULT 0, -- ordered and not yet here
	used     BIGINT NOT NULL DEFAULT 0, -- last month
	likely   BIGINT NOT NULL DEFAULT 0,
	low      BIGINT NOT NULL DEFAULT 0,
	high     BIGINT NOT NULL DEFAULT 0,
	method   TEXT NOT NULL DEFAULT '',
	sure     TEXT NOT NULL DEFAULT '',
	off      BIGINT NOT NULL DEFAULT 0, -- back-test: percent of what was used
	proposed BIGINT NOT NULL DEFAULT 0,
	qty      BIGINT NOT NULL DEFAULT 0 CHECK (qty >= 0),
	price    BIGINT NOT NULL DEFAULT 0,
	why      TEXT NOT NULL DEFAULT '',
	ordered  BIGINT NOT NULL DEFAULT 0 CHECK (ordered >= 0 AND ordered <= qty),
	UNIQUE (plan, line)
);
CREATE INDEX purchasing_plan_line_item ON purchasing_plan_line (item);

-- Suppliers are asked what they want for the lines of an agreed plan.
CREATE TABLE purchasing_enquiry (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE,
	plan       TEXT NOT NULL REFERENCES purchasing_plan (id),
	state      TEXT NOT NULL,
	method     TEXT NOT NULL CHECK (method IN ('quote', 'negotiation', 'tender')),
	bidders    BIGINT NOT NULL, -- how many the rule asks
	amount     BIGINT NOT NULL, -- estimated
	market     TEXT NOT NULL DEFAULT '',
	why        TEXT NOT NULL DEFAULT '', -- not the cheapest, or a single source
	single     TEXT NOT NULL DEFAULT '', -- reason for fewer bidders
	leave_by   TEXT NOT NULL DEFAULT '',
	leave_name TEXT NOT NULL DEFAULT '',
	buyer      TEXT NOT NULL,
	buyer_name TEXT NOT NULL,
	at         BIGINT NOT NULL,
	version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_enquiry_plan ON purchasing_enquiry (plan);
CREATE INDEX purchasing_enquiry_state ON purchasing_enquiry (state, id);

CREATE TABLE purchasing_enquiry_line (
	enquiry   TEXT NOT NULL REFERENCES purchasing_enquiry (id),
	plan_line TEXT NOT NULL REFERENCES purchasing_plan_line (id),
	line      BIGINT NOT NULL,
	qty       BIGINT NOT NULL CHECK (qty > 0),
	PRIMARY KEY (enquiry, line)
);

CREATE TABLE purchasing_quote (
	enquiry  TEXT NOT NULL REFERENCES purchasing_enquiry (id),
	line     BIGINT NOT NULL,
	supplier TEXT NOT NULL REFERENCES suppliers_supplier (id),
	price    BIGINT NOT NULL CHECK (price > 0),
	days     BIGINT NOT NULL DEFAULT 0,
	score    BIGINT NOT NULL DEFAULT 0, -- of quality, 0 to 100
	chosen   BOOLEAN NOT NULL DEFAULT false,
	PRIMARY KEY (enquiry, line, supplier)
);
CREATE INDEX purchasing_quote_supplier ON purchasing_quote (supplier);

-- What is bought where.
CREATE TABLE purchasing_order (
	id           TEXT PRIMARY KEY,
	number       TEXT NOT NULL UNIQUE,
	supplier     TEXT NOT NULL REFERENCES suppliers_supplier (id),
	plan         TEXT NOT NULL REFERENCES purchasing_plan (id),
	enquiry      TEXT NOT NULL DEFAULT '', -- '' when the price is a framework contract's
	state        TEXT NOT NULL,
	method       TEXT NOT NULL,
	due          TEXT NOT NULL DEFAULT '',
	note         TEXT NOT NULL DEFAULT '',
	lines        BIGINT NOT NULL,
	amount       BIGINT NOT NULL,
	planner      TEXT NOT NULL,
	buyer        TEXT NOT NULL,
	buyer_name   TEXT NOT NULL,
	auditor      TEXT NOT NULL DEFAULT '',
	auditor_name TEXT NOT NULL DEFAULT '',
	audit        TEXT NOT NULL DEFAULT '', -- what the audit of prices said
	labelled     BOOLEAN NOT NULL DEFAULT false,
	day          TEXT NOT NULL,
	at           BIGINT NOT NULL,
	sent_at      BIGINT NOT NULL DEFAULT 0,
	version      BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_order_supplier ON purchasing_order (supplier, id);
CREATE INDEX purchasing_order_state ON purchasing_order (state, id);
CREATE INDEX purchasing_order_plan ON purchasing_order (plan);

CREATE TABLE purchasing_order_line (
	purchase  TEXT NOT NULL REFERENCES purchasing_order (id),
	line      BIGINT NOT NULL,
	plan_line TEXT NOT NULL REFERENCES purchasing_plan_line (id),
	item      TEXT NOT NULL REFERENCES catalog_item (id),
	quality   TEXT NOT NULL DEFAULT '',
	qty       BIGINT NOT NULL CHECK (qty > 0),
	received  BIGINT NOT NULL DEFAULT 0 CHECK (received >= 0 AND received <= qty),
	price     BIGINT NOT NULL, -- of one smallest unit
	last      BIGINT NOT NULL DEFAULT 0, -- what it cost at the last order; 0: never bought
	highest   BIGINT NOT NULL DEFAULT 0, -- of the quotes
	PRIMARY KEY (purchase, line)
);
CREATE INDEX purchasing_order_line_item ON purchasing_order_line (item);

-- What framework contracts and price lists say.
CREATE TABLE purchasing_price (
	id       TEXT PRIMARY KEY,
	supplier TEXT NOT NULL REFERENCES suppliers_supplier (id),
	item     TEXT NOT NULL REFERENCES catalog_item (id),
	price    BIGINT NOT NULL CHECK (price > 0),
	contract TEXT NOT NULL,
	since    TEXT NOT NULL,
	until    TEXT NOT NULL,
	closed   BOOLEAN NOT NULL DEFAULT false,
	version  BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX purchasing_price_item ON purchasing_price (item) WHERE closed = false;
