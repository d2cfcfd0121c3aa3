-- Figures read the jobs closed in a span of time.
CREATE INDEX desk_job_closed ON desk_job (closed_at, id);
