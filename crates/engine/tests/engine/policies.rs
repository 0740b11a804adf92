//! What the page says of policies and cases, sentence by sentence.

use engine::cases::Runner;
use engine::{RuleFiles, load_files};

const FACTS: &str = "variables:
  revenue: {label: {en: revenue}, subject: enterprise, type: money, period: year, sensitivity: public}
  rd: {label: {en: rd}, subject: enterprise, type: money, period: year, sensitivity: public}
  staff: {label: {en: staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
  since: {label: {en: since}, subject: enterprise, type: date, period: none, sensitivity: public}
  flag: {label: {en: flag}, subject: enterprise, type: boolean, period: none, sensitivity: public}
  ip_class1: {label: {en: ip}, subject: enterprise, type: integer, period: none, sensitivity: public}
  share: {label: {en: share}, subject: enterprise, type: ratio, period: year, sensitivity: public, formula: rd / revenue}
  principal: {label: {en: principal}, subject: loan, type: money, period: none, sensitivity: public}
  loan_staff: {label: {en: staff}, subject: loan, type: integer, period: none, sensitivity: public, formula: owner.staff}
";

fn head(id: &str, more: &str) -> String {
    format!(
        "policy: {id}\nname: {{en: {id}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2020-01-01, until: 2026-12-31}}\n\
         period: year\nchannel: filing\n{more}\n"
    )
}

/// Asserts that every case passes, and that there are so many.
fn passes(files: &[(&str, &str)], zone: Option<&str>, count: usize) {
    let all = [("cn/variables/v.yaml", FACTS)];
    let texts = all
        .iter()
        .chain(files)
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let (rulebook, found) = load_files(&RuleFiles::from_texts(texts), zone);
    let rulebook = rulebook.unwrap_or_else(|| panic!("{}", engine::render(&found)));
    let reports = Runner::new(&rulebook).run_all();
    let failed: Vec<String> = reports
        .iter()
        .filter(|report| !report.passes() && !report.doubtful)
        .map(|report| format!("{}: {:?}", report.name, report.differences))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(reports.len(), count);
}

#[test]
fn a_verdict_is_the_kleene_and_and_each_comparison_has_a_gap() {
    let policy = head("p", "")
        + "clauses:
  - {id: money, text: {en: c}, when: revenue >= yuan(100)}
  - {id: share, text: {en: c}, when: share > 1/3}
  - {id: people, text: {en: c}, when: staff <= 300}
  - {id: old, text: {en: c}, when: since < DATE '2024-01-01'}
  - {id: exact, text: {en: c}, when: staff <> 7}
  - {id: inside, text: {en: c}, when: staff BETWEEN 1 AND 1000}
benefit: {kind: subsidy, amount: rd * 0.1, parts: {half: amount / 2, days: as_of - since}, saves: amount * 0.25}
";
    let cases = "cases:
  - name: all true
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 50, staff: 300, since: 2023-12-31}
    expect: {verdict: eligible, amount: 5.00, saves: 1.25, failed: [], missing: [], gaps: {money: 0.00, share: 0.166667, people: 0, old: 1, exact: null, inside: null}, parts: {half: 2.50, days: 366}}
  - name: one fen, one person and one day either way
    source: own
    as_of: 2024-12-31
    given: {revenue: 99.99, rd: 33.33, staff: 301, since: 2024-01-01}
    expect: {verdict: ineligible, amount: 3.33, failed: [money, share, people, old], missing: [], gaps: {money: -0.01, share: 0, people: -1, old: 0}}
  - name: false and not known is false, and what is not known is still listed
    source: own
    as_of: 2024-12-31
    given: {revenue: 1, staff: 5, since: 2020-01-01}
    expect: {verdict: ineligible, amount: null, failed: [money], missing: [rd], gaps: {money: -99.00, share: null}}
  - name: the facts that keep an amount open are missing where nobody is ineligible
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, staff: 5}
    expect: {verdict: unknown, amount: null, failed: [], missing: [rd, since]}
  - name: half a fen goes up once
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 50.05, staff: 5, since: 2020-01-01}
    expect: {amount: 5.01, saves: 1.25}
  - name: the first day
    source: own
    as_of: 2020-01-01
    given: {}
    expect: {verdict: unknown}
  - name: the last day
    source: own
    as_of: 2026-12-31
    given: {}
    expect: {verdict: unknown}
  - name: the day before
    source: own
    as_of: 2019-12-31
    given: {revenue: 100}
    expect: {verdict: not_in_force, amount: null, saves: null, failed: [], missing: []}
  - name: the day after
    source: own
    as_of: 2027-01-01
    given: {revenue: 100}
    expect: {verdict: not_in_force, amount: null, failed: [], missing: []}
";
    passes(
        &[("cn/p.yaml", &policy), ("cn/p.cases.yaml", cases)],
        None,
        9,
    );
}

#[test]
fn two_generations_live_in_one_file() {
    let policy = head(
        "p",
        "year: [{from: 2020-01-01, until: 2022-12-31, is: previous}, {from: 2023-01-01, until: 2023-12-31, is: current}]",
    ) + "let: {big: revenue > yuan(1000)}
clauses:
  - {id: dated, text: {en: c}, when: [{from: 2020-01-01, until: 2021-12-31, is: revenue >= yuan(10)}, {from: 2022-01-01, until: 2023-12-31, is: revenue >= yuan(20)}]}
  - {id: young, text: {en: c}, from: 2022-01-01, until: 2022-12-31, when: flag}
  - {id: named, text: {en: c}, when: big OR flag OR NOT big}
benefit:
  kind: subsidy
  amount: [{from: 2020-01-01, until: 2022-12-31, is: yuan(1)}, {from: 2023-01-01, until: 2023-12-31, is: rd}]
";
    let cases = "cases:
  - {name: the first generation looks back a year, source: own, as_of: 2021-12-31, given: {revenue@2020: 10, revenue@2021: 1}, expect: {verdict: eligible, amount: 1.00, gaps: {dated: 0, named: null}}}
  - {name: a value without a year is that year's, source: own, as_of: 2021-12-31, given: {revenue: 10}, expect: {verdict: eligible, missing: []}}
  - {name: what it misses carries no year either, source: own, as_of: 2021-12-31, given: {}, expect: {verdict: unknown, missing: [flag, revenue]}}
  - {name: the second asks for a flag, source: own, as_of: 2022-06-30, given: {revenue: 20}, expect: {verdict: unknown, missing: [flag]}}
  - {name: the third does not, source: own, as_of: 2023-06-30, given: {revenue: 20, rd: 3}, expect: {verdict: eligible, amount: 3.00, missing: []}}
  - {name: outside all spans nothing counts and nothing is missing, source: own, as_of: 2024-06-30, given: {revenue: 1}, expect: {verdict: eligible, amount: null, saves: null, failed: [], missing: []}}
";
    passes(
        &[("cn/p.yaml", &policy), ("cn/p.cases.yaml", cases)],
        None,
        6,
    );
}

#[test]
fn policies_read_each_other_and_their_own_definitions() {
    let first = head("first", "")
        + "clauses: [{id: a, text: {en: a}, when: staff >= 10}]\nbenefit: {kind: subsidy, amount: revenue / 3}\n";
    let second = head("second", "")
        + "clauses:
  - {id: has, text: {en: a}, when: verdict('first') = 'eligible'}
  - {id: open, text: {en: a}, when: verdict('first') <> 'unknown'}
  - {id: worth, text: {en: a}, when: amount('first') >= yuan(33.33)}
  - {id: ip, text: {en: a}, when: ip_class1 >= 2}
benefit: {kind: title}
";
    let cases = "cases:
  - {name: the other amount is rounded, policy: second, source: own, as_of: 2024-12-31, given: {staff: 10, revenue: 100, ip_class1: 2}, expect: {verdict: eligible, gaps: {worth: 0.00, ip: 0}}}
  - {name: a verdict that is not known is the code unknown, policy: second, source: own, as_of: 2024-12-31, given: {revenue: 100, ip_class1: 2}, expect: {verdict: ineligible, failed: [has, open], missing: []}}
  - {name: an amount that is not known misses the facts under it, policy: second, source: own, as_of: 2024-12-31, given: {staff: 10, ip_class1: 2}, expect: {verdict: unknown, missing: [revenue]}}
  - {name: a definition of its own is read first, policy: second, source: own, as_of: 2024-12-31, given: {staff: 10, revenue: 100, ip_class1: 5, \"ip_class1[second]\": 1}, expect: {verdict: ineligible, failed: [ip]}}
  - {name: and another policy's is not read, policy: second, source: own, as_of: 2024-12-31, given: {staff: 10, revenue: 100, ip_class1: 5, \"ip_class1[first]\": 1}, expect: {verdict: eligible}}
  - {name: a title has no amount, policy: second, source: own, as_of: 2024-12-31, given: {staff: 10}, expect: {amount: null, saves: null, chosen: false}}
";
    passes(
        &[
            ("cn/first.yaml", &first),
            ("cn/second.yaml", &second),
            ("cn/all.cases.yaml", cases),
        ],
        None,
        6,
    );
}

#[test]
fn a_record_reads_its_owners_facts() {
    let policy = "policy: interest
name: {en: interest}
subject: loan
field: finance
in_force: {from: 2020-01-01}
period: year
clauses:
  - {id: small, text: {en: s}, when: principal <= yuan(1000)}
  - {id: young, text: {en: y}, when: staff < 10}
  - {id: same, text: {en: y}, when: owner.staff = loan_staff}
benefit: {kind: subsidy, amount: principal * 0.01}
";
    let cases = "cases:
  - {name: facts of both stand together, source: own, as_of: 2024-12-31, given: {principal: 1000, staff: 9}, expect: {verdict: eligible, amount: 10.00, missing: []}}
  - {name: the owner's is missing, source: own, as_of: 2024-12-31, given: {principal: 1000}, expect: {verdict: unknown, missing: [staff]}}
";
    passes(
        &[
            ("cn/interest.yaml", policy),
            ("cn/interest.cases.yaml", cases),
        ],
        None,
        2,
    );
}

#[test]
fn zones_add_and_override_and_cases_may_change_the_law() {
    let national = head("grant", "")
        + "clauses: [{id: a, text: {en: a}, when: staff >= p.staff_min}]\nbenefit: {kind: subsidy, amount: p.sum}\n";
    let local = head("west_grant", "overrides: grant")
        + "clauses: [{id: a, text: {en: a}, when: staff >= p.staff_min}]\nbenefit: {kind: subsidy, amount: 2 * p.sum}\n";
    let parameters = "parameters:
  staff_min: {type: integer, values: [{from: 2020-01-01, until: 2023-12-31, value: 10}, {from: 2024-01-01, value: 20}]}
  sum: {type: money, values: [{from: 2020-01-01, value: 1000.00}]}
";
    let cases = "cases:
  - {name: old law, policy: grant, source: own, as_of: 2023-12-31, given: {staff: 10}, expect: {verdict: eligible, amount: 1000.00}}
  - {name: new law, policy: grant, source: own, as_of: 2024-01-01, given: {staff: 10}, expect: {verdict: ineligible, gaps: {a: -10}}}
  - {name: changed for this case, policy: grant, source: own, as_of: 2024-01-01, set: {staff_min: 5, sum: 7.50}, given: {staff: 10}, expect: {verdict: eligible, amount: 7.50}}
  - {name: local, policy: grant, zone: west, source: own, as_of: 2024-01-01, given: {staff: 20}, expect: {verdict: eligible, amount: 2000.00}}
doubtful:
  - {name: nobody knows, policy: grant, source: own, as_of: 2024-01-01, given: {staff: 20}, expect: {verdict: ineligible}}
";
    let files: [(&str, &str); 4] = [
        ("cn/grant.yaml", &national),
        ("cn/p.yaml", parameters),
        ("zones/west/west_grant.yaml", &local),
        ("cn/grant.cases.yaml", cases),
    ];
    passes(&files, None, 4);
    passes(&files, Some("west"), 1);
}
