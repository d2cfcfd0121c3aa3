-- What the desk suggested while a job was told, and whether it was kept.
CREATE TABLE desk_advice (
	job           TEXT PRIMARY KEY REFERENCES desk_job (id),
	at            BIGINT NOT NULL,
	trade         TEXT NOT NULL DEFAULT '',
	urgency       TEXT NOT NULL DEFAULT '',
	trade_kept    BOOLEAN NOT NULL DEFAULT false,
	urgency_kept  BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX desk_advice_at ON desk_advice (at, job);
