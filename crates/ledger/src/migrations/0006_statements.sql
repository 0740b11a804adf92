-- What one entry says of one subject from one row of a sheet, or from another source. `facts` is a JSON list whose
-- ids follow each other from `id` to `last_fact`; each is [variable, period, kind, cell column, number, text, unit,
-- qualifier], words by their numbers, what is empty at the end left out.
-- kind: 0 retracted, 1 absent, 2 money (fen; text is the currency unless yuan), 3 integer, 4 number,
-- 5 ratio, 6 boolean, 7 year, 8 month, 9 day (digits, 20240500), 10 code, 11 text.
CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    last_fact INTEGER NOT NULL,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    source_id INTEGER NOT NULL,
    cell_row INTEGER,
    known_on INTEGER,
    entry_id INTEGER NOT NULL,
    facts TEXT NOT NULL
) STRICT;
CREATE INDEX statements_by_subject ON statements (subject_id, id);
