//! The steps that bring a database to the form this program reads, the same for both databases.

#[cfg(test)]
mod filled;

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait};

/// All steps in order.
pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_ledger::Step),
            Box::new(m0002_projection::Step),
            Box::new(m0003_confirmations::Step),
            Box::new(m0004_past::Step),
            Box::new(m0005_sources::Step),
            Box::new(m0006_statements::Step),
        ]
    }
}

/// Declares a step whose statements stand in a file beside this one.
macro_rules! step {
    ($name:ident, $file:literal, $sqlite:literal, $postgres:literal) => {
        mod $name {
            use super::*;

            pub(super) struct Step;

            impl MigrationName for Step {
                fn name(&self) -> &str {
                    stringify!($name)
                }
            }

            #[async_trait::async_trait]
            impl MigrationTrait for Step {
                async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                    let own = match manager.get_database_backend() {
                        DbBackend::Sqlite => include_str!($sqlite),
                        _ => include_str!($postgres),
                    };
                    run(manager, include_str!($file), own).await
                }

                fn use_transaction(&self) -> Option<bool> {
                    Some(true)
                }
            }
        }
    };
}

step!(
    m0001_ledger,
    "0001_ledger.sql",
    "0001_append_only.sqlite.sql",
    "0001_append_only.postgres.sql"
);
step!(
    m0002_projection,
    "0002_projection.sql",
    "none.sql",
    "none.sql"
);
step!(
    m0003_confirmations,
    "0003_confirmations.sql",
    "0003_confirmations.sqlite.sql",
    "0003_confirmations.postgres.sql"
);
step!(m0004_past, "0004_past.sql", "none.sql", "none.sql");
step!(m0005_sources, "0005_sources.sql", "none.sql", "none.sql");
step!(
    m0006_statements,
    "0006_statements.sql",
    "0006_statements.sqlite.sql",
    "0006_statements.postgres.sql"
);

async fn run(manager: &SchemaManager<'_>, shared: &str, own: &str) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let connection = manager.get_connection();
    connection
        .execute_unprepared(&spoken(shared, backend))
        .await?;
    if own.contains(';') {
        connection.execute_unprepared(own).await?;
    }
    Ok(())
}

/// The statements in the words of one database. They are written for SQLite's strict tables; under
/// PostgreSQL whole numbers are `BIGINT` and text sorts by bytes, as it does in SQLite.
fn spoken(statements: &str, backend: DbBackend) -> String {
    if backend == DbBackend::Sqlite {
        return statements.to_owned();
    }
    statements
        .lines()
        .map(|line| {
            line.replace(" INTEGER", " BIGINT")
                .replace(" TEXT", " TEXT COLLATE \"C\"")
                .replace(" BLOB", " BYTEA")
                .replace(") STRICT", ")")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_sorts_by_bytes_under_postgresql() {
        assert_eq!(
            spoken(
                "a INTEGER,\nb TEXT NOT NULL\n) STRICT;",
                DbBackend::Postgres
            ),
            "a BIGINT,\nb TEXT COLLATE \"C\" NOT NULL\n);"
        );
    }
}
