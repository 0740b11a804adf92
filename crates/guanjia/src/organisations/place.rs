//! The place of a subject in the tree of organisations, as the way to its page.

use ledger::Subject;

use crate::app::App;
use crate::shell::page::Step;
use crate::shell::{PageError, Permission, Viewer};

/// The way to a subject's page: its list, the parts of the zone it lies in as far as the scope shows
/// them, its own page.
pub async fn way_to(
    app: &App,
    viewer: &Viewer,
    see: Permission,
    section: &str,
    subject: &Subject,
) -> Result<Vec<Step>, PageError> {
    let scope = viewer.scope(see);
    let mut within = app.ledger.organisations(&scope, viewer.reading()).await?;
    // They come by depth: the outermost first.
    within.retain(|one| one.parent_id.is_some() && subject.path.starts_with(&one.path));
    let list = Step {
        words: viewer
            .lang
            .find(&format!("nav-{section}"))
            .unwrap_or_default(),
        href: format!("/{section}"),
    };
    let parts = within.into_iter().map(|one| Step {
        words: one.name,
        href: format!("/{section}?park={}", one.id),
    });
    let own = Step {
        words: subject.name.clone(),
        href: format!("/{section}/{}", subject.id),
    };
    Ok(std::iter::once(list).chain(parts).chain([own]).collect())
}
