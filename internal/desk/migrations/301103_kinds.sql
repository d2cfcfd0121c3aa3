-- Kinds of work as the hospital arranges them, by the trade that does them: who may ask,
-- what is asked besides, how long it may take, and how it ends. Names are the program's
-- words until the hospital gives one of its own.
CREATE TABLE desk_kind (
	trade    TEXT PRIMARY KEY,
	name     TEXT NOT NULL DEFAULT '',      -- the hospital's own
	icon     TEXT NOT NULL DEFAULT 'dots',
	ward     BOOLEAN NOT NULL DEFAULT true, -- wards may ask for it
	guest    BOOLEAN NOT NULL DEFAULT false,-- so may guests, by a code
	minutes  BIGINT NOT NULL DEFAULT 0 CHECK (minutes >= 0), -- to finish; 0: by urgency (W-011)
	working  BOOLEAN NOT NULL DEFAULT false,-- counted in working time
	photos   BIGINT NOT NULL DEFAULT 0 CHECK (photos >= 0),  -- at least, when it is finished
	parts    BOOLEAN NOT NULL DEFAULT true, -- may draw from the stores
	costs    BOOLEAN NOT NULL DEFAULT true, -- its labour is put on the department's account
	asks     TEXT NOT NULL DEFAULT '',      -- questions besides, one a line
	closed   BOOLEAN NOT NULL DEFAULT false,-- not offered any more
	position BIGINT NOT NULL DEFAULT 0,
	version  BIGINT NOT NULL DEFAULT 1
);
INSERT INTO desk_kind (trade, icon, ward, guest, minutes, working, photos, parts, costs, asks, position) VALUES
	('electric', 'bolt', true, true, 0, false, 0, true, true, '', 1),
	('water', 'droplet', true, true, 0, false, 0, true, true, '', 2),
	('hvac', 'air-conditioning', true, true, 0, false, 0, true, true, '', 3),
	('metal', 'tools', true, true, 0, false, 0, true, true, '', 4),
	('carpentry', 'hammer', true, true, 0, false, 0, true, true, '', 5),
	('lift', 'elevator', true, true, 0, false, 0, true, true, '', 6),
	('heating', 'flame', true, false, 0, false, 0, true, true, '', 7),
	('gas', 'wind', true, false, 0, false, 0, true, true, '', 8),
	('it', 'device-desktop', true, false, 0, false, 0, true, true, '', 9),
	('equipment', 'bed', true, false, 0, false, 0, true, true, '', 10),
	('medical', 'heart', true, false, 0, false, 0, true, true, '', 11),
	('cleaning', 'broom', true, true, 0, false, 0, false, true, '', 12),
	('terminal', 'spray', true, false, 120, false, 0, false, true, '床号*', 13),
	('linen', 'shirt', true, false, 240, false, 0, false, true, '品名和数量*', 14),
	('moving', 'truck', true, false, 0, false, 0, false, true, '', 15),
	('transport', 'wheelchair', true, false, 30, false, 0, false, true, '从哪里到哪里*', 16),
	('courier', 'test-pipe', true, false, 60, false, 0, false, true, '送到哪里*', 17),
	('supply', 'box', true, false, 120, false, 0, false, true, '数量*', 18),
	('pest', 'bug', true, false, 0, false, 0, false, true, '', 19),
	('green', 'plant-2', true, false, 0, false, 0, false, true, '', 20),
	('meeting', 'users', true, false, 0, false, 0, false, true, '', 21),
	('guard', 'shield', true, false, 15, false, 0, false, true, '', 22),
	('other', 'dots', true, true, 0, false, 0, true, true, '', 23);
ALTER TABLE desk_job ADD COLUMN answers TEXT NOT NULL DEFAULT '';
