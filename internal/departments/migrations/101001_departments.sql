CREATE TABLE departments_campus (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	name    TEXT NOT NULL UNIQUE,
	closed  BOOLEAN NOT NULL DEFAULT false,
	version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE departments_department (
	id          TEXT PRIMARY KEY,
	code        TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	kind        TEXT NOT NULL,
	parent      TEXT NOT NULL DEFAULT '',
	campus      TEXT NOT NULL DEFAULT '',
	head        TEXT NOT NULL DEFAULT '', -- a person's id; people stand higher, so no foreign key
	cost_centre TEXT NOT NULL DEFAULT '',
	phone       TEXT NOT NULL DEFAULT '',
	official    TEXT NOT NULL DEFAULT '', -- code of the national dictionary of departments
	beds        BIGINT NOT NULL DEFAULT 0,
	closed      BOOLEAN NOT NULL DEFAULT false,
	version     BIGINT NOT NULL DEFAULT 1,
	search      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX departments_department_parent ON departments_department (parent);
CREATE INDEX departments_department_campus ON departments_department (campus);

-- Who may ask for goods in the department's name (S-014).
CREATE TABLE departments_requester (
	department TEXT NOT NULL REFERENCES departments_department (id),
	person     TEXT NOT NULL,
	PRIMARY KEY (department, person)
);
