-- When an enquiry was awarded; 0 of others. Of old ones it is not known: they count when they began.
ALTER TABLE purchasing_enquiry ADD COLUMN awarded_at BIGINT NOT NULL DEFAULT 0;
UPDATE purchasing_enquiry SET awarded_at = at WHERE state = 'awarded';
