-- Days on which the hospital works, or does not, otherwise than the country.
CREATE TABLE calendar_exception (
	day     TEXT PRIMARY KEY,
	working BOOLEAN NOT NULL DEFAULT false,
	note    TEXT NOT NULL DEFAULT ''
);
