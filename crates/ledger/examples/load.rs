//! Fills a ledger with invented enterprises and says how long writing and reading take:
//! `cargo run --release -p ledger --example load -- URL [ENTERPRISES] [VARIABLES]`.
//!
//! `URL` is a path to a new SQLite file, or `postgres://…` of an empty database.

use std::path::Path;
use std::time::Instant;

use domain::{CellAddress, Money, Period, SourceRef, SubjectKind, Value};
use ledger::facts::SubjectFactsQuery;
use ledger::imports::{BulkFact, BulkRecord, Committed, NewImport};
use ledger::projection::{Bound, ENTERPRISES, EnterpriseRow, Filter, ListQuery, Sort};
use ledger::{
    Actor, AsOf, Ledger, NewOrganisation, NewSubject, Organisation, OrganisationKind, Result,
    Scope, Stamp, Timestamp,
};

/// Variables that fill columns of the list come first, the rest is told apart by number.
const LISTED: [&str; 8] = [
    "revenue",
    "net_profit",
    "total_assets",
    "rd_expense",
    "main_revenue",
    "staff",
    "rd_staff",
    "industry_code",
];

struct Load {
    ledger: Ledger,
    zone: Organisation,
    parks: Vec<Organisation>,
    enterprises: i64,
    variables: usize,
    clock: i64,
    /// The moment after the first import.
    past: i64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(url) = arguments.first() else {
        println!("give a path to a new SQLite file, or postgres://… of an empty database");
        return Ok(());
    };
    let number = |place: usize, default| {
        let given = arguments.get(place).and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let files = std::env::temp_dir().join("guanjia-load-files");
    let mut load = Load::begin(url, &files, number(1, 100_000), number(2, 40)).await?;
    for turn in ["new", "again", "corrected"] {
        load.timed_import(turn).await?;
        if turn == "new" {
            load.past = load.clock;
        }
    }
    load.pages().await?;
    load.stream().await?;
    let clock = Instant::now();
    let found = load.ledger.verify_audit().await?;
    println!(
        "verify: {} facts in {:.2?}, holds: {}",
        found.facts,
        clock.elapsed(),
        found.broken.is_none()
    );
    load.ledger.close().await
}

impl Load {
    async fn begin(url: &str, files: &Path, enterprises: i64, variables: i64) -> Result<Self> {
        let ledger = Ledger::open(url, files).await?;
        let mut load = Self {
            zone: organisation(&ledger, None, OrganisationKind::Zone, 1).await?,
            ledger,
            parks: Vec::new(),
            enterprises,
            variables: usize::try_from(variables).unwrap_or(LISTED.len()),
            clock: 1_000,
            past: 0,
        };
        for number in 0..10 {
            let zone = Some(load.zone.id);
            let park = organisation(&load.ledger, zone, OrganisationKind::SubPark, 100 + number);
            load.parks.push(park.await?);
        }
        Ok(load)
    }

    fn stamp(&mut self) -> Stamp {
        self.clock += 1_000_000;
        stamp(self.clock)
    }

    async fn timed_import(&mut self, turn: &str) -> Result<()> {
        let clock = Instant::now();
        let committed = self.import(turn == "corrected").await?;
        let facts = self.enterprises * i64::try_from(self.variables).unwrap_or(0);
        let elapsed = clock.elapsed();
        let rate =
            i128::from(facts) * 1_000 / i128::try_from(elapsed.as_millis().max(1)).unwrap_or(1);
        println!(
            "import {turn}: {facts} facts, {} recorded, in {elapsed:.2?}: {rate} facts/s",
            committed.counts.facts_recorded
        );
        Ok(())
    }

    async fn import(&mut self, corrected: bool) -> Result<Committed> {
        let import = NewImport {
            zone_id: self.zone.id,
            kind: "enterprises".to_owned(),
            file_sha256: None,
            file_name: "load.xlsx".to_owned(),
            sender: "load".to_owned(),
            mapping: "{}".to_owned(),
            known_on: None,
        };
        let stamp = self.stamp();
        let mut import = self.ledger.begin_import(&stamp, import).await?;
        let sheet = SourceRef::Cell {
            file_sha256: "0".repeat(64),
            sheet: "Sheet1".to_owned(),
            cell: CellAddress { row: 0, column: 0 },
        };
        let source = import.source(&sheet).await?;
        let mut columns = Vec::new();
        for number in 0..self.variables {
            let name = LISTED
                .get(number)
                .map_or_else(|| format!("variable_{number}"), |name| (*name).to_owned());
            columns.push((
                name.clone(),
                import.column(&name, &Period::Year(2024), "").await?,
            ));
        }
        for number in 0..self.enterprises {
            let row = u32::try_from(number).unwrap_or(0);
            let facts = (0_u32..)
                .zip(&columns)
                .map(|(column, (name, key))| BulkFact {
                    column: *key,
                    value: value(name, number, column, corrected),
                    qualifier: String::new(),
                    source,
                    cell: Some(CellAddress { row, column }),
                });
            let park = &self.parks[usize::try_from(number % 10).unwrap_or(0)];
            let name = format!(
                "{}{}科技有限公司",
                NAMES[usize::try_from(number % 16).unwrap_or(0)],
                number
            );
            let mut subject = NewSubject::of(SubjectKind::Enterprise, &name, park.id);
            subject.code = Some(format!("9142{number:014}"));
            let facts = facts.collect();
            import.push(BulkRecord { subject, facts }).await?;
        }
        let at = self.stamp().at;
        import.commit(at, 0).await
    }

    async fn pages(&self) -> Result<()> {
        let zone = Scope::organisation(self.zone.path.clone());
        let park = Scope::organisation(self.parks[3].path.clone());
        let two = park.clone().and_organisation(self.parks[4].path.clone());
        let base = ListQuery::of_zone(self.zone.id);
        let code = || Bound::OneOf(vec!["C0007".to_owned()]);
        let rich = Bound::AtLeast(i64::MAX);
        self.page("by name", &zone, base.clone()).await?;
        self.page(
            "by revenue, greatest first",
            &zone,
            self.by("revenue", true),
        )
        .await?;
        self.page("by staff", &zone, self.by("staff", false))
            .await?;
        self.page("one park by name", &park, base.clone()).await?;
        self.page("two parks by revenue", &two, self.by("revenue", true))
            .await?;
        let query = only("industry_code", code(), base.clone());
        self.page("one industry by name", &zone, query).await?;
        let query = only("industry_code", code(), self.by("revenue", true));
        self.page("one industry of a park by revenue", &park, query)
            .await?;
        self.page(
            "none so rich, by name",
            &zone,
            only("revenue", rich, base.clone()),
        )
        .await?;
        for search in ["777科技", "szkj", "914200000000000500", "不存在"] {
            let query = ListQuery {
                search: Some(search.to_owned()),
                ..base.clone()
            };
            self.page(&format!("search {search}"), &zone, query).await?;
        }
        self.sums(&zone, &base).await
    }

    fn by(&self, column: &str, descending: bool) -> ListQuery {
        let column = column.to_owned();
        ListQuery {
            sort: Sort { column, descending },
            ..ListQuery::of_zone(self.zone.id)
        }
    }

    async fn page(&self, name: &str, scope: &Scope, query: ListQuery) -> Result<()> {
        let past = AsOf::At(Timestamp(self.past));
        for (when, as_of) in [("now", AsOf::Now), ("past", past)] {
            self.page_as_of(&format!("{when} {name}"), scope, &query, as_of)
                .await?;
        }
        Ok(())
    }

    async fn page_as_of(
        &self,
        name: &str,
        scope: &Scope,
        query: &ListQuery,
        as_of: AsOf,
    ) -> Result<()> {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..20 {
            let clock = Instant::now();
            let page = self
                .ledger
                .list::<EnterpriseRow>(scope, query, as_of)
                .await?;
            times.push(clock.elapsed());
            rows = page.rows.len();
        }
        times.sort_unstable();
        println!(
            "page {name}: {rows} rows, median {:.2?}, worst {:.2?}",
            times[10], times[19]
        );
        Ok(())
    }

    async fn sums(&self, zone: &Scope, base: &ListQuery) -> Result<()> {
        let past = AsOf::At(Timestamp(self.past));
        for (when, as_of) in [("now", AsOf::Now), ("past", past)] {
            let clock = Instant::now();
            let sums = ["revenue", "staff"];
            let totals = self
                .ledger
                .totals(&ENTERPRISES, zone, base, &sums, None, as_of)
                .await?;
            println!(
                "{when} count and two sums over {}: {:.2?}",
                totals[0].count,
                clock.elapsed()
            );
        }
        Ok(())
    }

    async fn stream(&self) -> Result<()> {
        let clock = Instant::now();
        let mut query = SubjectFactsQuery {
            kind: SubjectKind::Enterprise,
            zone_id: Some(self.zone.id),
            variables: None,
            known_by: None,
            as_of: AsOf::Now,
            after: None,
            limit: 2_000,
        };
        let mut values = 0;
        loop {
            let page = self
                .ledger
                .subject_facts(&Scope::everything(), &query)
                .await?;
            let Some(last) = page.last() else { break };
            query.after = Some(last.subject_id);
            values += page
                .iter()
                .map(|subject| subject.values.len())
                .sum::<usize>();
        }
        println!(
            "stream to the judge: {values} values in {:.2?}",
            clock.elapsed()
        );
        Ok(())
    }
}

fn only(column: &str, bound: Bound, query: ListQuery) -> ListQuery {
    let column = column.to_owned();
    ListQuery {
        filters: vec![Filter { column, bound }],
        ..query
    }
}

const NAMES: [&str; 16] = [
    "随州",
    "白银",
    "榆林",
    "泰安",
    "珠海",
    "长治",
    "平顶山",
    "曾都",
    "重庆",
    "长沙",
    "厦门",
    "单县",
    "华阴",
    "解州",
    "尉犁",
    "六安",
];

fn value(name: &str, number: i64, column: u32, corrected: bool) -> Value {
    let mixed = number.wrapping_mul(2_654_435_761).rem_euclid(1_000_003) + i64::from(column);
    match name {
        "industry_code" => Value::Code(format!("C{:04}", number % 500)),
        "staff" | "rd_staff" => Value::Integer(mixed % 1_000),
        // Every tenth enterprise corrects one figure.
        "revenue" if corrected && number % 10 == 0 => {
            Value::Money(Money::from_fen(mixed * 100 + 1))
        }
        _ => Value::Money(Money::from_fen(mixed * 100)),
    }
}

async fn organisation(
    ledger: &Ledger,
    parent_id: Option<i64>,
    kind: OrganisationKind,
    at: i64,
) -> Result<Organisation> {
    let new = NewOrganisation {
        parent_id,
        kind,
        code: None,
        name: format!("园区{at}"),
    };
    ledger.add_organisation(&stamp(at), new).await
}

fn stamp(at: i64) -> Stamp {
    Stamp {
        at: Timestamp(at),
        actor: Actor::system("load"),
    }
}
