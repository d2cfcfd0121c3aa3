-- What kind of goods a class is of, for plans and figures by kind; '' as the class above.
ALTER TABLE catalog_class ADD COLUMN supply TEXT NOT NULL DEFAULT '';
-- The kind that holds: its own, else that of the nearest class above which says one.
ALTER TABLE catalog_class ADD COLUMN counts_as TEXT NOT NULL DEFAULT '';
