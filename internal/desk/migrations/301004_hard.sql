-- How the deadline of a paused job goes on: '' it runs, stands: it stands still for as
-- long as the pause lasts, working: so much working time is left afterwards as before.
ALTER TABLE desk_job ADD COLUMN clock TEXT NOT NULL DEFAULT '';
-- How far up a hard case was handed: 0 the team, 1 the section head, 2 the vice-president
-- in charge (W-003, W-008); what is hard about it, and what was decided.
ALTER TABLE desk_job ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN hard TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN plan TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN raised_at BIGINT NOT NULL DEFAULT 0;
-- When a small repair was registered that was done before (W-006); 0 of all others.
ALTER TABLE desk_job ADD COLUMN registered_at BIGINT NOT NULL DEFAULT 0;
-- Parts that were mended and used again (W-029), and what new ones would have cost, in fen.
ALTER TABLE desk_job ADD COLUMN reused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN saved BIGINT NOT NULL DEFAULT 0;
-- What the house lacks to do the work itself (W-028).
ALTER TABLE desk_outside ADD COLUMN lack TEXT NOT NULL DEFAULT '';
CREATE INDEX desk_job_hard ON desk_job (level, due, id) WHERE open = true AND level > 0;
