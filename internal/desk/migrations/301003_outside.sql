-- A firm from outside that a job needs: who, for how much, why, and whether the
-- vice-president in charge has agreed (W-009).
CREATE TABLE desk_outside (
	job      TEXT PRIMARY KEY REFERENCES desk_job (id),
	firm     TEXT NOT NULL,
	estimate BIGINT NOT NULL DEFAULT 0,
	why      TEXT NOT NULL,
	state    TEXT NOT NULL,
	paper    TEXT NOT NULL DEFAULT '', -- number of the approval
	at       BIGINT NOT NULL
);
