-- How often it was decided how a hard case is done: handed up again, it needs another plan.
ALTER TABLE desk_job ADD COLUMN plans BIGINT NOT NULL DEFAULT 0;
UPDATE desk_job SET plans = 1 WHERE plan <> '';
