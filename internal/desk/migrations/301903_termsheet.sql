-- Who saves the terms later does not undo what somebody else has saved since.
INSERT INTO desk_sheet (name, version) VALUES ('terms', 1);
