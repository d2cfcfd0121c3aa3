-- What was used per month is read from the index alone: by a department for its plan, by
-- the planner for all of them.
CREATE INDEX warehouse_consumption_used ON warehouse_consumption (department, month, item, qty);
