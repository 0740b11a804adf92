//! What cases cover, and settings in the place of parameters.

use super::{policy, rulebook, variables};
use crate::cases::{Runner, Unreachable};
use crate::judge::{SetError, read_setting};

const FACTS: &str = "staff integer year\n filed money year;blank: zero";

const PARAMETERS: &str = "
parameters:
  cap:
    label: {en: cap}
    type: integer
    values: [{from: 2020-01-01, value: 10, legal: {cite: a}}]
  bands:
    label: {en: bands}
    type: table
    columns: [integer, money]
    values: [{from: 2020-01-01, value: [[0, 1]], legal: {cite: a}}]
";

#[test]
fn states_that_no_case_has_seen_are_named_and_unreachable_ones_are_not() {
    let text = policy(
        "p",
        "few: staff <= p.cap\n none: filed = yuan(0)\n late: as_of >= DATE '2024-01-01'",
        "kind: subsidy, amount: 'step(staff, p.bands)'",
        "",
    );
    let cases = "
cases:
  - {name: a, source: own, as_of: 2024-06-30, given: {staff: 10}, expect: {verdict: eligible}}
  - {name: b, source: own, as_of: 2023-06-30, given: {filed: 1}, expect: {verdict: ineligible}}
";
    let facts = variables(FACTS);
    let files = [
        ("v.yaml", &*facts),
        ("q.yaml", PARAMETERS),
        ("p.yaml", &*text),
        ("p.cases.yaml", cases),
    ];
    let rulebook = rulebook(&files);
    let mut runner = Runner::new(&rulebook);
    assert!(
        runner
            .run_all()
            .iter()
            .all(crate::cases::CaseReport::passes)
    );
    let unseen: Vec<String> = runner
        .coverage()
        .unseen(&rulebook)
        .iter()
        .map(|unseen| format!("{} {}", unseen.clause, unseen.state))
        .collect();
    assert_eq!(unseen, ["few false"]);
    let states: Vec<_> = runner.coverage().of(&rulebook.policies["p"]).collect();
    assert_eq!(states[1].1.never_unknown, Some(Unreachable::BlankIsZero));
    assert_eq!(states[2].1.never_unknown, Some(Unreachable::NoFacts));
}

#[test]
fn a_setting_stands_in_every_case_that_does_not_set_it_itself() {
    let text = policy(
        "p",
        "few: staff <= p.cap",
        "kind: subsidy, amount: 'step(staff, p.bands)'",
        "",
    );
    let cases = "
cases:
  - {name: set from outside, source: own, as_of: 2024-06-30, given: {staff: 11}, expect: {verdict: eligible}}
  - {name: set by itself, source: own, as_of: 2024-06-30, set: {cap: 10}, given: {staff: 11}, expect: {verdict: ineligible}}
";
    let facts = variables(FACTS);
    let rulebook = rulebook(&[
        ("v.yaml", &facts),
        ("q.yaml", PARAMETERS),
        ("p.yaml", &text),
        ("p.cases.yaml", cases),
    ]);
    let mut runner = Runner::new(&rulebook);
    runner.settings([read_setting(&rulebook, "p.cap=11").unwrap()].into());
    for report in runner.run_all() {
        assert!(report.passes(), "{}: {:?}", report.name, report.differences);
    }
    let wrong = |setting| read_setting(&rulebook, setting).unwrap_err();
    assert_eq!(wrong("cap"), SetError::NotASetting("cap".to_owned()));
    assert!(
        matches!(wrong("cop=1"), SetError::Unknown { nearest: Some(near), .. } if near == "cap")
    );
    assert!(matches!(wrong("cap=1.5"), SetError::WrongType { .. }));
    assert!(matches!(
        wrong("bands=[[5, 1], [4, 2]]"),
        SetError::WrongType { .. }
    ));
    assert_eq!(
        read_setting(&rulebook, "bands=[[0, 1], [4, 2.5]]")
            .unwrap()
            .1
            .rows
            .len(),
        2
    );
}
