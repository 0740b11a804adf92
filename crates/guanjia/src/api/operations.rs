//! Every operation of the interface: what it may be asked, what it takes, what it answers. The
//! description is made from this table, and requests are held to it before a handler sees them.

use std::sync::LazyLock;

use axum::http::Method;
use domain::SubjectKind;

use super::parameters::{AFTER, AS_OF, LIMIT, PARK, Parameter, ZONE, of_list, parameter};
use super::parameters::{Kind, audit_filters, day, words};
use super::screening;
use crate::shell::Permission;
use crate::{enterprises, projects};

/// What an operation takes beside its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// JSON of this schema.
    Json(&'static str),
    /// A form with a file, of this schema.
    Form(&'static str),
}

/// What an operation answers when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// The status.
    pub status: u16,
    /// The schema; `None` for a file.
    pub schema: Option<&'static str>,
}

/// One operation.
#[derive(Clone)]
pub struct Operation {
    /// Its id; its words are those of `api-` and the id.
    pub id: &'static str,
    /// The group it is shown in.
    pub tag: &'static str,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: &'static str,
    /// What the address may ask.
    pub asks: Vec<Parameter>,
    /// What it takes.
    pub takes: Takes,
    /// What it answers.
    pub answers: Vec<Answers>,
    /// Whether `If-Match` is heeded.
    pub conditional: bool,
}

impl Operation {
    fn asking(mut self, asks: impl IntoIterator<Item = Parameter>) -> Self {
        self.asks.extend(asks);
        self
    }

    /// The same, which knows no past.
    fn of_now(mut self) -> Self {
        self.asks.retain(|one| one.name != AS_OF.name);
        self
    }

    fn taking(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    fn conditional(mut self) -> Self {
        self.conditional = true;
        self
    }

    fn also(mut self, status: u16, schema: &'static str) -> Self {
        let schema = Some(schema);
        self.answers.push(Answers { status, schema });
        self
    }

    /// Whether it changes something.
    pub fn writes(&self) -> bool {
        self.method == Method::POST
    }

    /// Whether it answers with a tag of its content.
    pub fn is_tagged(&self) -> bool {
        !self.writes() && self.answers.iter().all(|answer| answer.schema.is_some())
    }

    /// All statuses that it refuses a request with.
    pub fn refusals(&self) -> Vec<u16> {
        let mut statuses = vec![400, 401, 403, 422, 500];
        if self.path.contains('{') {
            statuses.push(404);
        }
        // A body that a key is sent with is read, whatever is made of it.
        if self.writes() {
            statuses.extend([409, 413]);
        }
        if self.takes != Takes::Nothing {
            statuses.push(415);
        }
        if self.conditional {
            statuses.push(412);
        }
        statuses.sort_unstable();
        statuses
    }
}

/// The operations, in the order in which they are shown.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut all = subjects("projects", &projects::SPEC.kind);
    all.extend(subjects("enterprises", &enterprises::SPEC.kind));
    all.extend(facts());
    all.extend(imports());
    all.extend(rules());
    all.extend(house());
    all
});

/// The operation of a route; `None` for what is not described: probes and the description itself.
pub fn operation(method: &Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .find(|one| one.method == *method && one.path == path)
}

fn read(
    id: &'static str,
    tag: &'static str,
    path: &'static str,
    schema: &'static str,
) -> Operation {
    Operation {
        id,
        tag,
        method: Method::GET,
        path,
        asks: vec![AS_OF, ZONE],
        takes: Takes::Nothing,
        answers: vec![Answers {
            status: 200,
            schema: Some(schema),
        }],
        conditional: false,
    }
}

fn write(
    id: &'static str,
    tag: &'static str,
    path: &'static str,
    (status, schema): (u16, &'static str),
) -> Operation {
    Operation {
        method: Method::POST,
        asks: vec![ZONE],
        answers: vec![Answers {
            status,
            schema: Some(schema),
        }],
        ..read(id, tag, path, schema)
    }
}

/// List, register, look at, record: the same for both kinds of subjects.
fn subjects(tag: &'static str, kind: &SubjectKind) -> Vec<Operation> {
    let is_project = *kind == SubjectKind::Project;
    let pick = |project: &'static str, enterprise: &'static str| {
        if is_project { project } else { enterprise }
    };
    let (list, one, facts) = if is_project {
        (
            "/api/v1/projects",
            "/api/v1/projects/{id}",
            "/api/v1/projects/{id}/facts",
        )
    } else {
        (
            "/api/v1/enterprises",
            "/api/v1/enterprises/{id}",
            "/api/v1/enterprises/{id}/facts",
        )
    };
    let spec = if is_project {
        &projects::SPEC
    } else {
        &enterprises::SPEC
    };
    vec![
        read(
            pick("list-projects", "list-enterprises"),
            tag,
            list,
            "SubjectPage",
        )
        .asking(of_list(spec))
        .asking([LIMIT, AFTER]),
        write(
            pick("register-project", "register-enterprise"),
            tag,
            list,
            (201, "Subject"),
        )
        .taking(Takes::Json(pick("NewProject", "NewEnterprise"))),
        read(pick("show-project", "show-enterprise"), tag, one, "Subject"),
        write(
            pick("record-project-facts", "record-enterprise-facts"),
            tag,
            facts,
            (200, "Recorded"),
        )
        .taking(Takes::Json("NewFacts"))
        .conditional(),
    ]
}

fn facts() -> Vec<Operation> {
    let kinds = || words(&["project", "enterprise", "zone", "park"]);
    vec![
        read("list-facts", "facts", "/api/v1/facts", "FactPage")
            .asking([
                parameter("kind", Kind::Choice(kinds)).required(),
                parameter("subject", Kind::Id),
                parameter("variable", Kind::Words),
                parameter("period", Kind::Words),
            ])
            .asking([LIMIT, AFTER]),
        read("show-fact", "facts", "/api/v1/facts/{id}", "FactWithSource"),
        read(
            "show-fact-source",
            "facts",
            "/api/v1/facts/{id}/source",
            "SourceAround",
        ),
        Operation {
            answers: vec![Answers {
                status: 200,
                schema: None,
            }],
            ..read("fact-file", "facts", "/api/v1/facts/{id}/file", "")
        },
        write(
            "retract-fact",
            "facts",
            "/api/v1/facts/{id}/retraction",
            (200, "Retracted"),
        )
        .taking(Takes::Json("Retraction"))
        .conditional(),
        write(
            "record-organisation-facts",
            "facts",
            "/api/v1/organisations/{id}/facts",
            (200, "Recorded"),
        )
        .taking(Takes::Json("NewFacts"))
        .conditional(),
        read("list-sources", "facts", "/api/v1/sources", "SourcePage").asking([
            parameter(
                "kind",
                Kind::Choice(|| words(&["sheet", "quote", "form", "api"])),
            ),
            LIMIT,
            AFTER,
        ]),
        read(
            "show-source",
            "facts",
            "/api/v1/sources/{id}",
            "SourceWithFacts",
        )
        .asking([LIMIT, AFTER]),
    ]
}

fn imports() -> Vec<Operation> {
    vec![
        read("list-imports", "imports", "/api/v1/imports", "ImportPage").asking([LIMIT, AFTER]),
        write(
            "send-import",
            "imports",
            "/api/v1/imports",
            (201, "ImportReport"),
        )
        .also(200, "ImportReport")
        .taking(Takes::Form("ImportForm")),
        read("show-import", "imports", "/api/v1/imports/{id}", "Import"),
        write(
            "undo-import",
            "imports",
            "/api/v1/imports/{id}/undoing",
            (200, "Undoing"),
        )
        .conditional(),
    ]
}

fn rules() -> Vec<Operation> {
    vec![
        read(
            "list-policies",
            "policies",
            "/api/v1/policies",
            "PolicyPage",
        )
        .asking([day("on")]),
        read(
            "list-verdicts",
            "policies",
            "/api/v1/enterprises/{id}/verdicts",
            "VerdictPage",
        )
        .asking([day("on")]),
        read(
            "explain-verdict",
            "policies",
            "/api/v1/enterprises/{id}/verdicts/{policy}",
            "Explanation",
        )
        .asking([day("on")]),
        read(
            "list-policy-verdicts",
            "policies",
            "/api/v1/policies/{policy}/verdicts",
            "FindingPage",
        )
        .asking([
            day("on"),
            PARK,
            parameter("verdict", Kind::Choice(screening::verdicts)),
            LIMIT,
            AFTER,
        ]),
        read(
            "show-screening",
            "policies",
            "/api/v1/screening",
            "ScreeningSummary",
        )
        .asking([day("on"), PARK]),
    ]
}

fn house() -> Vec<Operation> {
    vec![
        read("show-account", "house", "/api/v1/account", "Account").of_now(),
        read(
            "list-organisations",
            "house",
            "/api/v1/organisations",
            "OrganisationPage",
        ),
        read(
            "show-organisation",
            "house",
            "/api/v1/organisations/{id}",
            "Subject",
        ),
        read("list-users", "house", "/api/v1/users", "UserPage").of_now(),
        read("list-audit", "house", "/api/v1/audit", "AuditPage")
            .asking(audit_filters())
            .asking([LIMIT, AFTER]),
        read(
            "show-audit-entry",
            "house",
            "/api/v1/audit/{id}",
            "AuditEntry",
        ),
    ]
}

/// What one needs to change facts of this kind of subject.
pub fn editing(kind: &SubjectKind) -> Permission {
    match kind {
        SubjectKind::Project => Permission::EditProjects,
        SubjectKind::Enterprise => Permission::EditEnterprises,
        _ => Permission::EditFacts,
    }
}
