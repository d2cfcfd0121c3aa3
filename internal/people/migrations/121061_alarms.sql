-- One list of alarms: those of the administrators' powers stand among the events.
INSERT INTO base_event (id, at, kind, alarm, what, record, note, handled_at, handled_by)
SELECT id, at, CASE kind WHEN 'new_seat' THEN 'administrator' ELSE kind END, true,
	CASE kind WHEN 'factor_off' THEN 'people.account.factor_off' WHEN 'new_seat' THEN 'people.grant.grant' ELSE 'people.grant.break_glass' END,
	person, note, noted_at, noted_by
FROM people_alarm WHERE true ON CONFLICT DO NOTHING;
DROP TABLE people_alarm;
