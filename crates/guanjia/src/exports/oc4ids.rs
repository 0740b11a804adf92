//! Projects as a package of the Open Contracting for Infrastructure Data Standard 0.9.
//!
//! Only what is known is written. Milestones that were promised and that happened are milestones of
//! the standard; what a zone knows beyond the standard stays in the ledger.

use domain::{PartialDate, Period, SubjectKind, Value};
use ledger::projection::ProjectRow;
use ledger::{Ledger, Timestamp};
use serde_json::{Map, Value as Json, json};

use super::ledgers::{Listed, listed};
use super::{ExportError, Order};
use crate::labels;
use crate::words::Lang;

/// Version of the standard.
const VERSION: &str = "0.9";
/// Prefix of this installation's identifiers; registered ones are given by the standard's stewards.
const PREFIX: &str = "oc4ids-guanjia";

/// What happens in a project's life, and which milestone of the standard it is.
const MILESTONES: [(&str, &str); 8] = [
    ("signed", "contractClose"),
    ("registered", "approval"),
    ("started", "delivery"),
    ("topped_out", "delivery"),
    ("completed", "delivery"),
    ("in_production", "delivery"),
    ("at_capacity", "delivery"),
    ("in_statistics", "reporting"),
];

/// The package, and how many projects it has.
pub async fn package(
    ledger: &Ledger,
    order: &Order<'_>,
    at: Timestamp,
) -> Result<(Vec<u8>, usize), ExportError> {
    let subjects = listed::<ProjectRow>(ledger, order, &SubjectKind::Project).await?;
    let projects: Vec<Json> = subjects
        .iter()
        .map(|one| project(one, order.lang))
        .collect();
    let moment = at.to_datetime().unwrap_or_default();
    let package = json!({
        "uri": format!("urn:guanjia:oc4ids:{}", moment.timestamp_micros()),
        "version": VERSION,
        "publishedDate": moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "publisher": {"name": "Guanjia"},
        "projects": projects,
    });
    let bytes = serde_json::to_vec_pretty(&package)?;
    Ok((bytes, subjects.len()))
}

/// One project of the package.
fn project(listed: &Listed, lang: Lang) -> Json {
    let known = Known(listed);
    let mut project = Map::new();
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            project.insert(name.to_owned(), value);
        }
    };
    put("id", Some(json!(format!("{PREFIX}-{}", listed.id))));
    let changed = listed.facts.iter().map(|fact| fact.recorded_at).max();
    put(
        "updated",
        changed
            .and_then(Timestamp::to_datetime)
            .map(|at| json!(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))),
    );
    put("language", Some(json!("zh")));
    let code = listed.code.as_ref();
    put(
        "identifiers",
        code.map(|code| json!([{"id": code, "scheme": "CN-PROJECT-CODE"}])),
    );
    put("title", Some(json!(listed.name)));
    put("description", known.words("content").map(Json::from));
    put(
        "status",
        known.code("stage").and_then(status).map(Json::from),
    );
    put(
        "type",
        known
            .code("construction_nature")
            .and_then(kind)
            .map(Json::from),
    );
    put(
        "period",
        period(known.date("build_from"), known.date("build_until")),
    );
    put(
        "budget",
        known
            .amount("investment_total")
            .map(|amount| json!({"amount": amount})),
    );
    put("locations", location(&known));
    put("parties", party(&known, listed.id));
    put(
        "publicAuthority",
        known
            .words("responsible_department")
            .map(|name| json!({"name": name, "id": format!("{}-authority", listed.id)})),
    );
    let milestones = milestones(&known, lang);
    put(
        "milestones",
        (!milestones.is_empty()).then(|| Json::Array(milestones)),
    );
    let metrics = metrics(&known, lang);
    put(
        "metrics",
        (!metrics.is_empty()).then(|| Json::Array(metrics)),
    );
    put_authority_among_parties(&mut project);
    Json::Object(project)
}

/// A public authority is a party too, says the standard.
fn put_authority_among_parties(project: &mut Map<String, Json>) {
    let Some(mut authority) = project.get("publicAuthority").cloned() else {
        return;
    };
    authority["roles"] = json!(["publicAuthority"]);
    let parties = project.entry("parties").or_insert_with(|| json!([]));
    if let Json::Array(parties) = parties {
        parties.push(authority);
    }
}

/// The phase of the standard that a stage lies in.
fn status(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "planned" | "lead" => "identification",
        "signed" | "registered" => "preparation",
        "started" | "topped_out" => "implementation",
        "completed" => "completion",
        "in_production" | "at_capacity" | "in_statistics" => "maintenance",
        "cancelled" => "cancelled",
        _ => return None,
    })
}

/// The type of the standard that a nature of construction is.
fn kind(nature: &str) -> Option<&'static str> {
    Some(match nature {
        "new" | "continued" => "construction",
        "extension" => "expansion",
        "upgrade" => "rehabilitation",
        _ => return None,
    })
}

fn period(from: Option<PartialDate>, until: Option<PartialDate>) -> Option<Json> {
    let mut period = Map::new();
    if let Some(from) = from {
        period.insert("startDate".to_owned(), json!(moment(from.earliest())));
    }
    if let Some(until) = until {
        period.insert("endDate".to_owned(), json!(moment(until.latest())));
    }
    (!period.is_empty()).then_some(Json::Object(period))
}

/// A day as the standard writes it: its first second in Asia/Shanghai.
fn moment(day: chrono::NaiveDate) -> String {
    format!("{day}T00:00:00+08:00")
}

fn location(known: &Known<'_>) -> Option<Json> {
    let words: Vec<&str> = ["park", "site"]
        .into_iter()
        .filter_map(|name| known.words(name))
        .collect();
    (!words.is_empty()).then(|| json!([{"id": "1", "description": words.join("，")}]))
}

fn party(known: &Known<'_>, id: i64) -> Option<Json> {
    let name = known.words("owner")?;
    let mut party = json!({"name": name, "id": format!("{id}-owner"), "roles": ["buyer"]});
    if let Some(code) = known.code("owner_uscc") {
        party["identifier"] = json!({"scheme": "CN-SCC", "id": code, "legalName": name});
    }
    Some(json!([party]))
}

fn milestones(known: &Known<'_>, lang: Lang) -> Vec<Json> {
    let mut milestones = Vec::new();
    for (name, kind) in MILESTONES {
        let promised = known.date(&format!("{name}_on_planned"));
        let happened = known.date(&format!("{name}_on"));
        if promised.is_none() && happened.is_none() {
            continue;
        }
        let title = labels::words(&SubjectKind::Project, &format!("{name}_on"), lang);
        let mut milestone = json!({
            "id": name,
            "title": title,
            "type": kind,
            "status": if happened.is_some() { "met" } else { "scheduled" },
        });
        if let Some(promised) = promised {
            milestone["dueDate"] = json!(moment(promised.latest()));
        }
        if let Some(happened) = happened {
            milestone["dateMet"] = json!(moment(happened.latest()));
        }
        milestones.push(milestone);
    }
    milestones
}

/// Figures that the standard has no field for, as observations.
fn metrics(known: &Known<'_>, lang: Lang) -> Vec<Json> {
    const MEASURED: [&str; 6] = [
        "investment_done_total",
        "investment_in_place",
        "floor_area_sqm",
        "buildings",
        "revenue_expected",
        "tax_expected",
    ];
    let observed = |name: &&str| {
        let observation = match known.value(name)? {
            Value::Money(_) => json!({"id": "1", "value": known.amount(name)?}),
            Value::Integer(number) => json!({"id": "1", "measure": number.to_string()}),
            Value::Number(number) => {
                json!({"id": "1", "measure": number.normalize().to_string()})
            }
            _ => return None,
        };
        let title = labels::words(&SubjectKind::Project, name, lang);
        Some(json!({"id": name, "title": title, "observations": [observation]}))
    };
    MEASURED.iter().filter_map(observed).collect()
}

/// What is known of a project: the current value, else that of the latest period.
struct Known<'a>(&'a Listed);

impl<'a> Known<'a> {
    fn value(&self, variable: &str) -> Option<&'a Value> {
        let fitting = self.0.facts.iter().filter(|fact| fact.variable == variable);
        let latest = fitting.max_by_key(|fact| match &fact.period {
            Period::Current => (2, i32::MAX),
            period => (1, period.year().unwrap_or(i32::MIN)),
        })?;
        latest.value.as_ref()
    }

    fn words(&self, variable: &str) -> Option<&'a str> {
        match self.value(variable)? {
            Value::Text(words) => Some(words),
            _ => None,
        }
    }

    fn code(&self, variable: &str) -> Option<&'a str> {
        match self.value(variable)? {
            Value::Code(code) => Some(code),
            _ => None,
        }
    }

    fn date(&self, variable: &str) -> Option<PartialDate> {
        match self.value(variable)? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The amount as a JSON number with every digit.
    fn amount(&self, variable: &str) -> Option<Json> {
        match self.value(variable)? {
            Value::Money(money) => {
                let digits = money.to_decimal().normalize().to_string();
                let number: serde_json::Number = digits.parse().ok()?;
                Some(json!({"amount": number, "currency": money.currency.code()}))
            }
            _ => None,
        }
    }
}
