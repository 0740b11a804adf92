//! A fresh house per test: two zones, the first with two parks, one person per role, and what each
//! page shows one of.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use chrono::{DateTime, Utc};
use domain::{Period, SourceRef, SubjectKind, Value};
use guanjia::accounts::identity::USER_KEY;
use guanjia::accounts::passwords;
use guanjia::accounts::session_store::LedgerSessions;
use guanjia::app::{App, COOKIE, router};
use guanjia::clock;
use guanjia::shell::Role;
use http_body_util::BodyExt;
use ledger::accounts::{NewGrant, NewUser};
use ledger::{
    Actor, Dialect, Ledger, NewFact, NewOrganisation, NewSubject, Organisation, OrganisationKind,
    Scope, Sql, Stamp,
};
use tower::ServiceExt;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};

/// The password of everybody in the house.
pub const PASSWORD: &str = "南山有台-北山有莱-2024";

/// A house with people in it.
pub struct House {
    pub app: App,
    pub router: axum::Router,
    pub zone: Organisation,
    pub north: Organisation,
    pub south: Organisation,
    pub other_zone: Organisation,
    /// The person of each role, by its id, and `spare`, `other-admin` and `other-auditor`.
    pub people: HashMap<String, i64>,
    /// Subjects by name.
    pub subjects: HashMap<&'static str, i64>,
    /// A fact of a subject, by the subject's name.
    pub facts: HashMap<&'static str, i64>,
    /// Where its files are; they go when it goes.
    _dir: tempfile::TempDir,
}

/// Subjects that the house holds: name, kind, and where.
pub const NORTH_PROJECT: &str = "北园氢能制造基地";
pub const SOUTH_PROJECT: &str = "南园光学镜头项目";
pub const NORTH_ENTERPRISE: &str = "北园甲精密有限公司";
pub const SOUTH_ENTERPRISE: &str = "南园乙光电有限公司";
pub const OTHER_PROJECT: &str = "彼区储能电站";
pub const OTHER_ENTERPRISE: &str = "彼区丙化工有限公司";

/// Runs a test on SQLite, and on PostgreSQL where `GUANJIA_TEST_POSTGRES_URL` names a server.
pub async fn on_every_database<F>(test: impl Fn(Arc<House>) -> F)
where
    F: Future<Output = ()>,
{
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("guanjia.db").display().to_string();
    test(Arc::new(House::open(&url, dir).await)).await;
    if let Ok(server) = std::env::var("GUANJIA_TEST_POSTGRES_URL") {
        let schema = format!("it_{}", uuid::Uuid::now_v7().simple());
        run_on_server(&server, &format!("CREATE SCHEMA {schema}")).await;
        let mark = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{mark}options=-csearch_path%3D{schema}");
        let house = Arc::new(House::open(&url, tempfile::tempdir().unwrap()).await);
        test(Arc::clone(&house)).await;
        house.app.ledger.clone().close().await.unwrap();
        run_on_server(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
    }
}

async fn run_on_server(server: &str, statement: &str) {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await
        .unwrap();
}

impl House {
    async fn open(url: &str, dir: tempfile::TempDir) -> Self {
        let ledger = Ledger::open(url, &dir.path().join("files")).await.unwrap();
        let zone = organisation(&ledger, None, OrganisationKind::Zone, "此区").await;
        let north = organisation(&ledger, Some(&zone), OrganisationKind::SubPark, "北园").await;
        let south = organisation(&ledger, Some(&zone), OrganisationKind::SubPark, "南园").await;
        let other_zone = organisation(&ledger, None, OrganisationKind::Zone, "彼区").await;
        let app = App {
            ledger,
            single_sign_on: None,
            demo: false,
            secure_cookies: false,
        };
        let mut house = Self {
            router: router(&app),
            app,
            zone,
            north,
            south,
            other_zone,
            people: HashMap::new(),
            subjects: HashMap::new(),
            facts: HashMap::new(),
            _dir: dir,
        };
        house.fill_subjects().await;
        house.fill_people().await;
        house
    }

    async fn fill_subjects(&mut self) {
        let sentence = |name: &str| format!("{name}的备注");
        let (north, south, other) = (self.north.id, self.south.id, self.other_zone.id);
        for (name, kind, organisation) in [
            (NORTH_ENTERPRISE, SubjectKind::Enterprise, north),
            (SOUTH_ENTERPRISE, SubjectKind::Enterprise, south),
            (OTHER_ENTERPRISE, SubjectKind::Enterprise, other),
            (NORTH_PROJECT, SubjectKind::Project, north),
            (SOUTH_PROJECT, SubjectKind::Project, south),
            (OTHER_PROJECT, SubjectKind::Project, other),
        ] {
            let new = NewSubject::of(kind, name, organisation);
            let ledger = &self.app.ledger;
            let id = ledger.add_subject(&stamp(), new).await.unwrap();
            // Each has a document of its own: who sees all that was taken from one may take it.
            let document = sentence(name).into_bytes();
            let kept = ledger
                .keep_file(&stamp(), "notes.txt", "text/plain", document)
                .await
                .unwrap();
            let fact = NewFact {
                variable: "remarks".to_owned(),
                period: Period::Current,
                value: Value::Text(sentence(name)),
                qualifier: String::new(),
                unit: String::new(),
                source: SourceRef::Quote {
                    file_sha256: kept.sha256.clone(),
                    quote: sentence(name),
                },
                known_on: None,
            };
            let everything = Scope::everything();
            ledger
                .record_facts(&stamp(), &everything, id, vec![fact])
                .await
                .unwrap();
            let facts = ledger
                .facts_of(&everything, id, ledger::AsOf::Now)
                .await
                .unwrap();
            let recorded = facts
                .iter()
                .find(|fact| fact.variable == "remarks")
                .unwrap();
            self.subjects.insert(name, id);
            self.facts.insert(name, recorded.id);
        }
    }

    async fn fill_people(&mut self) {
        let hash = passwords::hash_now(PASSWORD);
        let enterprise = self.subjects[NORTH_ENTERPRISE];
        for role in Role::ALL {
            let (organisation, enterprise) = match role {
                Role::Park => (Some(self.north.id), None),
                Role::Enterprise => (None, Some(enterprise)),
                _ => (Some(self.zone.id), None),
            };
            self.add_person(role.id(), role, &hash, organisation, enterprise)
                .await;
        }
        let (zone, other) = (self.zone.id, self.other_zone.id);
        self.add_person("spare", Role::Partner, &hash, Some(zone), None)
            .await;
        self.add_person("other-admin", Role::Admin, &hash, Some(other), None)
            .await;
        self.add_person("other-auditor", Role::Auditor, &hash, Some(other), None)
            .await;
    }

    async fn add_person(
        &mut self,
        login: &str,
        role: Role,
        hash: &str,
        organisation_id: Option<i64>,
        enterprise_id: Option<i64>,
    ) {
        let new = NewUser {
            login: login.to_owned(),
            display_name: format!("{login} 某"),
            password_hash: Some(hash.to_owned()),
            must_change_password: false,
            external_id: None,
            demo: false,
        };
        let user = self.app.ledger.add_user(&stamp(), new).await.unwrap();
        let grant = NewGrant {
            user_id: user.id,
            role: role.id().to_owned(),
            organisation_id,
            enterprise_id,
        };
        self.app.ledger.grant(&stamp(), grant).await.unwrap();
        self.people.insert(login.to_owned(), user.id);
    }

    /// The cookie of a session that this person is signed in with, without the cost of a password.
    pub async fn session_of(&self, login: &str) -> String {
        let mut record = Record {
            id: Id::default(),
            data: HashMap::from([(USER_KEY.to_owned(), self.people[login].into())]),
            expiry_date: OffsetDateTime::now_utc() + Duration::hours(1),
        };
        LedgerSessions::new(self.app.ledger.clone())
            .create(&mut record)
            .await
            .unwrap();
        format!("{COOKIE}={}", record.id)
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            answer: Response::from_parts(parts, ()),
            bytes,
        }
    }

    /// Gets an address with a cookie; an empty one is a stranger's.
    pub async fn get(&self, address: &str, cookie: &str) -> Answer {
        self.ask(request(&Method::GET, address, cookie, "")).await
    }

    /// Posts a form as one of our own pages does.
    pub async fn post(&self, address: &str, cookie: &str, form: &str) -> Answer {
        self.ask(request(&Method::POST, address, cookie, form))
            .await
    }

    /// How many entries the audit has.
    pub async fn audit_entries(&self) -> i64 {
        self.app.ledger.verify_audit().await.unwrap().entries
    }
}

async fn organisation(
    ledger: &Ledger,
    above: Option<&Organisation>,
    kind: OrganisationKind,
    name: &str,
) -> Organisation {
    let parent_id = above.map(|above| above.id);
    let new = NewOrganisation {
        parent_id,
        kind,
        code: None,
        name: name.to_owned(),
    };
    ledger.add_organisation(&stamp(), new).await.unwrap()
}

/// Rewrites history as somebody would who holds the database itself: past its own guards.
pub async fn forge(ledger: &Ledger, entry_id: i64) {
    let guard = match ledger.dialect() {
        Dialect::Sqlite => "DROP TRIGGER audit_entries_no_update",
        Dialect::Postgres => "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
    };
    let write = ledger.begin(&stamp()).await.unwrap();
    write.execute(Sql::new(guard)).await.unwrap();
    let forged = "UPDATE audit_entries SET actor = 'nobody' WHERE id = $1";
    write
        .execute(Sql::with(forged, [entry_id.into()]))
        .await
        .unwrap();
    write
        .commit(ledger::Action::new("view.save", "user", 1))
        .await
        .unwrap();
}

/// A stamp of now: the house itself reads the clock.
pub fn stamp() -> Stamp {
    let now: DateTime<Utc> = clock::now();
    Stamp::new(now, Actor::system("test"))
}

/// A request with a cookie and a form.
pub fn request(method: &Method, address: &str, cookie: &str, form: &str) -> Request<Body> {
    let mut request = Request::builder().method(method.clone()).uri(address);
    if !cookie.is_empty() {
        request = request.header(header::COOKIE, cookie);
    }
    if *method != Method::GET {
        request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
    }
    request.body(Body::from(form.to_owned())).unwrap()
}

/// An answer, read to its end.
pub struct Answer {
    answer: Response<()>,
    bytes: Vec<u8>,
}

impl Answer {
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A header; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The session cookie that the answer sets, with its flags; empty where it sets none.
    pub fn set_cookie(&self) -> String {
        self.answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find(|value| value.starts_with(COOKIE))
            .unwrap_or_default()
            .to_owned()
    }

    /// The same as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.set_cookie()
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether it leads to the sign-in page.
    pub fn asks_to_sign_in(&self) -> bool {
        self.status() == StatusCode::SEE_OTHER && self.header("location").starts_with("/login")
    }
}
