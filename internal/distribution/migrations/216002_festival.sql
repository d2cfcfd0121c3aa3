-- Which festival a list of welfare goods is for (P-016).
ALTER TABLE distribution_list ADD COLUMN festival TEXT NOT NULL DEFAULT '';
