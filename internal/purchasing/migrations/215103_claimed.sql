-- What other plans had asked for and not got when the line was proposed: it explains why
-- more is proposed than this plan's own departments asked for.
ALTER TABLE purchasing_plan_line ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;
