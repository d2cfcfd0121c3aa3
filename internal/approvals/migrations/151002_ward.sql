-- What is open for a department is read by its name, whoever asked.
CREATE INDEX approvals_case_ward ON approvals_case (department, id) WHERE open = true;
