//! Finding out beforehand that a filter lets few rows through, so that a page is not looked for all
//! along the index of its order.

use crate::error::Result;
use crate::projection::columns::List;
use crate::projection::list::Source;
use crate::projection::query::{Bound, ListQuery, named, restrict_one};
use crate::sql::Sql;

/// Columns that have an index of their own after the zone.
const INDEXED: [&str; 13] = [
    "code",
    "stage",
    "investment_total",
    "investment_plan_year",
    "investment_done_year",
    "started_on",
    "completed_on_planned",
    "industry_code",
    "revenue",
    "rd_expense",
    "staff",
    "registered_on",
    "organisation_id",
];

/// So many rows are fetched one by one sooner than an order is walked along.
const FEW: i64 = 500;

impl Source<'_> {
    /// The rows that an indexed filter lets through, when they are few; `None` when no filter is
    /// indexed, or all let many through: then a page is soon full along the index of its order.
    pub(super) async fn few(
        &self,
        list: &'static List,
        query: &ListQuery,
    ) -> Result<Option<Vec<i64>>> {
        for filter in &query.filters {
            let narrow = matches!(
                filter.bound,
                Bound::OneOf(_)
                    | Bound::AtLeast(_)
                    | Bound::AtMost(_)
                    | Bound::From(_)
                    | Bound::Until(_)
            );
            if !narrow || !INDEXED.contains(&filter.column.as_str()) {
                continue;
            }
            let mut sql = Sql::new("SELECT subject_id FROM ");
            sql.push(&self.table)
                .push(" WHERE zone_id = ")
                .bind(query.zone_id)
                .push(" AND ");
            restrict_one(&mut sql, named(list, &filter.column)?, filter)?;
            sql.push(" LIMIT ").bind(FEW + 1);
            let rows = self.database.rows(sql).await?;
            if i64::try_from(rows.len()).is_ok_and(|count| count <= FEW) {
                let ids = rows.iter().map(|row| row.at(0)).collect::<Result<_>>()?;
                return Ok(Some(ids));
            }
        }
        Ok(None)
    }
}
