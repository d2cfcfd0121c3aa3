-- Which asset cards were opened for what a receipt accepted.
CREATE TABLE receiving_card (
	receipt TEXT NOT NULL REFERENCES receiving_receipt (id),
	line    BIGINT NOT NULL,
	n       BIGINT NOT NULL, -- piece of the line, from 1
	card    TEXT NOT NULL REFERENCES assets_card (id),
	PRIMARY KEY (receipt, line, n)
);
CREATE UNIQUE INDEX receiving_card_card ON receiving_card (card);
