-- What is counted how often: a store, some of its goods, and the day of the next count.
CREATE TABLE counting_plan (
	id        TEXT PRIMARY KEY,
	name      TEXT NOT NULL,
	store     TEXT NOT NULL REFERENCES warehouse_store (id),
	cycle     TEXT NOT NULL, -- daily … yearly
	goods     TEXT NOT NULL, -- all of them, a class by value, those at risk, those whose turn it is
	most      BIGINT NOT NULL DEFAULT 0, -- kinds of goods at a time; 0: no limit
	bin_from  TEXT NOT NULL DEFAULT '',
	bin_until TEXT NOT NULL DEFAULT '',
	blind     BOOLEAN NOT NULL DEFAULT true,
	sheet     BIGINT NOT NULL DEFAULT 50, -- lines of one sheet
	next      TEXT NOT NULL, -- day
	closed    BOOLEAN NOT NULL DEFAULT false,
	version   BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX counting_plan_next ON counting_plan (next, id) WHERE closed = false;

CREATE TABLE counting_count (
	id              TEXT PRIMARY KEY,
	number          TEXT NOT NULL UNIQUE,
	plan            TEXT NOT NULL DEFAULT '',
	cycle           TEXT NOT NULL, -- of the plan; once: without one
	store           TEXT NOT NULL REFERENCES warehouse_store (id),
	goods           TEXT NOT NULL,
	bin_from        TEXT NOT NULL DEFAULT '',
	bin_until       TEXT NOT NULL DEFAULT '',
	blind           BOOLEAN NOT NULL,
	due             TEXT NOT NULL, -- day
	state           TEXT NOT NULL,
	open            BOOLEAN NOT NULL DEFAULT true,
	lines           BIGINT NOT NULL DEFAULT 0,
	done            BIGINT NOT NULL DEFAULT 0, -- lines that somebody has counted
	differing       BIGINT NOT NULL DEFAULT 0,
	wrong           BIGINT NOT NULL DEFAULT 0, -- of all lines, so many hundredths of a per cent differ
	book            BIGINT NOT NULL DEFAULT 0, -- fen: what the counted goods cost by the books
	gain            BIGINT NOT NULL DEFAULT 0, -- fen
	loss            BIGINT NOT NULL DEFAULT 0,
	begun_by        TEXT NOT NULL,
	begun_name      TEXT NOT NULL,
	begun_at        BIGINT NOT NULL,
	counted_at      BIGINT NOT NULL DEFAULT 0, -- the last sheet was handed in
	counted_day     TEXT NOT NULL DEFAULT '',
	keeper          TEXT NOT NULL DEFAULT '',  -- who signed for the store
	keeper_name     TEXT NOT NULL DEFAULT '',
	keeper_at       BIGINT NOT NULL DEFAULT 0,
	accountant      TEXT NOT NULL DEFAULT '',
	accountant_name TEXT NOT NULL DEFAULT '',
	accountant_at   BIGINT NOT NULL DEFAULT 0,
	analysis        TEXT NOT NULL DEFAULT '',
	case_id         TEXT NOT NULL DEFAULT '',
	paper           TEXT NOT NULL DEFAULT '', -- number of the approval
	document        TEXT NOT NULL DEFAULT '', -- of the warehouse
	document_number TEXT NOT NULL DEFAULT '',
	posted_by       TEXT NOT NULL DEFAULT '',
	posted_name     TEXT NOT NULL DEFAULT '',
	ended_at        BIGINT NOT NULL DEFAULT 0,
	ended_day       TEXT NOT NULL DEFAULT '',
	note            TEXT NOT NULL DEFAULT '',
	version         BIGINT NOT NULL DEFAULT 1,
	search          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX counting_count_store ON counting_count (store, id);
CREATE INDEX counting_count_open ON counting_count (id) WHERE open = true;
CREATE INDEX counting_count_due ON counting_count (cycle, due);
-- One count of a plan at a time, however many clocks strike.
CREATE UNIQUE INDEX counting_count_plan ON counting_count (plan) WHERE plan <> '' AND open = true;
-- searchable: counting_count

-- What one person counts in one go. In the second round it is what differed in the
-- first and who had counted it.
CREATE TABLE counting_sheet (
	id           TEXT PRIMARY KEY,
	count        TEXT NOT NULL REFERENCES counting_count (id),
	n            BIGINT NOT NULL,
	round        BIGINT NOT NULL,
	label        TEXT NOT NULL DEFAULT '', -- its bins
	lines        BIGINT NOT NULL,
	done         BIGINT NOT NULL DEFAULT 0,
	first        TEXT NOT NULL DEFAULT '', -- a person's id
	counter      TEXT NOT NULL DEFAULT '',
	counter_name TEXT NOT NULL DEFAULT '',
	taken_at     BIGINT NOT NULL DEFAULT 0,
	handed_at    BIGINT NOT NULL DEFAULT 0,
	open         BOOLEAN NOT NULL DEFAULT true,
	version      BIGINT NOT NULL DEFAULT 1,
	UNIQUE (count, n)
);
CREATE INDEX counting_sheet_open ON counting_sheet (id) WHERE open = true;

-- Some of one lot in one bin, what the books said of it at the moment of counting,
-- and what was found; anew where it differed.
CREATE TABLE counting_line (
	id       TEXT PRIMARY KEY,
	count    TEXT NOT NULL REFERENCES counting_count (id),
	n        BIGINT NOT NULL,
	sheet    TEXT NOT NULL REFERENCES counting_sheet (id),
	again    TEXT NOT NULL DEFAULT '', -- the sheet of the second round
	item     TEXT NOT NULL REFERENCES catalog_item (id),
	bin      TEXT NOT NULL DEFAULT '',
	lot      TEXT NOT NULL DEFAULT '',
	expiry   TEXT NOT NULL DEFAULT '',
	extra    BOOLEAN NOT NULL DEFAULT false, -- found, though the books knew nothing of it
	done     BIGINT NOT NULL DEFAULT 0,      -- in how many rounds it was counted
	qty1     BIGINT NOT NULL DEFAULT 0,
	book1    BIGINT NOT NULL DEFAULT 0,
	at1      BIGINT NOT NULL DEFAULT 0,
	by1      TEXT NOT NULL DEFAULT '',
	name1    TEXT NOT NULL DEFAULT '',
	qty2     BIGINT NOT NULL DEFAULT 0,
	book2    BIGINT NOT NULL DEFAULT 0,
	at2      BIGINT NOT NULL DEFAULT 0,
	by2      TEXT NOT NULL DEFAULT '',
	name2    TEXT NOT NULL DEFAULT '',
	diff     BIGINT NOT NULL DEFAULT 0, -- of the latest round: found less book
	book     BIGINT NOT NULL DEFAULT 0, -- fen: what the books' part cost then
	value    BIGINT NOT NULL DEFAULT 0, -- fen: of the difference
	reason   TEXT NOT NULL DEFAULT '',
	why      TEXT NOT NULL DEFAULT '',
	UNIQUE (count, n)
);
CREATE INDEX counting_line_sheet ON counting_line (sheet, n);
CREATE INDEX counting_line_again ON counting_line (again, n) WHERE again <> '';
CREATE INDEX counting_line_differs ON counting_line (count, n) WHERE diff <> 0;

-- When goods were last counted in a store, and whether they differed then.
CREATE TABLE counting_turn (
	id       TEXT PRIMARY KEY, -- store.item
	store    TEXT NOT NULL REFERENCES warehouse_store (id),
	item     TEXT NOT NULL REFERENCES catalog_item (id),
	at       BIGINT NOT NULL,
	differed BOOLEAN NOT NULL
);
CREATE INDEX counting_turn_store ON counting_turn (store);
