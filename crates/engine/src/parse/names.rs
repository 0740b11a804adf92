//! What a name in an expression is: a variable, a parameter, a `let`, the assessment date.

use datafusion::sql::sqlparser::ast::{AccessExpr, Expr as Sql, Ident, Subscript};

use super::Place;
use super::walk::Walk;
use crate::diagnostic::Diagnostic;
use crate::expression::{Expr, ExprKind, Type, VariableRef, When};
use crate::load::found::{nearest, suggestion};
use crate::rulebook::{ParameterType, PeriodKind};
use crate::source::Span;

/// A name as it is written, cut into its parts.
struct Written<'n> {
    /// `owner` or `p`, where there is one.
    prefix: Option<&'n str>,
    name: &'n str,
    definition: Option<&'n str>,
    span: Span,
}

impl Walk<'_> {
    /// The typed expression of an identifier.
    pub fn name(&self, sql: &Sql) -> Option<Expr> {
        let span = self.place(sql, 0);
        let Some(written) = written(sql, span) else {
            return self.refuse(
                "expression::refused",
                span,
                "this is no name of the rule language".to_owned(),
                "write NAME, p.PARAMETER, owner.NAME, NAME@2023, NAME@2025-08 or NAME[policy]",
            );
        };
        match written.prefix {
            Some("p") => self.parameter(&written),
            Some("owner") => self.variable(&written, true),
            Some(prefix) => self.refuse(
                "name::unknown",
                span,
                format!("`{prefix}.{}` is no name", written.name),
                "write NAME for a variable, p.NAME for a parameter, owner.NAME for the owner's",
            ),
            None => self.plain(&written),
        }
    }

    fn plain(&self, written: &Written<'_>) -> Option<Expr> {
        let simple = |kind, ty| {
            Some(Expr {
                kind,
                ty,
                span: written.span,
            })
        };
        if written.definition.is_none() {
            if let Some(named) = self.scope.lets.get(written.name) {
                return simple(ExprKind::Let(written.name.to_owned()), named.ty);
            }
            match (written.name, self.scope.place) {
                ("as_of", _) => return simple(ExprKind::AsOf, Type::Date),
                ("subject_id", _) => return simple(ExprKind::SubjectId, Type::Text),
                ("amount", Place::Saves | Place::Parts) => {
                    return simple(ExprKind::OwnAmount, Type::Money);
                }
                ("value", Place::ItemScore(Some(ty))) => {
                    return simple(ExprKind::ItemValue, ty);
                }
                ("weight", Place::ItemScore(_)) => {
                    return simple(ExprKind::ItemWeight, Type::Number);
                }
                _ => {}
            }
        }
        self.variable(written, false)
    }

    fn variable(&self, written: &Written<'_>, of_owner: bool) -> Option<Expr> {
        let (name, period) = split_period(written.name);
        let scope = self.scope;
        let Some((subject, of_owner, found)) = scope.names.variable(scope.subject, name, of_owner)
        else {
            return self.unknown(name, written.span);
        };
        let when = match period {
            None => When::Back(0),
            Some(text) => {
                let when = parse_when(text).filter(|when| fits_period(*when, found.period));
                let Some(when) = when else {
                    scope.found.push(
                        Diagnostic::error(
                            "name::period",
                            written.span,
                            format!("`{name}` has no value of its own for `{text}`"),
                        )
                        .also(
                            found.span,
                            format!("its period is {}", found.period.as_str()),
                        )
                        .help("a year is written x@2023, a month x@2025-08, a quarter x@2025-Q3"),
                    );
                    return None;
                };
                when
            }
        };
        let definition = written.definition.and_then(|id| scope.names.defining(id));
        if let (Some(definition), None) = (written.definition, definition) {
            return self.refuse(
                "name::unknown",
                written.span,
                format!("`{definition}` is no policy whose definition could be meant"),
                &suggestion(
                    definition,
                    scope.names.policies.keys().map(String::as_str),
                    || "write the id of a policy between the brackets".to_owned(),
                ),
            );
        }
        Some(Expr {
            kind: ExprKind::Variable(VariableRef {
                name: name.to_owned(),
                subject,
                of_owner,
                definition: definition.map(str::to_owned),
                when,
            }),
            ty: found.ty,
            span: written.span,
        })
    }

    fn unknown(&self, name: &str, span: Span) -> Option<Expr> {
        let scope = self.scope;
        let help = if name == "none" {
            "what is known to be absent is asked by `present(x)`".to_owned()
        } else if scope.names.parameters.contains_key(name) {
            format!("a parameter is written `p.{name}`")
        } else if name == "amount" {
            "`amount` may stand in `saves` and `parts`; another policy's is `amount('policy')`"
                .to_owned()
        } else {
            let known = scope
                .names
                .variables_of(scope.subject)
                .chain(scope.lets.keys().map(String::as_str))
                .chain(["as_of", "subject_id"]);
            suggestion(name, known, || {
                let elsewhere = scope
                    .names
                    .variables
                    .keys()
                    .find(|key| key.name == name)
                    .map(|key| key.subject.to_string());
                match elsewhere {
                    Some(other) => format!(
                        "it is a variable of {other}, and this rule reads those of {}",
                        scope.subject
                    ),
                    None => {
                        match nearest(name, scope.names.parameters.keys().map(String::as_str)) {
                            Some(parameter) => {
                                format!("did you mean the parameter `p.{parameter}`?")
                            }
                            None => "define it in a file with `variables:`".to_owned(),
                        }
                    }
                }
            })
        };
        self.refuse(
            "name::unknown",
            span,
            format!("there is no variable `{name}` of {}", scope.subject),
            &help,
        )
    }

    fn parameter(&self, written: &Written<'_>) -> Option<Expr> {
        let names = self.scope.names;
        let name = names.current(written.name);
        self.scope.found.use_parameter(name);
        let Some(parameter) = names.parameters.get(name) else {
            return self.refuse(
                "name::unknown",
                written.span,
                format!("there is no parameter `{name}`"),
                &suggestion(name, names.parameters.keys().map(String::as_str), || {
                    "define it in a file with `parameters:`".to_owned()
                }),
            );
        };
        match parameter.ty {
            ParameterType::Scalar(ty) => Some(Expr {
                kind: ExprKind::Parameter(name.to_owned()),
                ty,
                span: written.span,
            }),
            ParameterType::Table(..) => {
                self.scope.found.push(
                    Diagnostic::error(
                        "type::table",
                        written.span,
                        format!("`p.{name}` is a table, not a value"),
                    )
                    .also(parameter.span, "declared here")
                    .help(format!("look a value up in it: `step(x, p.{name})`")),
                );
                None
            }
        }
    }

    /// The table that the second argument of `step` names, with the types of its columns.
    pub fn table(&self, sql: &Sql) -> Option<(String, Type, Type)> {
        let span = self.place(sql, 0);
        let names = self.scope.names;
        let written = match sql {
            Sql::Identifier(_) | Sql::CompoundIdentifier(_) => written(sql, span),
            _ => None,
        };
        let Some(written) = written.filter(|w| matches!(w.prefix, None | Some("p"))) else {
            return self.refuse(
                "type::table",
                span,
                "the second argument is a table".to_owned(),
                "name a parameter of type table: `step(x, p.table)`",
            );
        };
        let name = names.current(written.name);
        self.scope.found.use_parameter(name);
        let Some(parameter) = names.parameters.get(name) else {
            return self.refuse(
                "name::unknown",
                span,
                format!("there is no table `{name}`"),
                &suggestion(name, names.parameters.keys().map(String::as_str), || {
                    "define a parameter of type table".to_owned()
                }),
            );
        };
        match parameter.ty {
            ParameterType::Table(from, value) => Some((name.to_owned(), from, value)),
            ParameterType::Scalar(ty) => {
                self.scope.found.push(
                    Diagnostic::error(
                        "type::table",
                        span,
                        format!("`p.{name}` is {ty}, a table is needed"),
                    )
                    .also(parameter.span, "declared here")
                    .help("declare it with `type: table` and `columns: [from, value]`"),
                );
                None
            }
        }
    }
}

/// The parts of a name; `None` for what is none.
fn written(sql: &Sql, span: Span) -> Option<Written<'_>> {
    match sql {
        Sql::Identifier(ident) => plain_ident(ident).map(|name| Written {
            prefix: None,
            name,
            definition: None,
            span,
        }),
        Sql::CompoundIdentifier(parts) => match parts.as_slice() {
            [prefix, name] => Some(Written {
                prefix: Some(plain_ident(prefix)?),
                name: plain_ident(name)?,
                definition: None,
                span,
            }),
            _ => None,
        },
        Sql::CompoundFieldAccess { root, access_chain } => {
            let mut base = written(root, span)?;
            for access in access_chain {
                match access {
                    AccessExpr::Dot(Sql::Identifier(name)) if base.prefix.is_none() => {
                        base.prefix = Some(base.name);
                        base.name = plain_ident(name)?;
                    }
                    AccessExpr::Subscript(Subscript::Index {
                        index: Sql::Identifier(name),
                    }) if base.definition.is_none() => {
                        base.definition = Some(plain_ident(name)?);
                    }
                    _ => return None,
                }
            }
            Some(base)
        }
        _ => None,
    }
}

fn plain_ident(ident: &Ident) -> Option<&str> {
    ident.quote_style.is_none().then_some(ident.value.as_str())
}

/// A name and the period after its `@`.
pub(crate) fn split_period(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((name, period)) => (name, Some(period)),
        None => (name, None),
    }
}

/// The period that `2023`, `2025-08`, `2025-Q3` mean; `_` may stand for `-`.
pub(crate) fn parse_when(text: &str) -> Option<When> {
    let text = text.replace('_', "-");
    let digits = |part: &str, count: usize| {
        (part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let (year, rest) = match text.split_once('-') {
        Some((year, rest)) => (year, Some(rest)),
        None => (text.as_str(), None),
    };
    let year = i32::try_from(digits(year, 4)?).ok()?;
    match rest {
        None => Some(When::Year(year)),
        Some(rest) => match rest.strip_prefix('Q') {
            Some(quarter) => digits(quarter, 1)
                .filter(|quarter| (1..=4).contains(quarter))
                .map(|quarter| When::Quarter(year, quarter)),
            None => digits(rest, 2)
                .filter(|month| (1..=12).contains(month))
                .map(|month| When::Month(year, month)),
        },
    }
}

/// Whether a variable of this period has values of that kind.
pub(crate) fn fits_period(when: When, period: PeriodKind) -> bool {
    match when {
        When::Back(_) => true,
        When::Year(_) => period == PeriodKind::Year,
        When::Month(..) => period == PeriodKind::Month,
        When::Quarter(..) => period == PeriodKind::Quarter,
    }
}
