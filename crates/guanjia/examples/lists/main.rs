//! Fills a ledger with invented projects and enterprises and times their lists over HTTP beside a bare
//! `SELECT` of the same page: `lists FOLDER PROJECTS ENTERPRISES REQUESTS`. Run it through `bench/lists`.

mod cases;

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, header};
use domain::{CellAddress, Money, PartialDate, Period, SourceRef, SubjectKind, Value};
use guanjia::accounts::identity::USER_KEY;
use guanjia::accounts::session_store::LedgerSessions;
use guanjia::app::{App, COOKIE, router};
use guanjia::clock;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ledger::accounts::{NewGrant, NewUser};
use ledger::imports::{BulkFact, BulkImport, BulkRecord, NewImport};
use ledger::{
    Actor, Ledger, NewOrganisation, NewSubject, Organisation, OrganisationKind, Sql, Stamp,
};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the server may take for a page, at the 99th percentile.
const LIMIT: Duration = Duration::from_millis(50);
/// The same for a page of the past.
const LIMIT_PAST: Duration = Duration::from_millis(200);
const STAGES: [&str; 5] = [
    "signed",
    "started",
    "topped_out",
    "completed",
    "in_production",
];
const CATEGORIES: [&str; 4] = ["新材料", "医药化工", "专用汽车", "现代物流"];
const NAMES: [&str; 8] = [
    "云杉", "朝阳", "北斗", "海棠", "青禾", "铁马", "星火", "长河",
];
const PROJECT_FACTS: [&str; 12] = [
    "park",
    "category",
    "stage",
    "owner",
    "responsible_department",
    "investment_total",
    "investment_plan_year",
    "investment_before_year",
    "investment_done_year",
    "started_on",
    "started_on_planned",
    "completed_on_planned",
];
const ENTERPRISE_FACTS: [&str; 8] = [
    "park",
    "industry_code",
    "registered_on",
    "hnte_valid_until",
    "revenue",
    "rd_expense",
    "total_assets",
    "staff",
];

struct House {
    ledger: Ledger,
    zone: Organisation,
    parks: Vec<Organisation>,
}

fn main() -> Outcome<()> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(run())
}

#[expect(clippy::print_stdout, reason = "the times are the result")]
async fn run() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u32| {
        let given = arguments.get(place).and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let folder = arguments.first().map_or("lists-bench", String::as_str);
    let (projects, enterprises, requests) = (number(1, 20_000), number(2, 100_000), number(3, 300));
    let house = House::open(Path::new(folder)).await?;
    let clock = Instant::now();
    house
        .fill(&SubjectKind::Project, "projects", projects, &PROJECT_FACTS)
        .await?;
    house
        .fill(
            &SubjectKind::Enterprise,
            "enterprises",
            enterprises,
            &ENTERPRISE_FACTS,
        )
        .await?;
    println!(
        "filled {projects} projects and {enterprises} enterprises in {:.1?}",
        clock.elapsed()
    );
    let past = house.change().await?;
    let (base, cookie) = house.serve().await?;
    println!(
        "{:<44} {:>9} {:>9} {:>9} {:>7}",
        "page", "p50", "p99", "SELECT", "ratio"
    );
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut slow = Vec::new();
    for case in house.cases(&past) {
        let served = timed(requests, || get(&client, &base, &cookie, &case.address)).await?;
        let plain = timed(requests, || house.select(&case.sql)).await?;
        let ratio = served.0.as_secs_f64() / plain.0.as_secs_f64().max(f64::EPSILON);
        println!(
            "{:<44} {:>9.2?} {:>9.2?} {:>9.2?} {ratio:>7.1}",
            case.name, served.0, served.1, plain.0
        );
        let limit = if case.address.contains("as_of") {
            LIMIT_PAST
        } else {
            LIMIT
        };
        if served.1 > limit {
            slow.push(case.name);
        }
    }
    if slow.is_empty() {
        println!("every page stays below {LIMIT:?} at p99, of the past below {LIMIT_PAST:?}");
        Ok(())
    } else {
        Err(format!("above the limit at p99: {}", slow.join(", ")).into())
    }
}

/// Median and 99th percentile of this many turns, after a few that warm up.
async fn timed<F>(turns: u32, mut turn: impl FnMut() -> F) -> Outcome<(Duration, Duration)>
where
    F: Future<Output = Outcome<()>>,
{
    for _ in 0..5 {
        turn().await?;
    }
    let mut times = Vec::new();
    for _ in 0..turns.max(1) {
        let clock = Instant::now();
        turn().await?;
        times.push(clock.elapsed());
    }
    times.sort_unstable();
    Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
}

async fn get(
    client: &Client<HttpConnector, Body>,
    base: &str,
    cookie: &str,
    address: &str,
) -> Outcome<()> {
    let request = Request::builder()
        .uri(format!("{base}{address}"))
        .header(header::COOKIE, cookie)
        .body(Body::empty())?;
    let answer = client.request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    if status.is_success() && body.len() > 100 {
        Ok(())
    } else {
        Err(format!("{address} answers {status}").into())
    }
}

fn stamp() -> Stamp {
    Stamp::new(clock::now(), Actor::system("bench"))
}

impl House {
    async fn open(folder: &Path) -> Outcome<Self> {
        let url = folder.join("guanjia.db").display().to_string();
        let ledger = Ledger::open(&url, &folder.join("files")).await?;
        let zone = organisation(&ledger, None, OrganisationKind::Zone, "测速高新区").await?;
        let mut parks = Vec::new();
        for number in 1..=8 {
            let name = format!("第{number}园区");
            parks.push(
                organisation(&ledger, Some(zone.id), OrganisationKind::SubPark, &name).await?,
            );
        }
        Ok(Self {
            ledger,
            zone,
            parks,
        })
    }

    async fn fill(
        &self,
        kind: &SubjectKind,
        list: &str,
        count: u32,
        variables: &[&str],
    ) -> Outcome<()> {
        let mut import = self.begin(list).await?;
        let form = SourceRef::Form {
            form: "bench".to_owned(),
        };
        let source = import.source(&form).await?;
        let mut columns = Vec::new();
        for variable in variables {
            columns.push((
                *variable,
                import.column(variable, &period(variable), "").await?,
            ));
        }
        for row in 0..count {
            let park = &self.parks[(row % 8) as usize];
            let name = format!(
                "{}{row}号{}",
                NAMES[(row / 8 % 8) as usize],
                kind_words(kind)
            );
            let mut subject = NewSubject::of(kind.clone(), &name, park.id);
            subject.code = Some(format!(
                "{}{row:08}",
                if list == "projects" { "P" } else { "9142" }
            ));
            let facts = columns
                .iter()
                .filter(|(variable, _)| !(*variable == "started_on" && row % 3 == 0))
                .map(|(variable, column)| BulkFact {
                    column: *column,
                    value: value(variable, row, &park.name),
                    qualifier: String::new(),
                    source,
                    cell: None::<CellAddress>,
                })
                .collect();
            import.push(BulkRecord { subject, facts }).await?;
        }
        import.commit(clock::now().into(), 0).await?;
        Ok(())
    }

    /// Corrects every tenth enterprise and gives the moment before, as addresses carry it.
    async fn change(&self) -> Outcome<String> {
        let moment = clock::now();
        let mut import = self.begin("enterprises").await?;
        let form = SourceRef::Form {
            form: "bench".to_owned(),
        };
        let source = import.source(&form).await?;
        let column = import.column("revenue", &period("revenue"), "").await?;
        let sql = "SELECT name, code, organisation_id FROM enterprises WHERE subject_id % 10 = 0";
        for row in self.ledger.rows(Sql::new(sql)).await? {
            let name: String = row.at(0)?;
            let mut subject = NewSubject::of(SubjectKind::Enterprise, &name, row.at(2)?);
            subject.code = row.at(1)?;
            let facts = vec![BulkFact {
                column,
                value: Value::Money(Money::from_fen(100)),
                qualifier: String::new(),
                source,
                cell: None::<CellAddress>,
            }];
            import.push(BulkRecord { subject, facts }).await?;
        }
        import.commit(clock::now().into(), 0).await?;
        Ok(moment.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
    }

    async fn begin(&self, list: &str) -> Outcome<BulkImport> {
        let new = NewImport {
            zone_id: self.zone.id,
            kind: list.to_owned(),
            file_sha256: None,
            file_name: "bench".to_owned(),
            sender: "bench".to_owned(),
            mapping: "{}".to_owned(),
            known_on: None,
        };
        Ok(self.ledger.begin_import(&stamp(), new).await?)
    }

    /// Serves the house on a free port, with a leader signed in.
    async fn serve(&self) -> Outcome<(String, String)> {
        let ledger = self.ledger.clone();
        let new = NewUser {
            login: "leader".to_owned(),
            display_name: "测速".to_owned(),
            password_hash: None,
            must_change_password: false,
            external_id: None,
            demo: false,
        };
        let user = ledger.add_user(&stamp(), new).await?;
        let grant = NewGrant {
            user_id: user.id,
            role: "leader".to_owned(),
            organisation_id: Some(self.zone.id),
            enterprise_id: None,
        };
        ledger.grant(&stamp(), grant).await?;
        let mut record = Record {
            id: Id::default(),
            data: HashMap::from([(USER_KEY.to_owned(), user.id.into())]),
            expiry_date: OffsetDateTime::now_utc() + Duration::from_hours(10),
        };
        LedgerSessions::new(ledger.clone())
            .create(&mut record)
            .await?;
        let app = App {
            ledger,
            single_sign_on: None,
            demo: false,
            secure_cookies: false,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router(&app)).await });
        Ok((base, format!("{COOKIE}={}", record.id)))
    }

    async fn select(&self, sql: &str) -> Outcome<()> {
        let rows = self.ledger.rows(Sql::new(sql)).await?;
        if rows.is_empty() {
            Err(format!("nothing from {sql}").into())
        } else {
            Ok(())
        }
    }
}

async fn organisation(
    ledger: &Ledger,
    parent_id: Option<i64>,
    kind: OrganisationKind,
    name: &str,
) -> Outcome<Organisation> {
    let new = NewOrganisation {
        parent_id,
        kind,
        code: None,
        name: name.to_owned(),
    };
    Ok(ledger.add_organisation(&stamp(), new).await?)
}

fn kind_words(kind: &SubjectKind) -> &'static str {
    if *kind == SubjectKind::Project {
        "生产线项目"
    } else {
        "科技有限公司"
    }
}

fn period(variable: &str) -> Period {
    match variable {
        "investment_plan_year" | "investment_before_year" => Period::Year(2024),
        "investment_done_year" => Period::CumulativeMonth(2024, 3),
        "revenue" | "rd_expense" | "total_assets" | "staff" => Period::Year(2023),
        _ => Period::Current,
    }
}

fn value(variable: &str, row: u32, park: &str) -> Value {
    let spread = i64::from(row.wrapping_mul(2_654_435_761) % 90_000) + 1_000;
    let money = |wan: i64| Value::Money(Money::from_fen(wan * 1_000_000));
    let pick = |words: &[&str]| words[row as usize % words.len()].to_owned();
    let date = |first_year: i32| {
        let month = row / 3 % 12 + 1;
        let year = first_year + i32::try_from(row / 36 % 4).unwrap_or(0);
        Value::Date(PartialDate::day(year, month, row % 28 + 1).expect("every month has 28 days"))
    };
    match variable {
        "park" => Value::Text(park.to_owned()),
        "category" => Value::Text(pick(&CATEGORIES)),
        "stage" => Value::Code(pick(&STAGES)),
        "owner" => Value::Text(format!("{}有限公司", NAMES[(row % 8) as usize])),
        "responsible_department" => Value::Text("重点项目办".to_owned()),
        "industry_code" => Value::Code(format!("C{}", 1_300 + row % 3_000)),
        "investment_done_year" => money(spread / 12),
        "investment_plan_year" => money(spread / 3),
        "staff" => Value::Integer(spread / 100),
        "started_on" | "started_on_planned" => date(2022),
        "completed_on_planned" | "hnte_valid_until" => date(2024),
        "registered_on" => date(2010),
        _ => money(spread),
    }
}
