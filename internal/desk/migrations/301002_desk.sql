-- The time a job has is a value of the rulebook now (W-011). What the hospital had set
-- itself holds there for good, as a value of its own; the shipped ones are the book's.
INSERT INTO rules_change (id, number, clause, param, was, value, since, reason, at, by_id, by_name)
	SELECT 'desk-target-' || urgency, 'desk-target-' || urgency, 'W-011', 'W-011.' || urgency, '', CAST(minutes AS TEXT), '2000-01-01', 'desk', 0, 'desk', 'desk' FROM desk_target
	WHERE NOT (urgency = 'emergency' AND minutes = 30 OR urgency = 'urgent' AND minutes = 240 OR urgency = 'normal' AND minutes = 4320 OR urgency = 'planned' AND minutes = 21600);
INSERT INTO rules_decision (change, outcome, at, by_id, by_name)
	SELECT id, 'confirmed', 0, 'desk', 'desk' FROM rules_change WHERE by_id = 'desk' AND clause = 'W-011' AND at = 0;
DROP TABLE desk_target;
