//! Commands about the rulebook itself: what nobody has checked, and near misses in figures.

use std::process::Command;

const VARIABLES: &str = "\
variables:
  revenue: {label: {zh: 营业收入, en: Revenue}, subject: enterprise, type: money, period: none, sensitivity: public}
  staff: {label: {zh: 职工人数, en: Staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
";

const PARAMETERS: &str = "\
parameters:
  staff_max:
    label: {zh: 人数上限, en: Staff at most}
    type: integer
    values: [{from: 2000-01-01, value: 300, legal: {cite: A law}, checked: 2024-05-01}]
  reward_share:
    label: {zh: 奖励比例, en: Share of the reward}
    type: ratio
    values: [{from: 2000-01-01, value: 0.10, legal: {cite: A law}, checked: 2025-06-01}]
";

const POLICY: &str = "\
policy: reward
name: {zh: 高收入奖励, en: Reward of revenue}
subject: enterprise
field: other
in_force: {from: 2000-01-01}
period: year
verified: false
benefit: {kind: subsidy, amount: revenue * p.reward_share}
clauses:
  - {id: large, text: {zh: 收入够大, en: Large}, when: revenue >= yuan(1000)}
  - {id: small, text: {zh: 人数不多, en: Small}, when: staff <= p.staff_max}
";

/// One that has all, one that falls a fen short, one of which a fact is not known.
const FIRMS: &str = "subject_id,revenue,staff\nA,600000.00,10\nB,999.99,10\nC,80071992547409.93,\n";

/// Runs a command beside a rulebook and a table of firms: its exit code, and what it says.
fn guanjia(language: &str, firms: &str, words: &[&str]) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    let rules = dir.path().join("rules");
    std::fs::create_dir_all(rules.join("policies/other")).unwrap();
    std::fs::write(rules.join("variables.yaml"), VARIABLES).unwrap();
    std::fs::write(rules.join("parameters.yaml"), PARAMETERS).unwrap();
    std::fs::write(rules.join("policies/other/reward.yaml"), POLICY).unwrap();
    std::fs::write(dir.path().join("firms.csv"), firms).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_guanjia"))
        .args(words)
        .args(["--rulebook", "rules", "--as-of", "2025-12-31"])
        .current_dir(dir.path())
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", language)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

const CHINESE: &str = "zh_CN.UTF-8";
const JSON: [&str; 2] = ["--format", "json"];

#[test]
fn what_is_stale_is_named() {
    let words = ["rulebook", "stale", "--before", "2025-01-01"];
    let (code, said) = guanjia(CHINESE, FIRMS, &words);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(said, @r#"
    parameter  staff_max  人数上限  2024-05-01
    policy  reward  高收入奖励  从未核对  未核实
    自 2025-01-01 以来未核对：2 项
    "#);
    let (_, said) = guanjia("en_GB.UTF-8", FIRMS, &words);
    insta::assert_snapshot!(said, @r#"
    parameter  staff_max  Staff at most  2024-05-01
    policy  reward  Reward of revenue  never checked  not verified
    not checked since 2025-01-01: 2
    "#);
    let (_, said) = guanjia(CHINESE, FIRMS, &[&words[..], &JSON].concat());
    insta::assert_snapshot!(said, @r#"
    [
      {
        "kind": "parameter",
        "id": "staff_max",
        "name": {
          "zh": "人数上限",
          "en": "Staff at most"
        },
        "checked": "2024-05-01",
        "verified": true
      },
      {
        "kind": "policy",
        "id": "reward",
        "name": {
          "zh": "高收入奖励",
          "en": "Reward of revenue"
        },
        "checked": null,
        "verified": false
      }
    ]
    "#);
}

#[test]
fn near_misses_are_figures_in_json() {
    let gaps = ["rulebook", "gaps", "firms.csv"];
    let (_, said) = guanjia(CHINESE, FIRMS, &[&gaps[..], &JSON].concat());
    insta::assert_snapshot!(said, @r#"
    {
      "near": [
        {
          "subject_id": "B",
          "policy": "reward",
          "clause": "large",
          "gap": -0.01,
          "amount": 100.00
        }
      ],
      "facts": [
        {
          "variable": "staff",
          "subjects": 1,
          "amount": 8007199254740.99
        }
      ]
    }
    "#);
}

const SCREEN: [&str; 4] = ["screen", "firms.csv", "-o", "out.csv"];

#[test]
fn money_of_the_summary_is_a_figure_that_keeps_its_fen() {
    let (code, said) = guanjia(CHINESE, FIRMS, &[&SCREEN[..], &JSON].concat());
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(said, @r#"
    [
      {
        "policy": "reward",
        "eligible": 1,
        "ineligible": 1,
        "unknown": 1,
        "not_in_force": 0,
        "amount": 60000.00,
        "saves": 60000.00,
        "saves_chosen": 60000.00
      }
    ]
    "#);
}

#[test]
fn a_changed_law_is_told_in_figures() {
    let firms: Vec<String> = (1..=6).map(|n| format!("F{n},1000{n}.00,10\n")).collect();
    let firms = format!("subject_id,revenue,staff\n{}", firms.concat());
    let change = ["--set", "p.reward_share=0.2"];
    let (_, said) = guanjia(CHINESE, &firms, &[&SCREEN[..], &JSON, &change].concat());
    insta::assert_snapshot!(said, @r#"
    {
      "law": [
        {
          "policy": "reward",
          "eligible": 6,
          "ineligible": 0,
          "unknown": 0,
          "not_in_force": 0,
          "amount": 6002.10,
          "saves": 6002.10,
          "saves_chosen": 6002.10
        }
      ],
      "changed": [
        {
          "policy": "reward",
          "eligible": 6,
          "ineligible": 0,
          "unknown": 0,
          "not_in_force": 0,
          "amount": 12004.20,
          "saves": 12004.20,
          "saves_chosen": 12004.20
        }
      ],
      "gainers": 6,
      "losers": 0,
      "by": {
        "park": {
          "unknown": {
            "subjects": 6,
            "gainers": 6,
            "losers": 0,
            "saves": 6002.10
          }
        },
        "industry": {
          "unknown": {
            "subjects": 6,
            "gainers": 6,
            "losers": 0,
            "saves": 6002.10
          }
        },
        "size_class": {
          "unknown": {
            "subjects": 6,
            "gainers": 6,
            "losers": 0,
            "saves": 6002.10
          }
        }
      }
    }
    "#);
}
