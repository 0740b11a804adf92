//! Imports 导入: ledgers as people keep them, taken into the ledger of facts. A file is kept, read,
//! shown as it was understood, and goes in as a whole when the person says so. What cannot be
//! understood goes back in the same workbook. An import is undone as a whole. The command and the
//! demonstration take files in by the same [`intake`].
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /imports | GET, POST | the imports so far; sends a file or a pasted table in |
//! | /imports/new | GET | the form |
//! | /imports/templates/{kind} | GET | an empty ledger to fill in |
//! | /imports/drafts/{draft} | GET | how a file was understood |
//! | /imports/drafts/{draft}/mapping | POST | reads columns otherwise |
//! | /imports/drafts/{draft}/returned | GET | the workbook with the reasons |
//! | /imports/drafts/{draft}/commit | POST | takes it in |
//! | /imports/drafts/{draft}/progress | GET | how far a long one has come |
//! | /imports/{id} | GET | what came of it |
//! | /imports/{id}/file, /imports/{id}/returned | GET | the file as it came, and with the reasons |
//! | /imports/{id}/undoing | GET, POST | undoes it |

pub mod commit;
pub mod draft;
pub mod draft_page;
pub mod facts;
pub mod import_page;
#[expect(
    clippy::module_inception,
    reason = "the page of a slice bears the slice's noun"
)]
pub mod imports;
pub mod intake;
pub mod kind;
pub mod new;
pub mod parks;
pub mod progress;
pub mod report;
pub mod rows;
pub mod sheet;
pub mod target;
pub mod undoing;
pub mod vocabulary;
pub mod writer;

use exchange::LedgerKind;
use ledger::{Ledger, LedgerError, Stamp};

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get, post};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let import = Access::May(Permission::Import);
    vec![
        get("/imports", import, imports::list),
        post("/imports", import, new::send),
        get("/imports/new", import, new::show),
        get("/imports/templates/{kind}", import, new::template),
        get("/imports/drafts/{draft}", import, draft_page::show),
        post(
            "/imports/drafts/{draft}/mapping",
            import,
            draft_page::read_otherwise,
        ),
        get(
            "/imports/drafts/{draft}/returned",
            import,
            draft_page::returned,
        ),
        post("/imports/drafts/{draft}/commit", import, commit::commit),
        get("/imports/drafts/{draft}/progress", import, progress::show),
        get("/imports/{id}", import, import_page::show),
        get("/imports/{id}/file", import, import_page::file),
        get("/imports/{id}/returned", import, import_page::returned),
        get("/imports/{id}/undoing", import, undoing::confirm),
        post("/imports/{id}/undoing", import, undoing::undo),
    ]
}

/// A mapping is kept by header text, one for all files of a sender; the ledger wants a name for it.
const ALL_HEADERS: &str = "";

/// What is remembered of a sender's headers.
pub async fn remembered(
    ledger: &Ledger,
    zone_id: i64,
    sender: &str,
    kind: LedgerKind,
) -> Result<exchange::Mapping, LedgerError> {
    let known = ledger
        .remembered_mapping(zone_id, sender, kind::id(kind), ALL_HEADERS)
        .await?;
    Ok(known
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

/// Remembers what was chosen for a sender's headers, beside what is known of others.
async fn remember(
    ledger: &Ledger,
    stamp: &Stamp,
    order: &intake::Order,
) -> Result<(), LedgerError> {
    let (zone, sender) = (order.zone.id, order.place.name.as_str());
    let mut mapping = remembered(ledger, zone, sender, order.kind).await?;
    mapping.update(order.mapping.clone());
    let json = serde_json::to_string(&mapping).expect("a mapping is plain data");
    ledger
        .remember_mapping(
            stamp,
            zone,
            sender,
            kind::id(order.kind),
            ALL_HEADERS,
            &json,
        )
        .await?;
    Ok(())
}
