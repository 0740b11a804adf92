//! The links of the chain: what is hashed, and in which form.

use sea_orm::Value;
use sm3::{Digest, Sm3};

use crate::facts::{Confirmation, FactRow, Statement};
use crate::sql::Sql;

/// All of an entry that its hash covers.
#[derive(Debug, Clone)]
pub(crate) struct EntryFields {
    pub(crate) id: i64,
    pub(crate) zone_id: Option<i64>,
    pub(crate) recorded_at: i64,
    pub(crate) user_id: Option<i64>,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) object_kind: String,
    pub(crate) object_id: String,
    pub(crate) detail: String,
    pub(crate) facts_from: i64,
    pub(crate) facts_until: i64,
    pub(crate) rows_digest: String,
    pub(crate) prev_hash: String,
}

impl EntryFields {
    pub(crate) const COLUMNS: &str = "id, zone_id, recorded_at, user_id, actor, action, \
         object_kind, object_id, detail, facts_from, facts_until, rows_digest, prev_hash";

    /// SM3 (GM/T 0004) of the hash before and of every field, each with its length, in hex.
    pub(crate) fn hash(&self) -> String {
        let mut hasher = Sm3::new();
        text(&mut hasher, &self.prev_hash);
        number(&mut hasher, Some(self.id));
        number(&mut hasher, self.zone_id);
        number(&mut hasher, Some(self.recorded_at));
        number(&mut hasher, self.user_id);
        text(&mut hasher, &self.actor);
        text(&mut hasher, &self.action);
        text(&mut hasher, &self.object_kind);
        text(&mut hasher, &self.object_id);
        text(&mut hasher, &self.detail);
        number(&mut hasher, Some(self.facts_from));
        number(&mut hasher, Some(self.facts_until));
        text(&mut hasher, &self.rows_digest);
        hex::encode(hasher.finalize())
    }

    /// The statement that leaves the entry.
    pub(crate) fn insertion(self) -> Sql {
        let hash = self.hash();
        let mut sql = Sql::new("INSERT INTO audit_entries (");
        sql.push(Self::COLUMNS).push(", hash) VALUES (");
        let values: [Value; 14] = [
            self.id.into(),
            self.zone_id.into(),
            self.recorded_at.into(),
            self.user_id.into(),
            self.actor.into(),
            self.action.into(),
            self.object_kind.into(),
            self.object_id.into(),
            self.detail.into(),
            self.facts_from.into(),
            self.facts_until.into(),
            self.rows_digest.into(),
            self.prev_hash.into(),
            hash.into(),
        ];
        sql.bind_all(values).push(")");
        sql
    }
}

/// SM3 over the rows a write appends: words, sources, statements and confirmations, each in the order of
/// their ids.
#[derive(Debug, Default)]
pub(crate) struct RowsDigest {
    form: Form,
    terms: Sm3,
    sources: Sm3,
    statements: Sm3,
    confirmations: Option<Sm3>,
    any: bool,
}

/// What of a statement is hashed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Its row as it lies in the database.
    #[default]
    Rows,
    /// Its facts one by one: entries from before facts lay together keep their digest.
    Facts,
}

/// What a digest over rows begins with; one over single facts is bare.
const ROWS: &str = "rows:";

impl RowsDigest {
    /// A digest of the form that this one has.
    pub(crate) fn like(digest: &str) -> Self {
        let form = if digest.starts_with(ROWS) {
            Form::Rows
        } else {
            Form::Facts
        };
        Self {
            form,
            ..Self::default()
        }
    }

    pub(crate) fn term(&mut self, id: i64, term: &str) {
        self.any = true;
        number(&mut self.terms, Some(id));
        text(&mut self.terms, term);
    }

    /// `digest` is the SHA-256 that the source is known by, over all it says.
    pub(crate) fn source(&mut self, id: i64, digest: &str) {
        self.any = true;
        number(&mut self.sources, Some(id));
        text(&mut self.sources, digest);
    }

    /// A list that cannot be read any more is missing from a digest over single facts.
    pub(crate) fn statement(&mut self, statement: &Statement) {
        self.any = true;
        if self.form == Form::Facts {
            for fact in statement.unpack().into_iter().flatten() {
                self.fact(&fact);
            }
            return;
        }
        let bytes: [u8; 7 * 9] = packed(statement.numbers());
        self.statements.update(bytes);
        text(&mut self.statements, statement.list());
    }

    fn fact(&mut self, fact: &FactRow) {
        // One buffer a fact: the hash takes blocks, not bytes.
        let bytes: [u8; 13 * 9] = packed([
            Some(fact.id),
            Some(fact.subject_id),
            Some(fact.variable_id),
            Some(fact.period_id),
            Some(fact.kind),
            fact.number,
            Some(fact.qualifier_id),
            Some(fact.unit_id),
            Some(fact.source_id),
            fact.cell_row,
            fact.cell_column,
            fact.known_on,
            Some(fact.entry_id),
        ]);
        self.statements.update(bytes);
        match &fact.text {
            Some(words) => text(&mut self.statements, words),
            None => self.statements.update([0xff]),
        }
    }

    pub(crate) fn confirmation(&mut self, confirmation: &Confirmation) {
        self.any = true;
        let bytes: [u8; 8 * 9] = packed(confirmation.numbers());
        self.confirmations
            .get_or_insert_with(Sm3::new)
            .update(bytes);
    }

    /// The digest in hex, behind a word for its form; empty when nothing was appended.
    pub(crate) fn finish(self) -> String {
        if !self.any {
            return String::new();
        }
        let mut whole = Sm3::new();
        whole.update(self.terms.finalize());
        whole.update(self.sources.finalize());
        whole.update(self.statements.finalize());
        // Entries from before there were confirmations keep their digest.
        if let Some(confirmations) = self.confirmations {
            whole.update(confirmations.finalize());
        }
        let digest = hex::encode(whole.finalize());
        match self.form {
            Form::Rows => format!("{ROWS}{digest}"),
            Form::Facts => digest,
        }
    }
}

/// Numbers side by side, each behind a mark that says whether it is there.
fn packed<const COUNT: usize, const BYTES: usize>(numbers: [Option<i64>; COUNT]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (slot, number) in bytes.chunks_exact_mut(9).zip(numbers) {
        if let Some(number) = number {
            slot[0] = 1;
            slot[1..].copy_from_slice(&number.to_be_bytes());
        }
    }
    bytes
}

/// The length first, so that no two lists of fields read the same.
fn text(hasher: &mut Sm3, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text);
}

fn number(hasher: &mut Sm3, number: Option<i64>) {
    match number {
        Some(number) => {
            hasher.update([1]);
            hasher.update(number.to_be_bytes());
        }
        None => hasher.update([0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sm3_gives_the_standards_own_example() {
        assert_eq!(
            hex::encode(Sm3::digest("abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }

    #[test]
    fn nothing_appended_has_no_digest() {
        assert_eq!(RowsDigest::default().finish(), "");
    }

    /// Made apart from this program, over the bytes that entries hashed before facts lay together.
    #[test]
    fn a_digest_over_single_facts_is_made_again_from_a_statement() {
        let money = FactRow {
            id: 40,
            subject_id: 2,
            variable_id: 61,
            period_id: 0,
            kind: 2,
            number: Some(900),
            text: None,
            qualifier_id: 0,
            unit_id: 80,
            source_id: 1,
            cell_row: Some(4),
            cell_column: Some(0),
            known_on: None,
            entry_id: 7,
        };
        let words = FactRow {
            id: 41,
            kind: 11,
            number: None,
            text: Some("新建".to_owned()),
            cell_column: Some(1),
            ..money.clone()
        };
        let of_facts = "22bfa7d8e93ad6e16a027b589b32da898c07ca7eb5cec82945233cc73643afa5";
        let made = |like: &str| {
            let mut digest = RowsDigest::like(like);
            for statement in Statement::pack(&[money.clone(), words.clone()]) {
                digest.statement(&statement);
            }
            digest.finish()
        };
        assert_eq!(made(of_facts), of_facts);
        assert!(made(ROWS).starts_with(ROWS));
    }
}
