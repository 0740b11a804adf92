INSERT INTO statements (id, last_fact, subject_id, source_id, cell_row, known_on, entry_id, facts)
    SELECT MIN(id), MAX(id), subject_id, source_id, cell_row, known_on, entry_id, json_group_array(json_array(
        variable_id, period_id, kind, cell_column, number, text, unit_id, qualifier_id) ORDER BY id)
    FROM (SELECT *, id - ROW_NUMBER() OVER (PARTITION BY entry_id, subject_id, source_id, cell_row, known_on ORDER BY id) AS run
        FROM facts)
    GROUP BY entry_id, subject_id, source_id, cell_row, known_on, run;
CREATE TABLE confirmations_kept (
    id INTEGER PRIMARY KEY,
    fact_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    cell_row INTEGER,
    cell_column INTEGER,
    known_on INTEGER,
    entry_id INTEGER NOT NULL
) STRICT;
INSERT INTO confirmations_kept SELECT * FROM confirmations;
DROP TABLE confirmations;
ALTER TABLE confirmations_kept RENAME TO confirmations;
CREATE INDEX confirmations_by_fact ON confirmations (fact_id);
CREATE INDEX confirmations_by_entry ON confirmations (entry_id);
DROP TABLE facts;
-- The key is all there is to a row.
CREATE TABLE subject_keys_kept (
    zone_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    scheme TEXT NOT NULL,
    key TEXT NOT NULL,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    since_entry INTEGER NOT NULL,
    PRIMARY KEY (zone_id, kind, scheme, key, subject_id)
) STRICT, WITHOUT ROWID;
INSERT INTO subject_keys_kept SELECT * FROM subject_keys;
DROP TABLE subject_keys;
ALTER TABLE subject_keys_kept RENAME TO subject_keys;
CREATE INDEX subject_keys_by_subject ON subject_keys (subject_id);
-- What is written once stays.
CREATE TRIGGER confirmations_no_update BEFORE UPDATE ON confirmations
BEGIN SELECT RAISE(ABORT, 'confirmations is append-only'); END;
CREATE TRIGGER confirmations_no_delete BEFORE DELETE ON confirmations
BEGIN SELECT RAISE(ABORT, 'confirmations is append-only'); END;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END;
