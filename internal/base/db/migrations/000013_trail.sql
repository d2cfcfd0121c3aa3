-- One person's deeds of one kind among a million lines: without it either the person's
-- lines or the deed's are all walked through.
CREATE INDEX base_trail_by_deed ON base_trail (by_id, (noun || '.' || action), id);
