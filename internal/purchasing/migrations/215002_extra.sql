-- Which lines of departments' requests a plan buys for, so that they hear of its orders.
CREATE TABLE purchasing_extra (
	plan       TEXT NOT NULL REFERENCES purchasing_plan (id),
	request    TEXT NOT NULL,
	line       BIGINT NOT NULL,
	department TEXT NOT NULL DEFAULT '',
	item       TEXT NOT NULL REFERENCES catalog_item (id),
	qty        BIGINT NOT NULL,
	PRIMARY KEY (request, line, plan)
);
CREATE INDEX purchasing_extra_plan ON purchasing_extra (plan, item);
