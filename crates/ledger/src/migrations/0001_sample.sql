-- Rows of the form of the first step, for the steps after it to run over.
INSERT INTO audit_entries (id, recorded_at, actor, action, object_kind, object_id, detail, facts_from,
    facts_until, rows_digest, prev_hash, hash)
    VALUES (1, 1000, 'sample', 'facts.record', 'project', '2', '', 1, 3, '', '', '');
INSERT INTO terms (id, term, entry_id) VALUES (1, 'investment_total', 1), (2, '2024', 1), (3, '约', 1),
    (4, 'investment_plan_year', 1);
INSERT INTO organisations (id, zone_id, parent_id, path, kind, name, name_key, status, subject_id, since_entry)
    VALUES (1, 1, NULL, '/1/', 'zone', '随州', 'sui 随 zhou 州 ', 'open', 1, 1);
INSERT INTO subjects (id, zone_id, kind, name, code, organisation_id, path, status, invented, created_entry, since_entry)
    VALUES (1, 1, 'zone', '随州', NULL, 1, '/1/', 'active', 0, 1, 1),
           (2, 1, 'project', '专汽产业园', '2310-1', 1, '/1/', 'active', 0, 1, 1),
           (3, 1, 'enterprise', '随州专汽', NULL, 1, '/1/', 'closed', 0, 1, 1),
           (4, 1, 'project', '已撤回', NULL, 1, '/1/', 'withdrawn', 0, 1, 1);
INSERT INTO subject_keys (zone_id, kind, scheme, key, subject_id, since_entry)
    VALUES (1, 'project', 'code', '2310-1', 2, 1), (1, 'project', 'name', '/专汽产业园', 2, 1);
INSERT INTO sources (id, digest, kind, form, entry_id) VALUES (1, 'd', 'form', 'sample', 1);
INSERT INTO facts (id, subject_id, variable_id, period_id, kind, number, qualifier_id, unit_id, source_id, entry_id)
    VALUES (1, 2, 1, 0, 2, 900, 3, 0, 1, 1), (2, 2, 4, 2, 2, 500, 0, 0, 1, 1);
INSERT INTO users (id, login, login_key, display_name, must_change_password, disabled, demo, since_entry)
    VALUES (1, 'li', 'li', '李', 0, 0, 0, 1);
INSERT INTO grants (id, user_id, role, organisation_id, entry_id) VALUES (1, 1, 'admin', 1, 1);
