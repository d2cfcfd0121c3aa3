-- What the responsible person has paid of a loss so far, by hand or out of a month's wage.
-- The wage itself is asked for to find the limit, and not kept.
CREATE TABLE wardstores_payment (
	id      TEXT PRIMARY KEY,
	loss    TEXT NOT NULL REFERENCES wardstores_loss (id),
	person  TEXT NOT NULL,
	way     TEXT NOT NULL CHECK (way IN ('cash', 'wage')),
	month   TEXT NOT NULL DEFAULT '', -- of the wage
	amount  BIGINT NOT NULL CHECK (amount > 0),
	by_name TEXT NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX wardstores_payment_loss ON wardstores_payment (loss, id);
CREATE INDEX wardstores_payment_person ON wardstores_payment (person, month);
-- append-only: wardstores_payment
ALTER TABLE wardstores_loss ADD COLUMN paid BIGINT NOT NULL DEFAULT 0;
CREATE INDEX wardstores_loss_responsible ON wardstores_loss (responsible, id);
