-- By which factors a session was opened, as the events say it.
ALTER TABLE people_session ADD COLUMN factor TEXT NOT NULL DEFAULT '';
