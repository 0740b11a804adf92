//! What stands around the place that a fact was taken from, and whether its reader may take the file: no
//! more than they may see of what was taken from it.

use domain::{CellAddress, SourceRef};

use super::access;
use super::cells::{self, Neighbourhood, NotShown};
use super::document::{self, Passage};
use crate::app::App;
use crate::shell::{PageError, Viewer};

/// What can be shown around a fact's cell or sentence.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The piece of the sheet around a cell; `None` where the source is no cell.
    pub cells: Option<Result<Neighbourhood, NotShown>>,
    /// The paragraph around a sentence; `None` where the source is no sentence, the document does not hold
    /// it, or others' sentences stand in it.
    pub passage: Option<Passage>,
    /// Whether something is left out because facts that the reader does not see were taken from it.
    pub reduced: bool,
    /// Whether the reader may take the file.
    pub may_take_file: bool,
}

/// What can be shown to a viewer around the place of a fact that they see.
///
/// # Errors
/// [`PageError::Internal`] where the ledger fails.
pub async fn of(app: &App, viewer: &Viewer, source: &SourceRef) -> Result<Surroundings, PageError> {
    match source {
        SourceRef::Cell {
            file_sha256,
            sheet,
            cell,
        } => around_cell(app, viewer, file_sha256, sheet, *cell).await,
        SourceRef::Quote { file_sha256, quote } => {
            around_sentence(app, viewer, file_sha256, quote).await
        }
        SourceRef::Form { .. } | SourceRef::Api { .. } => Ok(Surroundings::default()),
    }
}

/// Whether all that was taken from a file is within the viewer's sight: the file says it, too.
pub async fn may_take_file(app: &App, viewer: &Viewer, sha256: &str) -> Result<bool, PageError> {
    let sight = access::sight(viewer);
    Ok(!app.ledger.holds_unseen(&sight, sha256, None).await?)
}

async fn around_cell(
    app: &App,
    viewer: &Viewer,
    sha256: &str,
    sheet: &str,
    cell: CellAddress,
) -> Result<Surroundings, PageError> {
    let may_take_file = may_take_file(app, viewer, sha256).await?;
    let sight = access::sight(viewer);
    let reduced = !may_take_file && app.ledger.holds_unseen(&sight, sha256, Some(sheet)).await?;
    let name = sheet.to_owned();
    let piece = match content(app, sha256).await? {
        None => Err(NotShown::NotKept),
        Some(content) => tokio::task::spawn_blocking(move || {
            if reduced {
                cells::row_of(&content, &name, cell)
            } else {
                cells::around(&content, &name, cell)
            }
        })
        .await
        .map_err(|error| PageError::internal(&error))?,
    };
    Ok(Surroundings {
        cells: Some(piece),
        passage: None,
        reduced,
        may_take_file,
    })
}

async fn around_sentence(
    app: &App,
    viewer: &Viewer,
    sha256: &str,
    quote: &str,
) -> Result<Surroundings, PageError> {
    let unseen = app
        .ledger
        .unseen_quotes(&access::sight(viewer), sha256)
        .await?;
    let may_take_file = may_take_file(app, viewer, sha256).await?;
    let content = content(app, sha256).await?.unwrap_or_default();
    let passage = document::passage(&String::from_utf8_lossy(&content), quote);
    let holds_others = |passage: &Passage| unseen.iter().any(|other| passage.holds_beside(other));
    let reduced = passage.as_ref().is_some_and(holds_others);
    Ok(Surroundings {
        cells: None,
        passage: passage.filter(|_| !reduced),
        reduced,
        may_take_file,
    })
}

/// The bytes of a kept file; `None` where it is not kept here.
async fn content(app: &App, sha256: &str) -> Result<Option<Vec<u8>>, PageError> {
    match app.ledger.file_content(sha256).await {
        Ok(content) => Ok(Some(content)),
        Err(ledger::LedgerError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
