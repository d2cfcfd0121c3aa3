-- What a person was examined for and may do: the register of certificates (O-006, O-007).
CREATE TABLE people_certificate (
	id          TEXT PRIMARY KEY,
	person      TEXT NOT NULL REFERENCES people_person (id),
	kind        TEXT NOT NULL,
	number      TEXT NOT NULL DEFAULT '',
	issuer      TEXT NOT NULL DEFAULT '',
	issued_on   TEXT NOT NULL,
	valid_until TEXT NOT NULL,             -- last day as printed; 9999-12-31: without end
	checked_on  TEXT NOT NULL DEFAULT '',  -- of the latest re-examination
	ends_on     TEXT NOT NULL,             -- last day on which it holds: as printed, or until the next re-examination
	withdrawn   BOOLEAN NOT NULL DEFAULT false,
	note        TEXT NOT NULL DEFAULT '',
	version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX people_certificate_person ON people_certificate (person, kind, ends_on);
CREATE INDEX people_certificate_ends ON people_certificate (ends_on, id);
