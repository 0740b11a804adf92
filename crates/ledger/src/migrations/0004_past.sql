-- Rows of the lists as they stood from the entry in `entry_id` up to the one in `until_entry`. Lights
-- are judgements of the present: they stay empty here.
CREATE TABLE projects_past AS SELECT *, entry_id AS until_entry FROM projects WHERE 1 = 0;
CREATE TABLE enterprises_past AS SELECT *, entry_id AS until_entry FROM enterprises WHERE 1 = 0;
CREATE INDEX projects_past_by_subject ON projects_past (subject_id, until_entry);
CREATE INDEX projects_past_by_name ON projects_past (zone_id, name_key, subject_id, entry_id, until_entry);
CREATE INDEX projects_past_by_end ON projects_past (zone_id, until_entry);
CREATE INDEX enterprises_past_by_subject ON enterprises_past (subject_id, until_entry);
CREATE INDEX enterprises_past_by_name ON enterprises_past (zone_id, name_key, subject_id, entry_id, until_entry);
CREATE INDEX enterprises_past_by_end ON enterprises_past (zone_id, until_entry);
