-- Who was ever sent to a job: they may learn how it stands after it was taken from them.
CREATE TABLE desk_sent (
	job    TEXT NOT NULL REFERENCES desk_job (id),
	worker TEXT NOT NULL,
	PRIMARY KEY (job, worker)
);
INSERT INTO desk_sent (job, worker) SELECT id, worker FROM desk_job WHERE open = true AND worker <> '';
