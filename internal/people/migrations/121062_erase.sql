-- Since when a person who left has nothing personal here any more; 0 never.
ALTER TABLE people_person ADD COLUMN erased_at BIGINT NOT NULL DEFAULT 0;
