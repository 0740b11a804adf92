//! The functions of the rule language: one table for the parser, the reference and editors.

mod table;

pub use table::FUNCTIONS;

/// A function of the rule language, as the reference describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionDoc {
    /// Its name.
    pub name: &'static str,
    /// How it is written, with its arguments.
    pub signature: &'static str,
    /// The fewest arguments.
    pub arguments_min: usize,
    /// The most arguments; `None`: any number.
    pub arguments_max: Option<usize>,
    /// What it gives.
    pub what: &'static str,
    /// When it gives NULL.
    pub null: &'static str,
    /// Types and units of arguments and result.
    pub units: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
    /// Where its meaning comes from.
    pub source: &'static str,
}

/// The function of this name, in lower case.
pub fn by_name(name: &str) -> Option<&'static FunctionDoc> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// All names, in the order of the reference.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// What to write instead of a function that other languages have.
pub(crate) fn refused(name: &str) -> Option<&'static str> {
    Some(match name {
        "coalesce" | "ifnull" | "nvl" | "nullif" | "isnull" | "nvl2" | "zeroifnull" => {
            "it would turn what is not known into a value; where an empty cell of the form is nought, the \
             variable says `blank: zero`"
        }
        "now" | "current_date" | "current_timestamp" | "current_time" | "today" | "getdate"
        | "localtime" | "localtimestamp" => "the assessment date is `as_of`",
        "random" | "rand" | "uuid" | "gen_random_uuid" => {
            "a rule gives the same answer every time; nothing random"
        }
        "sum" | "avg" | "mean" | "count" | "median" | "stddev" | "var" => {
            "a rule reads one subject; over its own years there are `sum_last`, `avg_last`, `min_last`, \
             `max_last`; over many subjects there are indicators"
        }
        "min" => "the smallest of several values is `least(a, b)`, over periods `min_last(x, n)`",
        "max" => {
            "the greatest of several values is `greatest(a, b)`, over periods `max_last(x, n)`"
        }
        "if" | "iif" | "decode" => "write CASE WHEN … THEN … ELSE … END",
        "year" => "write `year_of(d)`",
        "month" => "write `month_of(d)`",
        "floor" | "ceil" | "ceiling" | "trunc" => {
            "there is `round(x, places)`, half away from zero"
        }
        "pow" | "power" | "sqrt" | "exp" | "ln" | "log" => {
            "rules calculate exactly; for growth over years there is `compound_growth(x, n)`"
        }
        _ => return None,
    })
}

/// The reference of the rule language's functions, as Markdown.
pub fn reference() -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "# Functions of the rule language\n\n\
         Beside these there are `+ - * /`, `= <> < <= > >=`, `AND OR NOT`, `CASE`, `IN` and `BETWEEN`.\n\
         NULL means *not known*; `none` is what is known to be absent.\n\n",
    );
    for function in FUNCTIONS {
        let FunctionDoc {
            name,
            signature,
            what,
            null,
            units,
            example,
            source,
            ..
        } = function;
        write!(
            out,
            "## `{name}`\n\n`{signature}`\n\n**What** {what}\n\n**Null** {null}\n\n**Units** {units}\n\n\
             **Example** `{example}`\n\n**Source** {source}\n\n"
        )
        .expect("writing to a String cannot fail");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/reference.md");
        let wanted = reference();
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == wanted,
            "src/reference.md is stale: run the tests once with UPDATE_GENERATED=1"
        );
    }

    #[test]
    fn every_function_is_named_once() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| refused(name).is_none()));
    }
}
