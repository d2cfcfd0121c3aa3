-- A person's PIN, sealed like a password: by it they sign on somebody else's phone.
ALTER TABLE people_account ADD COLUMN pin TEXT NOT NULL DEFAULT '';
