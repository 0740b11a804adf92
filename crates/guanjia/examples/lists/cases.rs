//! The pages that are timed, each with a bare `SELECT` of the same page.

use super::House;

/// A list that is timed: what it is called, its address, and the same page in SQL.
pub struct Case {
    /// What it is called.
    pub name: &'static str,
    /// Its address.
    pub address: String,
    /// The same page in SQL.
    pub sql: String,
}

impl House {
    /// The pages, `past` being a moment before the last change.
    #[expect(clippy::too_many_lines, reason = "a table of cases reads best whole")]
    pub fn cases(&self, past: &str) -> Vec<Case> {
        let zone = self.zone.id;
        let park = self.parks[3].id;
        let page = |table: &str, condition: &str, order: &str| {
            format!(
                "SELECT * FROM {table} WHERE zone_id = {zone}{condition} ORDER BY {order} LIMIT 51"
            )
        };
        let case = |name, address: &str, sql| Case {
            name,
            address: address.to_owned(),
            sql,
        };
        let by_name = "name_key, subject_id";
        vec![
            case("projects: open", "/projects", page("projects", "", by_name)),
            case(
                "projects: one stage",
                "/projects?stage=started",
                page("projects", " AND stage = 'started'", by_name),
            ),
            case(
                "projects: one park",
                &format!("/projects?park={park}"),
                page(
                    "projects",
                    &format!(" AND organisation_id = {park}"),
                    by_name,
                ),
            ),
            case(
                "projects: by total investment",
                "/projects?sort=investment_total&order=desc",
                page("projects", "", "investment_total DESC, subject_id DESC"),
            ),
            case(
                "projects: one stage of a park, by plan",
                &format!("/projects?park={park}&stage=signed&sort=investment_plan_year&order=desc"),
                page(
                    "projects",
                    &format!(" AND organisation_id = {park} AND stage = 'signed'"),
                    "investment_plan_year DESC, subject_id DESC",
                ),
            ),
            case(
                "projects: overdue",
                "/projects?late=2024-03-31",
                page(
                    "projects",
                    " AND started_on IS NULL AND started_on_planned < 20240401",
                    by_name,
                ),
            ),
            case(
                "projects: search",
                "/projects?q=%E9%9D%92%E7%A6%BE",
                page("projects", " AND name LIKE '%青禾%'", by_name),
            ),
            case(
                "enterprises: open",
                "/enterprises",
                page("enterprises", "", by_name),
            ),
            case(
                "enterprises: one park",
                &format!("/enterprises?park={park}"),
                page(
                    "enterprises",
                    &format!(" AND organisation_id = {park}"),
                    by_name,
                ),
            ),
            case(
                "enterprises: by revenue",
                "/enterprises?sort=revenue&order=desc",
                page("enterprises", "", "revenue DESC, subject_id DESC"),
            ),
            case(
                "enterprises: valid certificate",
                "/enterprises?certificate=hnte",
                page("enterprises", " AND hnte_valid_until >= 20260101", by_name),
            ),
            case(
                "enterprises: industry, by R&D expense",
                "/enterprises?industry=C36&sort=rd_expense&order=desc",
                page(
                    "enterprises",
                    " AND industry_code LIKE '%C36%'",
                    "rd_expense DESC, subject_id DESC",
                ),
            ),
            case(
                "enterprises: as of the past",
                &format!("/enterprises?as_of={past}"),
                page("enterprises", "", by_name),
            ),
            case(
                "enterprises: as of the past, by revenue",
                &format!("/enterprises?as_of={past}&sort=revenue&order=desc"),
                page("enterprises", "", "revenue DESC, subject_id DESC"),
            ),
            case(
                "enterprises: search",
                "/enterprises?q=qh",
                page("enterprises", " AND name LIKE '%青禾%'", by_name),
            ),
        ]
    }
}
