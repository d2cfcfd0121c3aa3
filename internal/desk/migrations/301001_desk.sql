CREATE TABLE desk_job (
	id            TEXT PRIMARY KEY,
	number        TEXT NOT NULL UNIQUE,
	title         TEXT NOT NULL,
	detail        TEXT NOT NULL DEFAULT '',
	trade         TEXT NOT NULL,
	urgency       TEXT NOT NULL,
	state         TEXT NOT NULL,
	open          BOOLEAN NOT NULL DEFAULT true, -- neither closed nor cancelled
	source        TEXT NOT NULL DEFAULT '',      -- ward, phone, api, import
	department    TEXT NOT NULL REFERENCES departments_department (id), -- bears the cost and signs
	place         TEXT NOT NULL DEFAULT '',
	spot          TEXT NOT NULL DEFAULT '',      -- where in the place, in words
	asset         TEXT NOT NULL DEFAULT '',
	reporter      TEXT NOT NULL DEFAULT '',      -- who entered it
	reporter_name TEXT NOT NULL DEFAULT '',      -- who complained: that person, or a caller
	phone         TEXT NOT NULL DEFAULT '',
	crew          TEXT NOT NULL DEFAULT '',
	worker        TEXT NOT NULL DEFAULT '',
	dispatcher    TEXT NOT NULL DEFAULT '',      -- name of who sent the worker; '' when grabbed
	waits         TEXT NOT NULL DEFAULT '',      -- while paused: what for
	reason        TEXT NOT NULL DEFAULT '',      -- of the latest pause, return or cancellation
	cause         TEXT NOT NULL DEFAULT '',
	done          TEXT NOT NULL DEFAULT '',      -- what was done
	minutes       BIGINT NOT NULL DEFAULT 0 CHECK (minutes >= 0),
	labour        BIGINT NOT NULL DEFAULT 0 CHECK (labour >= 0), -- fen
	parts         BIGINT NOT NULL DEFAULT 0 CHECK (parts >= 0),  -- fen
	cost          BIGINT NOT NULL DEFAULT 0 CHECK (cost = labour + parts),
	hastened      BIGINT NOT NULL DEFAULT 0,
	returned      BIGINT NOT NULL DEFAULT 0,
	rating        BIGINT NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5), -- 0: none given
	opinion       TEXT NOT NULL DEFAULT '',
	signer        TEXT NOT NULL DEFAULT '',      -- name
	signature     TEXT NOT NULL DEFAULT '',
	reported_at   BIGINT NOT NULL,
	dispatched_at BIGINT NOT NULL DEFAULT 0,
	accepted_at   BIGINT NOT NULL DEFAULT 0,
	arrived_at    BIGINT NOT NULL DEFAULT 0,
	paused_at     BIGINT NOT NULL DEFAULT 0,     -- 0 unless paused now
	paused        BIGINT NOT NULL DEFAULT 0,     -- microseconds of the pauses that are over
	finished_at   BIGINT NOT NULL DEFAULT 0,
	closed_at     BIGINT NOT NULL DEFAULT 0,     -- signed off or cancelled
	due           BIGINT NOT NULL DEFAULT 0,     -- by when it is to be finished
	external      TEXT NOT NULL DEFAULT '',      -- key of a past job in the file it came from
	version       BIGINT NOT NULL DEFAULT 1,
	search        TEXT NOT NULL DEFAULT ''
);
-- Every list reads newest first, within a department, a worker, a crew, a state.
CREATE INDEX desk_job_reported ON desk_job (reported_at, id);
CREATE INDEX desk_job_open ON desk_job (open, reported_at, id);
CREATE INDEX desk_job_department ON desk_job (department, reported_at, id);
CREATE INDEX desk_job_worker ON desk_job (worker, reported_at, id);
CREATE INDEX desk_job_crew ON desk_job (crew, reported_at, id);
CREATE INDEX desk_job_state ON desk_job (state, reported_at, id);
CREATE INDEX desk_job_place ON desk_job (place, reported_at, id);
CREATE INDEX desk_job_asset ON desk_job (asset, reported_at, id);
CREATE INDEX desk_job_finished ON desk_job (finished_at, id);
-- What is open is little beside what is closed, and is read by deadline.
CREATE INDEX desk_job_lane ON desk_job (state, due, id) WHERE open = true;
CREATE INDEX desk_job_ward ON desk_job (department, due, id) WHERE open = true;
CREATE INDEX desk_job_mine ON desk_job (worker, due, id) WHERE open = true;
CREATE INDEX desk_job_team ON desk_job (crew, due, id) WHERE open = true;
CREATE UNIQUE INDEX desk_job_external ON desk_job (external) WHERE external <> '';
-- searchable: desk_job

-- Signatures drawn by hand; one may close several jobs.
CREATE TABLE desk_signature (
	id    TEXT PRIMARY KEY,
	at    BIGINT NOT NULL,
	by_id TEXT NOT NULL,
	image TEXT NOT NULL -- PNG as data URL
);
-- append-only: desk_signature

-- Minutes from report to finish, by urgency.
CREATE TABLE desk_target (
	urgency TEXT PRIMARY KEY,
	minutes BIGINT NOT NULL CHECK (minutes > 0)
);
INSERT INTO desk_target (urgency, minutes) VALUES ('emergency', 30), ('urgent', 240), ('normal', 4320), ('planned', 21600);

-- Which crew the reports of a trade go to, on a campus or ('') everywhere.
CREATE TABLE desk_route (
	trade  TEXT NOT NULL,
	campus TEXT NOT NULL DEFAULT '',
	crew   TEXT NOT NULL REFERENCES departments_department (id),
	PRIMARY KEY (trade, campus)
);
