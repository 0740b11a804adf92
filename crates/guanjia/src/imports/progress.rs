//! Long imports run beside the requests; this page tells how far one has come and looks again by itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use super::draft::Draft;
use crate::shell::{Page, PageError, Viewer, render};

/// Seconds until the page looks again.
const LOOK_AGAIN_SECONDS: &str = "2";

/// What a running import has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It runs.
    Running,
    /// It was taken in as this import.
    Done(i64),
    /// Rows were refused and nothing went in.
    Refused,
    /// It broke off; the words say why.
    Failed(String),
}

/// An import that runs beside the requests.
#[derive(Debug)]
pub struct Running {
    /// Rows written so far.
    pub rows: AtomicU64,
    /// Rows of the file.
    pub rows_total: u64,
    state: Mutex<Stage>,
}

/// Running imports by account and draft.
type ByDraft = HashMap<(i64, String), Arc<Running>>;

/// Only how far they have come is here; the file is in the file store,
/// the records are in one transaction.
static RUNNING: LazyLock<Mutex<ByDraft>> = LazyLock::new(Mutex::default);

impl Running {
    /// Notes that an import begins; `None` where the same one runs already.
    pub fn begin(user_id: i64, draft: &str, rows_total: u64) -> Option<Arc<Self>> {
        let mut all = RUNNING.lock().expect("nobody panics while holding it");
        let key = (user_id, draft.to_owned());
        if all
            .get(&key)
            .is_some_and(|known| known.state() == Stage::Running)
        {
            return None;
        }
        let running = Arc::new(Self {
            rows: AtomicU64::new(0),
            rows_total,
            state: Mutex::new(Stage::Running),
        });
        all.insert(key, Arc::clone(&running));
        Some(running)
    }

    fn of(user_id: i64, draft: &str) -> Option<Arc<Self>> {
        let all = RUNNING.lock().expect("nobody panics while holding it");
        all.get(&(user_id, draft.to_owned())).cloned()
    }

    /// Forgets an import that has ended.
    fn end(user_id: i64, draft: &str) {
        RUNNING
            .lock()
            .expect("nobody panics while holding it")
            .remove(&(user_id, draft.to_owned()));
    }

    /// Notes what it came to.
    pub fn set(&self, state: Stage) {
        *self.state.lock().expect("nobody panics while holding it") = state;
    }

    fn state(&self) -> Stage {
        self.state
            .lock()
            .expect("nobody panics while holding it")
            .clone()
    }

    fn percent(&self) -> u64 {
        let rows = self.rows.load(Ordering::Relaxed);
        (rows * 100)
            .checked_div(self.rows_total)
            .unwrap_or(0)
            .min(100)
    }
}

#[derive(Template)]
#[template(path = "imports/progress.html")]
struct ProgressPage {
    page: Page,
    file_name: String,
    rows: u64,
    rows_total: u64,
    percent: u64,
    failure: String,
    draft: String,
}

/// `GET /imports/drafts/{draft}/progress`.
pub async fn show(
    viewer: Viewer,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let draft = Draft::find(&session, viewer.zone_id(), &id).await?;
    let address = format!("/imports/drafts/{id}");
    let Some(running) = Running::of(viewer.user_id, &id) else {
        return Ok(Redirect::to(&address).into_response());
    };
    let failure = match running.state() {
        Stage::Running => String::new(),
        Stage::Done(import) => {
            draft.forget(&session).await?;
            Running::end(viewer.user_id, &id);
            return Ok(Redirect::to(&format!("/imports/{import}")).into_response());
        }
        Stage::Refused => {
            Running::end(viewer.user_id, &id);
            return Ok(Redirect::to(&format!("{address}?refused=1")).into_response());
        }
        Stage::Failed(words) => {
            Running::end(viewer.user_id, &id);
            words
        }
    };
    let lang = viewer.lang;
    let list = lang.t("nav-imports");
    let title = lang.t("import-running");
    let runs = failure.is_empty();
    let page = render(&ProgressPage {
        page: Page::new(&viewer, "imports", title.clone()).at(&[
            (&list, "/imports"),
            (&draft.file_name, &address),
            (&title, ""),
        ]),
        rows: running.rows.load(Ordering::Relaxed),
        rows_total: running.rows_total,
        percent: running.percent(),
        failure,
        file_name: draft.file_name,
        draft: id,
    })?;
    if runs {
        Ok(([(header::REFRESH, LOOK_AGAIN_SECONDS)], page).into_response())
    } else {
        Ok(page)
    }
}
