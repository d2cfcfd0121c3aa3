-- On which days a shift is worked: daily, working, resting, saturday, weekend.
ALTER TABLE desk_shift ADD COLUMN days TEXT NOT NULL DEFAULT 'daily';
