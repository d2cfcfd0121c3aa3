-- What of an item other plans would buy when this one was drawn, so that it is not bought twice.
ALTER TABLE purchasing_plan_line ADD COLUMN planned BIGINT NOT NULL DEFAULT 0;
