//! Functions that read what scorecards and other policies give.

use datafusion::sql::sqlparser::ast::Expr as Sql;
use domain::SubjectKind;

use super::Place;
use super::calls::Call;
use super::walk::Walk;
use crate::diagnostic::Diagnostic;
use crate::expression::{CardPart, Expr, ExprKind, PolicyPart, Type};
use crate::load::found::suggestion;
use crate::rulebook::owner_of;
use crate::source::Span;

impl Walk<'_> {
    pub(super) fn card(&self, call: &Call<'_>, part: CardPart) -> Option<Expr> {
        let names = self.scope.names;
        let written = self.literal_text(call.arguments[0], "the id of a scorecard")?;
        let card = names.current(&written);
        let Some(known) = names.scorecards.get(card) else {
            return self.refuse(
                "name::unknown",
                self.leaf(call.arguments[0]),
                format!("there is no scorecard `{card}`"),
                &suggestion(card, names.scorecards.keys().map(String::as_str), || {
                    "write it in a file with `scorecard:`".to_owned()
                }),
            );
        };
        self.of_this_subject(call.arguments[0], card, &known.subject, known.span)?;
        if let CardPart::Item(item) = &part
            && !known.items.contains(item)
        {
            return self.refuse(
                "name::unknown",
                self.leaf(call.arguments[1]),
                format!("the scorecard `{card}` has no item `{item}`"),
                &suggestion(item, known.items.iter().map(String::as_str), || {
                    format!(
                        "it has {}",
                        crate::load::found::quoted(known.items.iter().map(String::as_str))
                    )
                }),
            );
        }
        let ty = match part {
            CardPart::Level => Type::Code,
            CardPart::Score | CardPart::Item(_) => Type::Number,
        };
        Some(Expr {
            kind: ExprKind::Card {
                card: card.to_owned(),
                part,
            },
            ty,
            span: call.span,
        })
    }

    pub(super) fn card_item(&self, call: &Call<'_>) -> Option<Expr> {
        let item = self.literal_text(call.arguments[1], "the id of an item")?;
        self.card(call, CardPart::Item(item))
    }

    /// What judges another kind of subject gives this one nothing; a record may ask for its owner's.
    fn of_this_subject(
        &self,
        named: &Sql,
        id: &str,
        subject: &SubjectKind,
        declared: Span,
    ) -> Option<()> {
        let own = self.scope.subject;
        if subject == own || owner_of(own).as_ref() == Some(subject) {
            return Some(());
        }
        self.scope.found.push(
            Diagnostic::error(
                "name::subject",
                self.leaf(named),
                format!("`{id}` judges {subject}, and this rule {own}"),
            )
            .also(declared, "it is written here")
            .help("ask for a rule of the same kind of subject, or of a record's owner"),
        );
        None
    }

    pub(super) fn policy(&self, call: &Call<'_>, part: PolicyPart) -> Option<Expr> {
        let names = self.scope.names;
        let written = self.literal_text(call.arguments[0], "the id of a policy")?;
        let policy = names.current(&written);
        let span = self.leaf(call.arguments[0]);
        let Some(known) = names.policies.get(policy) else {
            return self.refuse(
                "name::unknown",
                span,
                format!("there is no policy `{policy}`"),
                &suggestion(policy, names.policies.keys().map(String::as_str), || {
                    "write it in a file with `policy:`".to_owned()
                }),
            );
        };
        self.of_this_subject(call.arguments[0], policy, &known.subject, known.span)?;
        if part == PolicyPart::Chosen && self.scope.place != Place::Saves {
            return self.refuse(
                "policy::chosen",
                call.span,
                "what is chosen is known in `saves` only".to_owned(),
                "use `verdict('…') = 'eligible'` here, or move it into `saves`",
            );
        }
        if part == PolicyPart::Amount && !known.has_amount {
            self.scope.found.push(
                Diagnostic::error(
                    "policy::amount",
                    span,
                    format!("the policy `{policy}` has no amount"),
                )
                .also(known.span, "its benefit names none")
                .help("ask for its verdict, or give it an amount"),
            );
            return None;
        }
        let ty = match part {
            PolicyPart::Amount => Type::Money,
            PolicyPart::Verdict => Type::Code,
            PolicyPart::Chosen => Type::Boolean,
        };
        Some(Expr {
            kind: ExprKind::Policy {
                policy: policy.to_owned(),
                part,
            },
            ty,
            span: call.span,
        })
    }
}
