INSERT INTO statements (id, last_fact, subject_id, source_id, cell_row, known_on, entry_id, facts)
    SELECT MIN(id), MAX(id), subject_id, source_id, cell_row, known_on, entry_id, CAST(json_agg(json_build_array(
        variable_id, period_id, kind, cell_column, number, text, unit_id, qualifier_id) ORDER BY id) AS TEXT)
    FROM (SELECT *, id - ROW_NUMBER() OVER (PARTITION BY entry_id, subject_id, source_id, cell_row, known_on ORDER BY id) AS run
        FROM facts) AS numbered
    GROUP BY entry_id, subject_id, source_id, cell_row, known_on, run;
ALTER TABLE confirmations DROP CONSTRAINT confirmations_fact_id_fkey;
DROP TABLE facts;
-- What is written once stays.
CREATE TRIGGER statements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
