-- A tool that somebody has: of the staff, or with the section chief's leave an outsider.
CREATE TABLE assets_loan (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	card          TEXT NOT NULL REFERENCES assets_card (id),
	borrower      TEXT NOT NULL DEFAULT '', -- person; '' of an outsider
	borrower_name TEXT NOT NULL,
	purpose       TEXT NOT NULL DEFAULT '',
	due           TEXT NOT NULL,
	open          BOOLEAN NOT NULL DEFAULT true,
	at            BIGINT NOT NULL,
	by_name       TEXT NOT NULL,
	back_at       BIGINT NOT NULL DEFAULT 0,
	back_by       TEXT NOT NULL DEFAULT '',
	back_note     TEXT NOT NULL DEFAULT '',
	version       BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX assets_loan_at ON assets_loan (at, id);
CREATE INDEX assets_loan_card ON assets_loan (card, at, id);
CREATE UNIQUE INDEX assets_loan_out ON assets_loan (card) WHERE open = true;

-- A count of all tools of a department, as it was reported.
CREATE TABLE assets_count (
	id         TEXT PRIMARY KEY,
	number     TEXT NOT NULL UNIQUE,
	department TEXT NOT NULL REFERENCES departments_department (id),
	at         BIGINT NOT NULL,
	by_name    TEXT NOT NULL,
	due        TEXT NOT NULL DEFAULT '', -- by when it was to be; '' of the first
	late       BOOLEAN NOT NULL DEFAULT false,
	found      BIGINT NOT NULL DEFAULT 0,
	missing    BIGINT NOT NULL DEFAULT 0,
	told       TEXT NOT NULL DEFAULT '', -- to whom it was reported
	note       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX assets_count_at ON assets_count (at, id);
CREATE INDEX assets_count_department ON assets_count (department, at, id);
-- append-only: assets_count
CREATE TABLE assets_count_line (
	id    TEXT PRIMARY KEY,
	count TEXT NOT NULL REFERENCES assets_count (id),
	card  TEXT NOT NULL REFERENCES assets_card (id),
	state TEXT NOT NULL, -- there, lent, missing
	note  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX assets_count_line_count ON assets_count_line (count, id);
-- append-only: assets_count_line
