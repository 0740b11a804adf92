//! Pages, counts and sums of a list.

use domain::Period;

use crate::Ledger;
use crate::database::{Database, Dialect};
use crate::error::{LedgerError, Result};
use crate::projection::columns::{ColumnKind, HEAD, HEAD_WIDTH, List, ListRow};
use crate::projection::past;
use crate::projection::query::{
    Cursor, CursorValue, Filter, ListQuery, Named, named, restrict, restrict_one, restrict_search,
    restrict_typed, typed,
};
use crate::scope::Scope;
use crate::sql::{Row, Sql};
use crate::time::AsOf;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// Count and sums of one group of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// What the rows of the group have in common; `None` where that is not known, and for the whole.
    pub group: Option<String>,
    /// How many rows.
    pub count: i64,
    /// For each column asked for: the sum of what is known, and of how many rows it is known. The
    /// sum is `None` when it is known of no row.
    pub sums: Vec<(Option<i64>, i64)>,
}

/// Where the rows of a list stand, and what may be seen of them.
pub(super) struct Source<'a> {
    pub(super) database: &'a Database,
    /// A table, or what is read like one.
    pub(super) table: String,
    pub(super) sight: Sight,
}

/// What a scope comes to within one zone.
#[derive(Debug, Clone)]
pub(super) enum Sight {
    Zone,
    Organisations(Vec<i64>),
    Rows(Scope),
}

impl Ledger {
    /// A page of a list, as it stands or stood.
    pub async fn list<R: ListRow>(
        &self,
        scope: &Scope,
        query: &ListQuery,
        as_of: AsOf,
    ) -> Result<Page<R>> {
        let source = self.list_source(R::LIST, scope, query, as_of).await?;
        source.page(query).await
    }

    /// Count and sums over all rows that the filters let through, by group where a column is given.
    /// Groups come in the order of their words.
    pub async fn totals(
        &self,
        list: &'static List,
        scope: &Scope,
        query: &ListQuery,
        sum_columns: &[&str],
        group_by: Option<&str>,
        as_of: AsOf,
    ) -> Result<Vec<Totals>> {
        let source = self.list_source(list, scope, query, as_of).await?;
        source.totals(list, query, sum_columns, group_by).await
    }

    /// How many rows the filters let through, and how many of them each case lets through as well: all
    /// counted in one walk.
    pub async fn counts(
        &self,
        list: &'static List,
        scope: &Scope,
        query: &ListQuery,
        cases: &[Vec<Filter>],
        as_of: AsOf,
    ) -> Result<(i64, Vec<i64>)> {
        let source = self.list_source(list, scope, query, as_of).await?;
        source.counts(list, query, cases).await
    }

    /// The periods that the known values of a column are of, each once.
    pub async fn periods_of(
        &self,
        list: &'static List,
        scope: &Scope,
        query: &ListQuery,
        column: &str,
        as_of: AsOf,
    ) -> Result<Vec<Period>> {
        let source = self.list_source(list, scope, query, as_of).await?;
        source.periods_of(list, query, column).await
    }

    async fn list_source(
        &self,
        list: &'static List,
        scope: &Scope,
        query: &ListQuery,
        as_of: AsOf,
    ) -> Result<Source<'_>> {
        let table = match as_of {
            AsOf::Now => list.table.to_owned(),
            AsOf::At(_) => past::table(list, self.last_entry(as_of).await?),
        };
        Ok(Source {
            database: &self.database,
            table,
            sight: self.sight(scope, query).await?,
        })
    }

    /// The tree is small: a scope within a zone is soon told as the ids of its organisations, which
    /// stand in every index of the lists.
    async fn sight(&self, scope: &Scope, query: &ListQuery) -> Result<Sight> {
        let zone = format!("/{}/", query.zone_id);
        if scope.covers_path(&zone) && query.under.is_none() {
            return Ok(Sight::Zone);
        }
        if scope.has_subjects() {
            return Ok(Sight::Rows(scope.clone()));
        }
        let mut sql = Sql::new("SELECT id FROM organisations WHERE zone_id = ");
        sql.bind(query.zone_id).push(" AND ");
        scope.restrict_paths(&mut sql, "path");
        if let Some(under) = &query.under {
            sql.push(" AND ");
            Scope::organisation(under.clone()).restrict_paths(&mut sql, "path");
        }
        let rows = self.database.rows(sql).await?;
        let ids = rows.iter().map(|row| row.at(0)).collect::<Result<_>>()?;
        Ok(Sight::Organisations(ids))
    }
}

impl Source<'_> {
    async fn page<R: ListRow>(&self, query: &ListQuery) -> Result<Page<R>> {
        let sort = named(R::LIST, &query.sort.column)?;
        if let Some(value) = query.after.as_ref().and_then(|after| after.value.as_ref()) {
            let is_text = matches!(value, CursorValue::Text(_));
            if is_text != (sort.kind == ColumnKind::Text) {
                return Err(LedgerError::BadQuery("such page in this order".to_owned()));
            }
        }
        let wanted = query.limit as usize + 1;
        let in_unknown = query
            .after
            .as_ref()
            .is_some_and(|after| after.value.is_none());
        let few = self.few(R::LIST, query).await?;
        let few = few.as_deref();
        let mut rows = Vec::new();
        if !in_unknown {
            let part = self.part(R::LIST, query, sort, few, true, wanted);
            rows = part.await?;
        }
        if rows.len() < wanted && !sort.always_known {
            let rest = wanted - rows.len();
            let after = query.after.clone().filter(|_| in_unknown);
            let unknown = ListQuery {
                after,
                ..query.clone()
            };
            let part = self.part(R::LIST, &unknown, sort, few, false, rest);
            rows.extend(part.await?);
        }
        let more = rows.len() == wanted;
        rows.truncate(query.limit as usize);
        let next = match rows.last() {
            Some(last) if more => Some(cursor(R::LIST, last, sort)?),
            _ => None,
        };
        Ok(Page {
            rows: rows.iter().map(R::read).collect::<Result<_>>()?,
            next,
        })
    }

    /// Rows whose sort column is known, or those whose is not: each walks an index in its order.
    async fn part(
        &self,
        list: &'static List,
        query: &ListQuery,
        sort: Named,
        few: Option<&[i64]>,
        known: bool,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let mut sql = Sql::new("SELECT ");
        sql.push(HEAD);
        for column in list.columns {
            sql.push(", ").push(column.name);
        }
        sql.push(", ").push(sort.column);
        let in_names = sort.column == "name_key";
        self.restrict(&mut sql, list, query, in_names && few.is_none())?;
        match few {
            Some([]) => return Ok(Vec::new()),
            Some(ids) => {
                sql.push(" AND subject_id IN (")
                    .bind_all(ids.iter().copied())
                    .push(")");
            }
            None => {}
        }
        let dialect = self.database.dialect;
        match typed(query) {
            // The index of names has what is searched: walking it ends with the page.
            Some(typed) if in_names || few.is_some() => {
                sql.push(" AND ");
                restrict_typed(&mut sql, &typed, dialect);
            }
            _ => restrict_search(&mut sql, &self.table, query, dialect),
        }
        let (before, order) = if query.sort.descending && known {
            (" < ", " DESC")
        } else {
            (" > ", "")
        };
        if !sort.always_known {
            let known = if known { " IS NOT NULL" } else { " IS NULL" };
            sql.push(" AND ").push(sort.column).push(known);
        }
        if let Some(after) = &query.after {
            match &after.value {
                Some(value) => {
                    sql.push(" AND (")
                        .push(sort.column)
                        .push(", subject_id)")
                        .push(before)
                        .push("(");
                    match value {
                        CursorValue::Number(number) => sql.bind(*number),
                        CursorValue::Text(text) => sql.bind(text.as_str()),
                    };
                    sql.push(", ").bind(after.subject_id).push(")");
                }
                None => {
                    sql.push(" AND subject_id")
                        .push(before)
                        .bind(after.subject_id);
                }
            }
        }
        sql.push(" ORDER BY ");
        if known {
            sql.push(sort.column).push(order).push(", ");
        }
        sql.push("subject_id").push(order).push(" LIMIT ");
        sql.bind(i64::try_from(limit).expect("a page is short"));
        self.database.rows(sql).await
    }

    /// Table, zone, scope and filters, but not what was typed. `one_by_name`: a single organisation in the order of names has
    /// an index of its own; otherwise the sign keeps the database on the index of the order.
    fn restrict(
        &self,
        sql: &mut Sql,
        list: &'static List,
        query: &ListQuery,
        one_by_name: bool,
    ) -> Result<()> {
        sql.push(" FROM ")
            .push(&self.table)
            .push(" WHERE zone_id = ")
            .bind(query.zone_id);
        match &self.sight {
            Sight::Zone => {}
            Sight::Organisations(ids) if ids.is_empty() => {
                sql.push(" AND 1 = 0");
            }
            Sight::Organisations(ids) => {
                let own_index = one_by_name && ids.len() == 1;
                sql.push(if own_index { " AND " } else { " AND +" });
                sql.push("organisation_id IN (")
                    .bind_all(ids.iter().copied())
                    .push(")");
            }
            Sight::Rows(scope) => {
                sql.push(" AND ");
                scope.restrict_subjects(sql, "subject_id", "owner_id", "path");
                if let Some(under) = &query.under {
                    sql.push(" AND ");
                    Scope::organisation(under.clone()).restrict_paths(sql, "path");
                }
            }
        }
        restrict(sql, list, query)
    }

    /// The same with what was typed.
    fn restrict_all(&self, sql: &mut Sql, list: &'static List, query: &ListQuery) -> Result<()> {
        self.restrict(sql, list, query, false)?;
        restrict_search(sql, &self.table, query, self.database.dialect);
        Ok(())
    }

    async fn totals(
        &self,
        list: &'static List,
        query: &ListQuery,
        sum_columns: &[&str],
        group_by: Option<&str>,
    ) -> Result<Vec<Totals>> {
        let group = group_by.map(|name| named(list, name)).transpose()?;
        let group = group.map(|named| named.column);
        let mut sql = Sql::new("SELECT ");
        match group {
            Some(column) => sql.push("CAST(").push(column).push(" AS TEXT)"),
            None => sql.push("CAST(NULL AS TEXT)"),
        };
        sql.push(", COUNT(*)");
        for name in sum_columns {
            let column = named(list, name)?;
            if !matches!(column.kind, ColumnKind::Money | ColumnKind::Integer) {
                return Err(LedgerError::BadQuery(format!("sum of `{name}`")));
            }
            sql.push(", CAST(SUM(")
                .push(column.column)
                .push(") AS BIGINT), COUNT(");
            sql.push(column.column).push(")");
        }
        self.restrict_all(&mut sql, list, query)?;
        if let Some(column) = group {
            sql.push(" GROUP BY ").push(column);
        }
        let rows = self.database.rows(sql).await?;
        let mut totals = Vec::with_capacity(rows.len());
        for row in &rows {
            let sums =
                (0..sum_columns.len()).map(|at| Ok((row.at(2 + 2 * at)?, row.at(3 + 2 * at)?)));
            totals.push(Totals {
                group: row.at(0)?,
                count: row.at(1)?,
                sums: sums.collect::<Result<_>>()?,
            });
        }
        totals.sort_by(|a, b| a.group.cmp(&b.group));
        Ok(totals)
    }

    async fn counts(
        &self,
        list: &'static List,
        query: &ListQuery,
        cases: &[Vec<Filter>],
    ) -> Result<(i64, Vec<i64>)> {
        let mut sql = Sql::new("SELECT COUNT(*)");
        for case in cases {
            sql.push(", COUNT(CASE WHEN 1 = 1");
            for filter in case {
                sql.push(" AND ");
                restrict_one(&mut sql, named(list, &filter.column)?, filter)?;
            }
            sql.push(" THEN 1 END)");
        }
        self.restrict_all(&mut sql, list, query)?;
        let row = self.database.row(sql).await?;
        let row = row.ok_or_else(|| LedgerError::damaged("count of", list.table))?;
        let cases = (1..=cases.len()).map(|at| row.at(at));
        Ok((row.at(0)?, cases.collect::<Result<_>>()?))
    }

    async fn periods_of(
        &self,
        list: &'static List,
        query: &ListQuery,
        column: &str,
    ) -> Result<Vec<Period>> {
        let named = named(list, column)?;
        let marks = match self.database.dialect {
            Dialect::Sqlite => "marks",
            Dialect::Postgres => "CAST(marks AS json)",
        };
        let mut sql = Sql::new("SELECT DISTINCT ");
        sql.push(marks)
            .push(" -> '")
            .push(named.column)
            .push("' ->> 'period'");
        self.restrict_all(&mut sql, list, query)?;
        sql.push(" AND ").push(named.column).push(" IS NOT NULL");
        let rows = self.database.rows(sql).await?;
        let words = rows.iter().map(|row| row.at::<Option<String>>(0));
        let words = words.collect::<Result<Vec<_>>>()?;
        Ok(words
            .into_iter()
            .flatten()
            .map(|words| Period::from_words(&words))
            .collect())
    }
}

fn cursor(list: &List, row: &Row, sort: Named) -> Result<Cursor> {
    let place = HEAD_WIDTH + list.columns.len();
    let value = match sort.kind {
        ColumnKind::Text => row.at::<Option<String>>(place)?.map(CursorValue::Text),
        _ => row.at::<Option<i64>>(place)?.map(CursorValue::Number),
    };
    Ok(Cursor {
        value,
        subject_id: row.at(0)?,
    })
}
