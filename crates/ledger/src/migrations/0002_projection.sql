-- What is known now, one row per project: made from its facts in the transaction that records them.
-- Money is fen of yuan, dates are digits (20240500 is May 2024), NULL is not known. `marks` says in
-- JSON what a cell cannot: qualifiers, foreign money, known absence. `search` is what people type:
-- name, pinyin initials and code, folded.
CREATE TABLE projects (
    subject_id INTEGER PRIMARY KEY REFERENCES subjects (id),
    zone_id INTEGER NOT NULL,
    organisation_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    owner_id INTEGER,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    search TEXT NOT NULL,
    code TEXT,
    status TEXT NOT NULL,
    invented INTEGER NOT NULL,
    park TEXT,
    owner TEXT,
    owner_uscc TEXT,
    category TEXT,
    construction_nature TEXT,
    industry TEXT,
    stage TEXT,
    phase TEXT,
    ppp TEXT,
    responsible_leader TEXT,
    responsible_department TEXT,
    physical_progress TEXT,
    problems TEXT,
    year INTEGER,
    investment_total INTEGER,
    investment_contract INTEGER,
    investment_plan_year INTEGER,
    investment_before_year INTEGER,
    investment_done_year INTEGER,
    investment_done_total INTEGER,
    investment_in_place INTEGER,
    revenue_expected INTEGER,
    tax_expected INTEGER,
    signed_on INTEGER,
    registered_on INTEGER,
    started_on INTEGER,
    completed_on INTEGER,
    in_production_on INTEGER,
    in_statistics_on INTEGER,
    started_on_planned INTEGER,
    completed_on_planned INTEGER,
    in_production_on_planned INTEGER,
    build_from INTEGER,
    build_until INTEGER,
    light TEXT,
    marks TEXT,
    entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_name ON projects (zone_id, name_key, subject_id, organisation_id, search);
CREATE INDEX projects_by_organisation ON projects (organisation_id, name_key, subject_id);
CREATE INDEX projects_by_owner ON projects (owner_id);
CREATE INDEX projects_by_stage ON projects (zone_id, stage, name_key, subject_id, organisation_id);
CREATE INDEX projects_by_total ON projects (zone_id, investment_total, subject_id, organisation_id);
CREATE INDEX projects_by_plan ON projects (zone_id, investment_plan_year, subject_id, organisation_id);
CREATE INDEX projects_by_done ON projects (zone_id, investment_done_year, subject_id, organisation_id);
CREATE INDEX projects_by_start ON projects (zone_id, started_on, subject_id, organisation_id);
CREATE INDEX projects_by_end ON projects (zone_id, completed_on_planned, subject_id, organisation_id);
CREATE INDEX projects_by_code ON projects (zone_id, code, subject_id, organisation_id);

-- The same per enterprise. Yearly columns are those of `year`, the latest year anything is known of.
CREATE TABLE enterprises (
    subject_id INTEGER PRIMARY KEY REFERENCES subjects (id),
    zone_id INTEGER NOT NULL,
    organisation_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    owner_id INTEGER,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    search TEXT NOT NULL,
    code TEXT,
    status TEXT NOT NULL,
    invented INTEGER NOT NULL,
    park TEXT,
    industry TEXT,
    industry_code TEXT,
    legal_form TEXT,
    size_class TEXT,
    tax_credit_rating TEXT,
    registered_on INTEGER,
    hnte_valid_until INTEGER,
    tech_sme_valid_until INTEGER,
    innovative_sme_valid_until INTEGER,
    specialised_sme_valid_until INTEGER,
    little_giant_valid_until INTEGER,
    year INTEGER,
    revenue INTEGER,
    main_revenue INTEGER,
    net_profit INTEGER,
    total_assets INTEGER,
    rd_expense INTEGER,
    staff INTEGER,
    rd_staff INTEGER,
    light TEXT,
    marks TEXT,
    entry_id INTEGER NOT NULL
) STRICT;
CREATE INDEX enterprises_by_name ON enterprises (zone_id, name_key, subject_id, organisation_id, search);
CREATE INDEX enterprises_by_organisation ON enterprises (organisation_id, name_key, subject_id);
CREATE INDEX enterprises_by_owner ON enterprises (owner_id);
CREATE INDEX enterprises_by_industry ON enterprises (zone_id, industry_code, subject_id, organisation_id);
CREATE INDEX enterprises_by_revenue ON enterprises (zone_id, revenue, subject_id, organisation_id);
CREATE INDEX enterprises_by_rd ON enterprises (zone_id, rd_expense, subject_id, organisation_id);
CREATE INDEX enterprises_by_staff ON enterprises (zone_id, staff, subject_id, organisation_id);
CREATE INDEX enterprises_by_registration ON enterprises (zone_id, registered_on, subject_id, organisation_id);
CREATE INDEX enterprises_by_code ON enterprises (zone_id, code, subject_id, organisation_id);
