-- Who said again what a fact says, with the place. A value stands as long as one who said it does.
CREATE TABLE confirmations (
    id INTEGER PRIMARY KEY,
    fact_id INTEGER NOT NULL REFERENCES facts (id),
    unit_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    cell_row INTEGER,
    cell_column INTEGER,
    known_on INTEGER,
    entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX confirmations_by_fact ON confirmations (fact_id);
CREATE INDEX confirmations_by_entry ON confirmations (entry_id);
