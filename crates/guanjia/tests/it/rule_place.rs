//! A small rulebook that nobody has seen before, and commands run beside it.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;

/// A folder with rule files, and what a command did there.
pub struct Place {
    dir: tempfile::TempDir,
}

pub struct Did {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Did {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }

    pub fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }
}

impl Place {
    pub fn with(files: &[(&str, &str)]) -> Self {
        let place = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, path: &str, text: &str) {
        let file = self.path(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn run(&self, words: &str) -> Did {
        self.run_in("en_GB.UTF-8", words)
    }

    pub fn run_in(&self, language: &str, words: &str) -> Did {
        let output = Command::new(env!("CARGO_BIN_EXE_guanjia"))
            .args(words.split_whitespace())
            .current_dir(self.dir.path())
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("LANG", language)
            .output()
            .unwrap();
        Did {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

const VARIABLES: &str = "variables:
  revenue: {label: {zh: 营业收入, en: Revenue}, synonyms: [收入合计], subject: enterprise, type: money, period: year, sensitivity: public}
  rd: {label: {zh: 研发费用, en: Research}, subject: enterprise, type: money, period: year, sensitivity: public}
  staff: {label: {zh: 职工总数, en: Staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
  until: {label: {zh: 证书有效期止, en: Valid until}, subject: enterprise, type: date, period: none, sensitivity: public}
  flag: {label: {zh: 居民企业, en: Resident}, subject: enterprise, type: boolean, period: none, sensitivity: public}
";

const PARAMETERS: &str = "parameters:
  staff_max: {label: {en: Staff at most}, type: integer, values: [{from: 2020-01-01, value: 300}], checked: 2024-05-01}
  share: {label: {en: Share}, type: ratio, values: [{from: 2020-01-01, value: 1/3}]}
";

/// Keys in another order than the page has them, and without those that may be left out.
pub const GRANT: &str = "benefit: {amount: rd * p.share, kind: subsidy}
clauses:
  - {when: staff <= p.staff_max, id: few}
  - {when: revenue >= yuan(100), id: large, text: {zh: 收入够大, en: Large enough}, legal: [{cite: 办法, article: 第二条}]}
  - {when: until >= as_of, id: valid}
in_force: {from: 2024-01-01, until: 2024-12-31}
subject: enterprise
policy: grant
";

const TITLE: &str = "policy: title
name: {zh: 称号, en: A title}
subject: enterprise
in_force: {from: 2020-01-01}
clauses: [{id: resident, text: {zh: 居民企业, en: Resident}, when: flag}]
benefit: {kind: title}
";

pub const CASES: &str = "cases:
  - name: at every boundary
    as_of: 2024-12-31
    given: {staff: 300, revenue: 100, until: 2024-12-31, rd: 1}
    expect: {verdict: eligible, amount: 0.33, gaps: {few: 0, large: 0.00, valid: 0}}
  - {name: the day after, as_of: 2025-01-01, given: {}, expect: {verdict: not_in_force, missing: []}}
";

/// In a file of another name a case says what it is about.
pub const ELSEWHERE: &str = "cases:
  - expect: {verdict: eligible, amount: 0.33}
    given: {staff: 300, revenue@2024: 100, until: 2024-12-31, rd: 1, nobody_knows: 1}
    policy: grant
    as_of: 2024-12-31
    name: at every boundary
  - {name: the day after, policy: grant, as_of: 2025-01-01, given: {}, expect: {verdict: not_in_force}}
";

pub fn rules() -> Place {
    Place::with(&[
        ("rulebook/cn/variables/v.yaml", VARIABLES),
        ("rulebook/cn/parameters/p.yaml", PARAMETERS),
        ("rulebook/cn/policies/other/grant.yaml", GRANT),
        ("rulebook/cn/policies/other/grant.cases.yaml", CASES),
        ("rulebook/cn/policies/other/title.yaml", TITLE),
        ("rulebook/cn/notes.yaml", "shopping: [milk]\n"),
    ])
}

/// Chinese headings, a synonym, a value by its words, an earlier year, columns nobody knows, bad cells.
pub const FIRMS: &str =
    "\u{feff}统一社会信用代码,营业收入,收入合计@2023,研发费用,职工总数,证书有效期止,居民企业,备注
B,100.00,5,0.05,300,2024-12-31,是,x
A,99.99,,none,301,none,否,
C,\"1,000.00\",,0.02,many,,,
D,0.005,,1,1,2024/12/31,true,
";
