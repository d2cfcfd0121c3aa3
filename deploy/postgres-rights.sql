-- Rights of the role as which Houqin serves, when another role owns the tables: it reads
-- and writes, and on the books that are only added to (trail, seals, postings, papers,
-- signatures) it may read and add, nothing else. It cannot take the guards away either,
-- since it owns nothing.
--
-- Run as the owner in the hospital's database, after each `houqin migrate` (which the
-- owner runs too):  psql -d houqin -f postgres-rights.sql
DO $$
DECLARE t text;
BEGIN
	BEGIN
		CREATE ROLE houqin_app LOGIN;
	EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
	END;
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO houqin_app', current_schema());
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO houqin_app', current_schema());
	FOR t IN
		SELECT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND g.tgname = c.relname || '_append_only'
	LOOP
		EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM houqin_app', t);
	END LOOP;
END $$;
