//! The row-by-row judge against the plan over batches: both must say the same of any table.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::explain::{Language, Words, explain, to_markdown, to_text};
use engine::judge::{Exact, Judge, Population};
use engine::run::{Frame, Judged, Plan, Screening, judge};
use engine::subjects::text_table;
use engine::{RuleFiles, Rulebook, load_files, render};

/// Rows that are compared; explanations are long.
const ROWS_MAX: usize = 12;

/// The rulebook of these texts; what is wrong with them is written down.
pub fn rulebook(files: &[(&str, &str)]) -> Option<Rulebook> {
    let texts = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let (rulebook, found) = load_files(&RuleFiles::from_texts(texts), None);
    let said = render(&found);
    assert!(rulebook.is_some() || !said.is_empty(), "a refusal says why");
    rulebook
}

/// Judges every row of a table of texts in both ways, and explains it.
pub fn compare(
    rulebook: &Rulebook,
    as_of: NaiveDate,
    headers: &[String],
    columns: Vec<Vec<Option<String>>>,
) {
    let Ok(table) = text_table(headers, columns) else {
        return;
    };
    let screening = Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of,
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let Ok(frame) = Frame::of_schema(rulebook, &screening.subject, &table.schema()) else {
        return;
    };
    let rows = frame
        .read(&table, 0)
        .expect("texts can be read as any fact");
    let plan = Plan::new(Arc::new(screening.bind(&frame)), true);
    let everybody: Vec<_> = (0..table.num_rows()).map(|row| rows.facts(row)).collect();
    let population = Population::new(&plan.binding, &everybody);
    let judged = judge(&plan, &rows, Some(&population));
    for (row, facts) in everybody.iter().enumerate().take(ROWS_MAX) {
        let judge = Judge::among(&plan.binding, facts, &population);
        for (id, found) in plan.binding.selected.iter().zip(&judged) {
            same(&judge, id, found, row);
            let explained = explain(rulebook, &judge, id, &|_| None).expect("it is bound");
            let words = Words {
                language: Language::En,
                word: &str::to_owned,
            };
            let _ = (to_text(&explained, &words), to_markdown(&explained, &words));
        }
    }
}

fn same(judge: &Judge<'_>, id: &str, found: &Judged, row: usize) {
    let result = judge.policy(id).expect("it is bound");
    let place = || format!("{id} in row {row}");
    assert_eq!(found.verdict(row), result.verdict, "{}", place());
    if !found.in_force {
        return;
    }
    assert_eq!(
        found.amount.get(row),
        scaled(result.amount.as_ref(), 2),
        "{}",
        place()
    );
    let bound = judge.binding().policy(id).expect("it is bound");
    for (clause, result) in bound.clauses.iter().zip(&result.clauses) {
        let Some(gap) = clause.gap else { continue };
        let by_plan = found.gaps.iter().find(|(index, _)| *index == clause.index);
        let by_plan = by_plan.and_then(|(_, gaps)| gaps.get(row));
        let wanted = scaled(result.gap.as_ref(), gap.unit.places());
        assert_eq!(by_plan, wanted, "gap {} of {}", clause.id, place());
    }
}

/// A number in units of its last place; `None` where it does not fit 128 bits, as for the plan.
fn scaled(value: Option<&Exact>, places: u32) -> Option<i128> {
    let scale = Exact::from_integer(10_i128.pow(places));
    value.and_then(|value| (value * &scale).to_integer())
}
