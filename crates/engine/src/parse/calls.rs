//! Calls of functions: which there are, how many arguments they take, of which types.

use datafusion::sql::sqlparser::ast::{
    Expr as Sql, Function as SqlFunction, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::walk::Walk;
use crate::check::types;
use crate::diagnostic::Diagnostic;
use crate::expression::{
    CardPart, Expr, ExprKind, Function, Literal, PolicyPart, TableRef, Type, VariableRef, When,
    WindowFunction,
};
use crate::functions;
use crate::load::found::suggestion;
use crate::source::Span;

/// A call with its arguments not yet read.
pub(super) struct Call<'c> {
    pub name: String,
    pub arguments: Vec<&'c Sql>,
    pub span: Span,
    pub depth: usize,
}

impl Walk<'_> {
    /// The typed expression of a call.
    pub fn call(&self, function: &SqlFunction, depth: usize) -> Option<Expr> {
        let name = function.name.to_string();
        let range = self.text.call(self.text.range(
            datafusion::sql::sqlparser::ast::Spanned::span(&function.name),
        ));
        let span = self.text.span(range.0, range.1);
        let arguments = self.arguments(function, &name, span)?;
        let call = Call {
            name: name.to_lowercase(),
            arguments,
            span,
            depth,
        };
        self.count_fits(&call)?;
        match call.name.as_str() {
            "prior" => self.prior(&call),
            "sum_last" => self.window(&call, WindowFunction::Sum),
            "avg_last" => self.window(&call, WindowFunction::Average),
            "min_last" => self.window(&call, WindowFunction::Least),
            "max_last" => self.window(&call, WindowFunction::Greatest),
            "growth" | "compound_growth" => self.growth(&call),
            "present" => self.present(&call),
            "step" | "step_after" => self.step(&call),
            "industry_in" => self.prefix_in(&call, "industry_code"),
            "region_in" => self.prefix_in(&call, "region_code"),
            "score" => self.card(&call, CardPart::Score),
            "level" => self.card(&call, CardPart::Level),
            "item" => self.card_item(&call),
            "amount" => self.policy(&call, PolicyPart::Amount),
            "verdict" => self.policy(&call, PolicyPart::Verdict),
            "chosen" => self.policy(&call, PolicyPart::Chosen),
            "months_running" => self.months_running(&call),
            "yuan" => self.money(&call, 1, true),
            "wan" => self.money(&call, 10_000, true),
            "yi" => self.money(&call, 100_000_000, true),
            "money" => self.money(&call, 1, false),
            "round" => self.round(&call),
            "abs" => self.values(&call, Function::Abs),
            "least" => self.values(&call, Function::Least),
            "greatest" => self.values(&call, Function::Greatest),
            "at_least" => self.values(&call, Function::AtLeast),
            "years_since" => self.values(&call, Function::YearsSince),
            "months_since" => self.values(&call, Function::MonthsSince),
            "year_of" => self.values(&call, Function::YearOf),
            "month_of" => self.values(&call, Function::MonthOf),
            "add_months" => self.values(&call, Function::AddMonths),
            _ => self.unknown_function(&call),
        }
    }

    fn arguments<'c>(
        &self,
        function: &'c SqlFunction,
        name: &str,
        span: Span,
    ) -> Option<Vec<&'c Sql>> {
        let plain = function.filter.is_none()
            && function.over.is_none()
            && function.null_treatment.is_none()
            && function.within_group.is_empty()
            && matches!(function.parameters, FunctionArguments::None);
        let arguments = match &function.args {
            FunctionArguments::List(list)
                if plain && list.duplicate_treatment.is_none() && list.clauses.is_empty() =>
            {
                list.args
                    .iter()
                    .map(|argument| match argument {
                        FunctionArg::Unnamed(FunctionArgExpr::Expr(sql)) => Some(sql),
                        _ => None,
                    })
                    .collect()
            }
            FunctionArguments::None if plain => Some(Vec::new()),
            _ => None,
        };
        if arguments.is_none() && functions::by_name(&name.to_lowercase()).is_none() {
            return self.unknown_function(&Call {
                name: name.to_lowercase(),
                arguments: Vec::new(),
                span,
                depth: 0,
            });
        }
        arguments.or_else(|| {
            self.refuse(
                "expression::refused",
                span,
                format!("`{name}` takes plain arguments only"),
                "write NAME(a, b, …)",
            )
        })
    }

    fn count_fits(&self, call: &Call<'_>) -> Option<()> {
        let Some(function) = functions::by_name(&call.name) else {
            return Some(());
        };
        let given = call.arguments.len();
        let most = function.arguments_max.unwrap_or(usize::MAX);
        if given >= function.arguments_min && given <= most {
            return Some(());
        }
        self.refuse(
            "function::arguments",
            call.span,
            format!("`{}` does not take {given} arguments", call.name),
            &format!("write `{}`", function.signature),
        )
    }

    fn unknown_function<T>(&self, call: &Call<'_>) -> Option<T> {
        let help = functions::refused(&call.name).map_or_else(
            || {
                suggestion(&call.name, functions::names(), || {
                    format!(
                        "there are {}",
                        crate::load::found::quoted(functions::names())
                    )
                })
            },
            str::to_owned,
        );
        self.refuse(
            "function::unknown",
            call.span,
            format!("there is no function `{}`", call.name),
            &help,
        )
    }

    fn typed(&self, call: &Call<'_>) -> Option<Vec<Expr>> {
        let typed: Vec<Option<Expr>> = call
            .arguments
            .iter()
            .map(|argument| self.expr(argument, call.depth))
            .collect();
        typed.into_iter().collect()
    }

    fn values(&self, call: &Call<'_>, function: Function) -> Option<Expr> {
        let arguments = self.typed(call)?;
        types::call(function, &call.name, arguments, call.span, self.scope)
    }

    fn round(&self, call: &Call<'_>) -> Option<Expr> {
        let places = match call.arguments.get(1) {
            Some(places) => self.literal_count(places, 12, "decimals")?,
            None => 0,
        };
        let value = self.expr(call.arguments[0], call.depth)?;
        types::call(
            Function::Round { places },
            &call.name,
            vec![value],
            call.span,
            self.scope,
        )
    }

    /// A whole number that is written, from 0 to `most`.
    pub(super) fn literal_count(&self, sql: &Sql, most: u32, what: &str) -> Option<u32> {
        let count = match sql {
            Sql::Value(value) => match &value.value {
                Value::Number(text, false) => text.parse::<u32>().ok(),
                _ => None,
            },
            _ => None,
        };
        count.filter(|count| *count <= most).or_else(|| {
            self.refuse(
                "function::arguments",
                self.leaf(sql),
                format!("the number of {what} is written as a whole number up to {most}"),
                "write it as digits",
            )
        })
    }

    fn present(&self, call: &Call<'_>) -> Option<Expr> {
        let inner = self.expr(call.arguments[0], call.depth)?;
        let inner = self.without_lets(inner)?;
        if !matches!(inner.kind, ExprKind::Variable(_)) {
            return self.refuse(
                "type::argument",
                inner.span,
                "`present` asks whether a fact is `none`, so it takes a variable".to_owned(),
                "name one variable between the brackets",
            );
        }
        Some(Expr {
            kind: ExprKind::Present(Box::new(inner)),
            ty: Type::Boolean,
            span: call.span,
        })
    }

    fn step(&self, call: &Call<'_>) -> Option<Expr> {
        let value = self.expr(call.arguments[0], call.depth);
        let table = self.table(call.arguments[1]);
        let (value, (table, from, result)) = (value?, table?);
        if !types::comparable(value.ty, from) {
            let declared = self.scope.names.parameters.get(&table).map(|p| p.span);
            let mut diagnostic = Diagnostic::error(
                "unit::mismatch",
                value.span,
                format!(
                    "{} is looked up in a table that begins with {from}",
                    value.ty
                ),
            )
            .label(value.ty.as_str());
            if let Some(declared) = declared {
                diagnostic = diagnostic.also(declared, format!("`columns: [{from}, …]`"));
            }
            self.scope
                .found
                .push(diagnostic.help("look up a value of the type of the table's first column"));
            return None;
        }
        Some(Expr {
            kind: ExprKind::Step {
                value: Box::new(value),
                table: TableRef::Parameter(table),
                after: call.name == "step_after",
            },
            ty: result,
            span: call.span,
        })
    }

    fn prefix_in(&self, call: &Call<'_>, variable: &str) -> Option<Expr> {
        let prefixes: Vec<Option<String>> = call
            .arguments
            .iter()
            .map(|argument| self.literal_text(argument, "a prefix"))
            .collect();
        let prefixes = prefixes.into_iter().collect::<Option<Vec<_>>>()?;
        let names = self.scope.names;
        let Some((subject, of_owner, found)) = names.variable(self.scope.subject, variable, false)
        else {
            return self.refuse(
                "name::unknown",
                call.span,
                format!(
                    "`{}` reads `{variable}`, which is no variable of {}",
                    call.name, self.scope.subject
                ),
                &format!("define `{variable}` in a file with `variables:`"),
            );
        };
        let code = Expr {
            kind: ExprKind::Variable(VariableRef {
                name: variable.to_owned(),
                subject,
                of_owner,
                definition: None,
                when: When::Back(0),
            }),
            ty: found.ty,
            span: call.span,
        };
        Some(Expr {
            kind: ExprKind::PrefixIn {
                code: Box::new(code),
                prefixes,
            },
            ty: Type::Boolean,
            span: call.span,
        })
    }

    pub(super) fn literal_text(&self, sql: &Sql, what: &str) -> Option<String> {
        if let Sql::Value(value) = sql
            && let Value::SingleQuotedString(text) = &value.value
        {
            return Some(text.clone());
        }
        self.refuse(
            "function::arguments",
            self.leaf(sql),
            format!("{what} is written as a text"),
            "write it between ' signs",
        )
    }

    fn months_running(&self, call: &Call<'_>) -> Option<Expr> {
        let condition = self.expr(call.arguments[0], call.depth)?;
        let condition = types::condition(self.without_lets(condition)?, self.scope)?;
        Some(Expr {
            kind: ExprKind::MonthsRunning(Box::new(condition)),
            ty: Type::Integer,
            span: call.span,
        })
    }

    fn money(&self, call: &Call<'_>, factor: i64, of_yuan: bool) -> Option<Expr> {
        let inner = self.expr(call.arguments[0], call.depth)?;
        let currency = self.scope.names.currency.as_str();
        if of_yuan && currency != "CNY" {
            return self.refuse(
                "unit::currency",
                call.span,
                format!(
                    "`{}` is yuan, and this rulebook is in {currency}",
                    call.name
                ),
                "write `money(…)`",
            );
        }
        if !inner.ty.is_plain_number() {
            return self.refuse(
                "type::argument",
                inner.span,
                format!("`{}` takes a plain number, this is {}", call.name, inner.ty),
                "write the number of units between the brackets",
            );
        }
        let kind = match inner.kind {
            ExprKind::Literal(Literal::Number(number)) => ExprKind::Literal(Literal::Money(
                number * BigRational::from_integer(BigInt::from(factor)),
            )),
            kind => ExprKind::Call {
                function: Function::ToMoney { factor },
                arguments: vec![Expr { kind, ..inner }],
            },
        };
        if let ExprKind::Literal(Literal::Money(amount)) = &kind
            && amount
                .to_i128()
                .is_none_or(|units| units.abs() > 90_000_000_000_000)
        {
            return self.refuse(
                "unit::range",
                call.span,
                "this is more money than any fact may be".to_owned(),
                "amounts go up to 90,000,000,000,000",
            );
        }
        Some(Expr {
            kind,
            ty: Type::Money,
            span: call.span,
        })
    }
}
