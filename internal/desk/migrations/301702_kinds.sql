-- What guests say, and plans, may be of a kind of the hospital's own; '' is that of the trade.
ALTER TABLE desk_notice ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE desk_standing ADD COLUMN kind TEXT NOT NULL DEFAULT '';
-- Every job has its kind, so that figures by kind leave none out; version 0 is of no day.
UPDATE desk_job SET kind = trade WHERE kind = '';
