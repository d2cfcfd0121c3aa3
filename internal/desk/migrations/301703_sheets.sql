-- What is set as a whole, a sheet at a time: who saves it says which one they looked at.
CREATE TABLE desk_sheet (
	name    TEXT   PRIMARY KEY,
	version BIGINT NOT NULL
);
INSERT INTO desk_sheet (name, version) VALUES ('shifts', 1), ('routes', 1), ('needs', 1);
