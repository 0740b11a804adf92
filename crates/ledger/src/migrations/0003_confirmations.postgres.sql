-- What is written once stays.
CREATE TRIGGER confirmations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON confirmations
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
