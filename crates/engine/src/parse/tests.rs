//! Tests of expressions: what is accepted, how it is typed, what is refused where.

use proptest::prelude::*;

use crate::Diagnostic;
use crate::expression::{Expr, ExprKind, Type, When};
use crate::load::{RuleFiles, load_files};

const VARIABLES: &str = "variables:
  revenue: {subject: enterprise, type: money, period: year}
  cost: {subject: enterprise, type: money, period: year}
  staff: {subject: enterprise, type: integer, period: year}
  share: {subject: enterprise, type: ratio}
  started_on: {subject: enterprise, type: date}
  listed: {subject: enterprise, type: boolean}
  output: {subject: enterprise, type: money, period: month}
  size: {subject: enterprise, type: code, values: {big: {zh: 大}, small: {zh: 小}}}
  industry_code: {subject: enterprise, type: code}
";

const PARAMETERS: &str = "parameters:
  floor: {type: ratio, values: [{from: 2020-01-01, value: 2/3}]}
  steps: {type: table, columns: [ratio, number], values: [{from: 2020-01-01, value: [[0, 1], [0.5, 2]]}]}
";

fn parse(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
    let light = format!(
        "light: l\nsubject: enterprise\nlet: {{x: \"{quoted}\"}}\naspects: [{{id: a, red: listed}}]\n"
    );
    let files = [
        ("v.yaml", VARIABLES),
        ("p.yaml", PARAMETERS),
        ("l.yaml", &light),
    ];
    let files = RuleFiles::from_texts(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let (rulebook, diagnostics) = load_files(&files, None);
    match rulebook {
        Some(rulebook) => Ok(rulebook.lights["l"].lets["x"].clone()),
        None => Err(diagnostics),
    }
}

fn type_of(text: &str) -> Type {
    match parse(text) {
        Ok(expr) => expr.ty,
        Err(diagnostics) => panic!("{text}\n{}", crate::render(&diagnostics)),
    }
}

fn code_of(text: &str) -> &'static str {
    match parse(text) {
        Ok(expr) => panic!("{text} is {}", expr.ty),
        Err(diagnostics) => diagnostics[0].code,
    }
}

#[test]
fn units_follow_the_operators() {
    for (text, ty) in [
        ("revenue / cost", Type::Ratio),
        ("revenue * 0.1", Type::Money),
        ("revenue / staff", Type::Money),
        ("revenue - cost", Type::Money),
        ("staff / 3", Type::Ratio),
        ("staff + 1", Type::Integer),
        ("as_of - started_on", Type::Days),
        ("as_of - 30", Type::Date),
        ("as_of - started_on >= 365", Type::Boolean),
        ("growth(revenue)", Type::Ratio),
        ("sum_last(revenue, 3)", Type::Money),
        ("step(share, p.steps)", Type::Number),
        ("step_after(revenue / cost, p.steps)", Type::Number),
        ("round(revenue / 3, 2)", Type::Money),
        ("least(revenue, wan(500))", Type::Money),
        ("CASE WHEN listed THEN 'big' ELSE 'small' END", Type::Text),
        ("CASE size WHEN 'big' THEN 1 ELSE 0.5 END", Type::Number),
        ("size IN ('big', 'small')", Type::Boolean),
        ("share BETWEEN 0 AND p.floor", Type::Boolean),
        ("at_least(1, listed, staff > 3)", Type::Boolean),
        ("industry_in('C', 'I65')", Type::Boolean),
        ("output@2025-08 > yuan(1)", Type::Boolean),
        ("revenue@2023", Type::Money),
        ("NOT listed AND present(started_on)", Type::Boolean),
        ("year_of(started_on) >= year_of(as_of) - 2", Type::Boolean),
        (
            "add_months(started_on, 12) <= DATE '2024-02-29'",
            Type::Boolean,
        ),
        ("months_running(output > yuan(1)) >= 3", Type::Boolean),
        ("LEAST(staff, 3)", Type::Integer),
    ] {
        assert_eq!(type_of(text), ty, "{text}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_its_kind() {
    for (text, code) in [
        ("revenue + share", "unit::mismatch"),
        ("revenue > 5000000", "unit::mismatch"),
        ("revenue * cost", "unit::mismatch"),
        ("share / revenue", "unit::mismatch"),
        ("least(revenue, 1)", "unit::mismatch"),
        ("started_on > '2024-01-01'", "unit::mismatch"),
        ("listed AND staff", "type::condition"),
        ("size < 'big'", "type::order"),
        ("size = 'medium'", "name::code"),
        ("revenu > yuan(1)", "name::unknown"),
        ("p.flor", "name::unknown"),
        ("p.steps", "type::table"),
        ("step(revenue, p.steps)", "unit::mismatch"),
        ("coalesce(staff, 0)", "function::unknown"),
        ("staff IS NULL", "expression::refused"),
        ("sum(staff)", "function::unknown"),
        ("count(*)", "function::unknown"),
        ("random()", "function::unknown"),
        ("now()", "function::unknown"),
        ("CURRENT_DATE", "function::unknown"),
        ("(SELECT 1)", "expression::refused"),
        ("staff IN (SELECT 1)", "expression::refused"),
        ("EXISTS (SELECT 1)", "expression::refused"),
        ("size LIKE 'b%'", "expression::refused"),
        ("CAST(staff AS INT)", "expression::refused"),
        ("staff % 2 = 0", "expression::refused"),
        ("staff > ", "expression::syntax"),
        ("staff 3", "expression::syntax"),
        ("'open", "expression::syntax"),
        ("staff --3", "expression::comment"),
        ("prior(share, 1)", "function::period"),
        ("prior(revenue, staff)", "function::arguments"),
        ("present(staff + 1)", "type::argument"),
        ("0.1234567890123", "form::number"),
        ("revenue@2025-08", "name::period"),
        ("CASE WHEN listed THEN revenue ELSE 0 END", "type::case"),
        ("amount('nobody')", "name::unknown"),
        ("chosen('nobody')", "name::unknown"),
        ("score('nobody')", "name::unknown"),
        ("DATE '2024-13-01'", "expression::date"),
        ("staff = NULL", "unit::mismatch"),
        ("sum(staff) OVER ()", "function::unknown"),
    ] {
        assert_eq!(code_of(text), code, "{text}");
    }
}

#[test]
fn prior_becomes_a_shift_that_adds_up() {
    let expr = parse("prior(prior(revenue, 1), 2)").unwrap();
    match expr.kind {
        ExprKind::Variable(variable) => assert_eq!(variable.when, When::Back(3)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn chains_are_flat_lists() {
    let expr = parse("listed AND staff > 1 AND listed").unwrap();
    match expr.kind {
        ExprKind::And(all) => assert_eq!(all.len(), 3),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mistake_is_shown_inside_the_expression() {
    let diagnostics = parse("staff > 3 AND revenu > yuan(1)").unwrap_err();
    assert_eq!(diagnostics.len(), 1);
    let line = "let: {x: \"staff > 3 AND ";
    assert_eq!(diagnostics[0].position(), (3, line.len() + 1));
    assert_eq!(
        diagnostics[0].help.as_deref(),
        Some("did you mean `revenue`?")
    );
}

#[test]
fn an_expression_of_too_many_words_is_refused() {
    assert_eq!(
        code_of(&vec!["staff"; 5_000].join(" + ")),
        "expression::size"
    );
}

#[test]
fn a_long_sum_is_refused_not_fatal() {
    assert_eq!(code_of(&vec!["staff"; 900].join(" + ")), "expression::size");
}

#[test]
fn a_long_chain_of_conditions_is_read() {
    assert_eq!(type_of(&vec!["listed"; 900].join(" AND ")), Type::Boolean);
}

#[test]
fn deep_brackets_are_refused_not_fatal() {
    let deep = format!("{}staff{}", "(".repeat(300), ")".repeat(300));
    assert_eq!(code_of(&deep), "expression::size");
}

#[test]
fn many_negations_are_refused_not_fatal() {
    let negations = format!("{}listed", "NOT ".repeat(300));
    assert_eq!(code_of(&negations), "expression::size");
}

#[test]
fn deep_cases_and_calls_are_refused_not_fatal() {
    let calls = format!("{}staff{}", "abs(".repeat(300), ")".repeat(300));
    assert_eq!(code_of(&calls), "expression::size");
    let cases = format!(
        "{}staff{}",
        "CASE WHEN listed THEN ".repeat(200),
        " END".repeat(200)
    );
    assert_eq!(code_of(&cases), "expression::size");
}

#[test]
fn deep_types_and_intervals_are_refused_not_fatal() {
    let arrays = format!("CAST(staff AS {}INT", "ARRAY<".repeat(900));
    assert_eq!(code_of(&arrays), "expression::size");
    let structs = format!("staff::{}INT", "STRUCT< a ".repeat(400));
    assert_eq!(code_of(&structs), "expression::size");
    let intervals = format!("{}'1'", "INTERVAL ".repeat(1_900));
    assert_eq!(code_of(&intervals), "expression::size");
}

#[test]
fn moderate_nesting_is_read() {
    let deep = format!("{}staff{}", "(".repeat(16), ")".repeat(16));
    assert_eq!(type_of(&deep), Type::Integer);
    let calls = format!("{}staff{}", "abs(".repeat(16), ")".repeat(16));
    assert_eq!(type_of(&calls), Type::Integer);
    let cases = format!(
        "{}staff{}",
        "CASE WHEN listed THEN ".repeat(16),
        " END".repeat(16)
    );
    assert_eq!(type_of(&cases), Type::Integer);
    let negations = format!("{}listed", "NOT ".repeat(16));
    assert_eq!(type_of(&negations), Type::Boolean);
}

#[test]
fn names_that_double_each_other_are_not_written_out() {
    use std::fmt::Write as _;
    let mut light = "light: l\nsubject: enterprise\nlet:\n  x0: revenue + revenue\n".to_owned();
    for n in 1..60 {
        writeln!(light, "  x{n}: x{m} + x{m}", m = n - 1).unwrap();
    }
    let shifted = format!("{light}  y: prior(x59, 1)\naspects: [{{id: a, red: listed}}]\n");
    let plain = format!("{light}aspects: [{{id: a, red: x59 > yuan(1)}}]\n");
    for light in [shifted, plain] {
        let files = [("v.yaml", VARIABLES), ("l.yaml", light.as_str())];
        let files =
            RuleFiles::from_texts(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
        let (_, diagnostics) = load_files(&files, None);
        assert_eq!(diagnostics[0].code, "expression::size");
    }
}

#[test]
fn periods_of_periods_are_counted() {
    assert_eq!(type_of("sum_last(avg_last(output, 12), 600)"), Type::Money);
    let cube = "sum_last(sum_last(sum_last(output, 600), 600), 600)";
    assert_eq!(code_of(cube), "expression::size");
    assert_eq!(
        code_of("months_running(sum_last(output, 600) > yuan(1))"),
        "expression::size"
    );
}

#[test]
fn a_long_chain_of_names_is_refused_not_fatal() {
    use std::fmt::Write as _;
    let mut light = "light: l\nsubject: enterprise\nlet:\n".to_owned();
    for n in 1..1_500 {
        writeln!(light, "  x{m}: abs(x{n})", m = n - 1).unwrap();
    }
    light.push_str("  x1499: staff\naspects: [{id: a, red: x0 > 1}]\n");
    let files = [("v.yaml", VARIABLES), ("l.yaml", light.as_str())];
    let files = RuleFiles::from_texts(files.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let (_, diagnostics) = load_files(&files, None);
    let deep = diagnostics.iter().filter(|d| d.code == "expression::size");
    assert_eq!(deep.count(), 1, "{}", crate::render(&diagnostics[..3]));
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "staff",
        "revenue",
        "size",
        "listed",
        "p.floor",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        ">=",
        "=",
        "AND",
        "OR",
        "NOT",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "IN",
        "BETWEEN",
        "'a'",
        "1",
        "0.5",
        ",",
        "prior(",
        "step(",
        "yuan(",
        "at_least(",
        "[",
        "]",
        "@2024",
        "DATE",
        "NULL",
        "IS",
        ".",
        "::",
        "||",
        "营业",
        "\"",
        "'",
        "x -> x",
        "{",
        "}",
        "INTERVAL '1' DAY",
        "ARRAY[1]",
        "?",
        "$1",
        "#",
        "--",
        "/*",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_words_are_read_or_refused_without_a_panic(text in words()) {
        if let Err(diagnostics) = parse(&text) {
            prop_assert!(!diagnostics.is_empty());
            crate::render(&diagnostics);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[^\\x00-\\x1f\\x7f]{0,60}") {
        if let Err(diagnostics) = parse(&text) {
            crate::render(&diagnostics);
        }
    }
}
