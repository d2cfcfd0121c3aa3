-- Two entries of the staff file that are one natural person: somebody who came back under
-- another number, or holds two posts with an account each.
CREATE TABLE people_twin (
	person TEXT PRIMARY KEY REFERENCES people_person (id),
	human  TEXT NOT NULL REFERENCES people_person (id) -- the entry that stands for the person
);
CREATE INDEX people_twin_human ON people_twin (human);
CREATE INDEX people_person_phone ON people_person (phone) WHERE phone <> '';
