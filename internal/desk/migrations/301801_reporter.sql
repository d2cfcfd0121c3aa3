-- What somebody told and waits for, in their inbox.
CREATE INDEX desk_job_told ON desk_job (reporter, due, id) WHERE open = true;
