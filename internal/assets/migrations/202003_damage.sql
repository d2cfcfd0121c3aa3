-- Damage to or loss of an asset: found, looked into, reported to the hospital in writing
-- (A-021); what its responsible person owes (A-020).
CREATE TABLE assets_damage (
	id               TEXT PRIMARY KEY,
	number           TEXT NOT NULL UNIQUE,
	card             TEXT NOT NULL REFERENCES assets_card (id),
	sort             TEXT NOT NULL CHECK (sort IN ('damaged', 'lost')),
	day              TEXT NOT NULL, -- on which it was found
	how              TEXT NOT NULL,
	state            TEXT NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'looked', 'told', 'dropped')),
	open             BOOLEAN NOT NULL DEFAULT true,
	by_id            TEXT NOT NULL,
	by_name          TEXT NOT NULL,
	at               BIGINT NOT NULL,
	cause            TEXT NOT NULL DEFAULT '', -- as it was looked into
	loss             BIGINT NOT NULL DEFAULT 0 CHECK (loss >= 0), -- fen
	fault            BOOLEAN NOT NULL DEFAULT false, -- somebody broke the rules
	responsible      TEXT NOT NULL DEFAULT '', -- a person
	responsible_name TEXT NOT NULL DEFAULT '',
	looked_name      TEXT NOT NULL DEFAULT '',
	looked_at        BIGINT NOT NULL DEFAULT 0,
	told_to          TEXT NOT NULL DEFAULT '', -- who took the written report
	told_name        TEXT NOT NULL DEFAULT '',
	told_at          BIGINT NOT NULL DEFAULT 0,
	pays             BIGINT NOT NULL DEFAULT 0 CHECK (pays >= 0),
	paid             BIGINT NOT NULL DEFAULT 0 CHECK (paid >= 0 AND paid <= pays),
	note             TEXT NOT NULL DEFAULT '',
	version          BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX assets_damage_card ON assets_damage (card, id);
CREATE INDEX assets_damage_at ON assets_damage (at, id);
CREATE INDEX assets_damage_open ON assets_damage (id) WHERE open = true;
CREATE INDEX assets_damage_owed ON assets_damage (id) WHERE paid < pays;

-- What a responsible person paid of it.
CREATE TABLE assets_payment (
	id      TEXT PRIMARY KEY,
	damage  TEXT NOT NULL REFERENCES assets_damage (id),
	person  TEXT NOT NULL,
	way     TEXT NOT NULL CHECK (way IN ('cash', 'wage')),
	month   TEXT NOT NULL DEFAULT '', -- of the wage it was deducted from
	amount  BIGINT NOT NULL CHECK (amount > 0),
	by_name TEXT NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX assets_payment_damage ON assets_payment (damage, id);
CREATE INDEX assets_payment_wage ON assets_payment (person, month) WHERE way = 'wage';
-- append-only: assets_payment
