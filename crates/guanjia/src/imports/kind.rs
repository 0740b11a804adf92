//! The three kinds of ledgers that are taken in, and who may bring which.

use exchange::LedgerKind;

use crate::shell::Viewer;
use crate::shell::role::Permission;
use crate::words::Lang;

/// All kinds, in the order in which pages offer them.
pub const ALL: [LedgerKind; 3] = [
    LedgerKind::Projects,
    LedgerKind::Enterprises,
    LedgerKind::Facts,
];

/// The identifier used in commands, addresses and the database.
pub fn id(kind: LedgerKind) -> &'static str {
    match kind {
        LedgerKind::Projects => "projects",
        LedgerKind::Enterprises => "enterprises",
        LedgerKind::Facts => "facts",
    }
}

/// The kind of an identifier; `None` for any other text.
pub fn from_id(text: &str) -> Option<LedgerKind> {
    ALL.into_iter().find(|kind| id(*kind) == text)
}

/// What one must be allowed in order to bring such a ledger.
pub fn permission(kind: LedgerKind) -> Permission {
    match kind {
        LedgerKind::Projects => Permission::EditProjects,
        LedgerKind::Enterprises => Permission::EditEnterprises,
        LedgerKind::Facts => Permission::EditFacts,
    }
}

/// The kinds that a person may bring.
pub fn open_to(viewer: &Viewer) -> Vec<LedgerKind> {
    ALL.into_iter()
        .filter(|kind| viewer.may(permission(*kind)))
        .collect()
}

/// Its words.
pub fn words(kind: LedgerKind, lang: Lang) -> String {
    match kind {
        LedgerKind::Projects => lang.t("import-kind-projects"),
        LedgerKind::Enterprises => lang.t("import-kind-enterprises"),
        LedgerKind::Facts => lang.t("import-kind-facts"),
    }
}

/// The words of a kind that the database names.
pub fn words_of_id(text: &str, lang: Lang) -> String {
    from_id(text).map_or_else(|| text.to_owned(), |kind| words(kind, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for kind in ALL {
            assert_eq!(from_id(id(kind)), Some(kind));
        }
        assert_eq!(from_id("people"), None);
    }
}
