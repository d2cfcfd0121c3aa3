-- The rating that a complaint came from, and its reasons: they stay when the job is taken up
-- again and rated anew.
ALTER TABLE desk_complaint ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE desk_complaint ADD COLUMN reasons TEXT NOT NULL DEFAULT '';
UPDATE desk_complaint SET rating = (SELECT j.rating FROM desk_job j WHERE j.id = desk_complaint.job), reasons = (SELECT j.reasons FROM desk_job j WHERE j.id = desk_complaint.job) WHERE source = 'rating';
