-- When somebody of the desk first looked at a job and who that was; when it was last
-- hastened; who sent the worker, and who decided how a hard case is done: they are told
-- of its end (O-031).
ALTER TABLE desk_job ADD COLUMN triaged_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN triaged_by TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN hastened_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_job ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN planner TEXT NOT NULL DEFAULT '';
UPDATE desk_job SET triaged_at = dispatched_at, triaged_by = dispatcher WHERE dispatched_at > 0;
-- Whose departments may ask for a kind; '' all. The budget line that its jobs are put on.
ALTER TABLE desk_kind ADD COLUMN askers TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_kind ADD COLUMN budget TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_job ADD COLUMN budget TEXT NOT NULL DEFAULT '';
