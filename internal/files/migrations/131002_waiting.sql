-- A file that the virus scanner has not looked through yet waits, and is handed out to nobody.
ALTER TABLE files_file ADD COLUMN waiting BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX files_file_waiting ON files_file (id) WHERE waiting = true;
