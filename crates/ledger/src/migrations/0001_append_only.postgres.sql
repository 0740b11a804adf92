-- What is written once stays: the database itself refuses changes, deletions and emptying.
CREATE FUNCTION guanjia_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER sources_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sources
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER facts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER subject_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subject_versions
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER organisation_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON organisation_versions
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
CREATE TRIGGER files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON files
    FOR EACH STATEMENT EXECUTE FUNCTION guanjia_append_only();
