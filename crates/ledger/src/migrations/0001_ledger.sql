-- One row per write. Everything else points here for who, when and why.
CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY,
    zone_id INTEGER,
    recorded_at INTEGER NOT NULL,
    user_id INTEGER,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    facts_from INTEGER NOT NULL,
    facts_until INTEGER NOT NULL,
    rows_digest TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_entries_by_moment ON audit_entries (recorded_at);
CREATE INDEX audit_entries_by_object ON audit_entries (object_kind, object_id, id);
CREATE INDEX audit_entries_by_user ON audit_entries (user_id, id);

-- Words that facts repeat: variables, periods, qualifiers, units.
CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    term TEXT NOT NULL UNIQUE,
    entry_id INTEGER NOT NULL
) STRICT;

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY,
    zone_id INTEGER NOT NULL,
    parent_id INTEGER REFERENCES organisations (id) DEFERRABLE,
    path TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    status TEXT NOT NULL,
    subject_id INTEGER,
    since_entry INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX organisations_by_code ON organisations (code);
CREATE INDEX organisations_by_zone ON organisations (zone_id, name_key);

-- What an organisation was called before its present row, up to the entry that changed it.
CREATE TABLE organisation_versions (
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    since_entry INTEGER NOT NULL,
    until_entry INTEGER NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (organisation_id, until_entry)
) STRICT;

CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    zone_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT,
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    path TEXT NOT NULL,
    owner_id INTEGER REFERENCES subjects (id) DEFERRABLE,
    status TEXT NOT NULL,
    merged_into INTEGER REFERENCES subjects (id) DEFERRABLE,
    invented INTEGER NOT NULL,
    created_entry INTEGER NOT NULL,
    since_entry INTEGER NOT NULL
) STRICT;
CREATE INDEX subjects_by_kind ON subjects (kind, id);
CREATE INDEX subjects_by_owner ON subjects (owner_id, kind, id);

-- What a subject was before its present row, up to the entry that changed it.
CREATE TABLE subject_versions (
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    since_entry INTEGER NOT NULL,
    until_entry INTEGER NOT NULL,
    name TEXT NOT NULL,
    code TEXT,
    organisation_id INTEGER NOT NULL,
    owner_id INTEGER,
    status TEXT NOT NULL,
    merged_into INTEGER,
    PRIMARY KEY (subject_id, until_entry)
) STRICT;
CREATE INDEX subject_versions_by_entry ON subject_versions (until_entry);

-- What a subject answers to: scheme `code` (one subject each) or `name` (may be several).
CREATE TABLE subject_keys (
    zone_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    scheme TEXT NOT NULL,
    key TEXT NOT NULL,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    since_entry INTEGER NOT NULL,
    PRIMARY KEY (zone_id, kind, scheme, key, subject_id)
) STRICT;
CREATE INDEX subject_keys_by_subject ON subject_keys (subject_id);

-- Original files, kept in the files folder under their SHA-256.
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    stored_entry INTEGER NOT NULL
) STRICT;

-- Sheets, quoted sentences, forms and calls. A cell is a sheet and the place in the fact.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    file_sha256 TEXT,
    sheet TEXT,
    quote TEXT,
    form TEXT,
    request_id TEXT,
    entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX sources_by_file ON sources (file_sha256);

-- One row per statement about a subject. Never changed, never deleted; the last one counts.
-- kind: 0 retracted, 1 absent, 2 money (fen; text is the currency unless yuan), 3 integer, 4 number,
-- 5 ratio, 6 boolean, 7 year, 8 month, 9 day (digits, 20240500), 10 code, 11 text.
CREATE TABLE facts (
    id INTEGER PRIMARY KEY,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    variable_id INTEGER NOT NULL,
    period_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    number INTEGER,
    text TEXT,
    qualifier_id INTEGER NOT NULL,
    unit_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    cell_row INTEGER,
    cell_column INTEGER,
    known_on INTEGER,
    entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX facts_by_subject ON facts (subject_id, variable_id, period_id, id);

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    zone_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    file_sha256 TEXT,
    file_name TEXT NOT NULL,
    sender TEXT NOT NULL,
    mapping TEXT NOT NULL,
    known_on INTEGER,
    status TEXT NOT NULL,
    rows_accepted INTEGER NOT NULL,
    rows_refused INTEGER NOT NULL,
    rows_unchanged INTEGER NOT NULL,
    rows_superseded INTEGER NOT NULL,
    facts_recorded INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    undone_entry INTEGER
) STRICT;
CREATE INDEX imports_by_zone ON imports (zone_id, id);
CREATE INDEX imports_by_entry ON imports (entry_id);

CREATE TABLE import_mappings (
    zone_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    header TEXT NOT NULL,
    mapping TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    PRIMARY KEY (zone_id, sender, kind, header)
) STRICT;

-- Answers already given, so that a call sent twice is done once.
CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX idempotency_keys_by_moment ON idempotency_keys (recorded_at);

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    must_change_password INTEGER NOT NULL,
    totp_secret TEXT,
    totp_last_step INTEGER,
    external_id TEXT UNIQUE,
    disabled INTEGER NOT NULL,
    demo INTEGER NOT NULL,
    since_entry INTEGER NOT NULL
) STRICT;

CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    organisation_id INTEGER REFERENCES organisations (id),
    subject_id INTEGER REFERENCES subjects (id),
    entry_id INTEGER NOT NULL,
    revoked_entry INTEGER
) STRICT;
CREATE INDEX grants_by_user ON grants (user_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id INTEGER,
    data BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    expires_at INTEGER,
    entry_id INTEGER NOT NULL,
    revoked_entry INTEGER
) STRICT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

CREATE TABLE login_failures (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

CREATE TABLE saved_views (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    UNIQUE (user_id, page, name)
) STRICT;

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
