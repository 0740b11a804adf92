//! A table of subjects, as `explain` and `screen` are handed one: read, judged in both ways, explained.

use std::sync::LazyLock;

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::Rulebook;
use engine::subjects::{Subjects, text_table};

use crate::Seed;
use crate::judging::{compare, rulebook};

static RULES: LazyLock<Rulebook> = LazyLock::new(|| {
    let files = [
        ("variables.yaml", include_str!("../rules/variables.yaml")),
        ("parameters.yaml", include_str!("../rules/parameters.yaml")),
        (
            "small_and_researching.yaml",
            include_str!("../rules/small_and_researching.yaml"),
        ),
        (
            "among_others.yaml",
            include_str!("../rules/among_others.yaml"),
        ),
    ];
    rulebook(&files).expect("our own rules are in order")
});

/// Reads the bytes as a table.
pub fn run(data: &[u8]) {
    let Ok(table) = exchange::read_text_table(data) else {
        return;
    };
    let columns: Vec<Vec<Option<String>>> = (0..table.columns.len())
        .map(|column| {
            let rows = table.rows.iter();
            rows.map(|row| row.cells[column].clone()).collect()
        })
        .collect();
    let Ok(batch) = text_table(&table.columns, columns.clone()) else {
        return;
    };
    if let Ok(subjects) = Subjects::of_table(&RULES, &SubjectKind::Enterprise, &batch) {
        for facts in &subjects.facts {
            assert!(subjects.row_of(&facts.subject_id).is_some());
        }
        let day = NaiveDate::from_ymd_opt(2024, 12, 31).expect("the calendar has it");
        compare(&RULES, day, &table.columns, columns);
    }
}

/// Tables of each shape.
pub fn seeds() -> Vec<Seed> {
    let whole = "subject_id,营业收入,revenue@2023,revenue@2022,研发费用,staff,注册日期,grade,flag,other,until,\
        industry_code,region_code,capital,filed,share[small_and_researching],grade.none\n\
        甲,\"20,000,000.00\",18000000,15000000,1200000,120,2019-05-06,甲级,是,false,2026-01-01,C3391,620102,5000000,,0.06,\n\
        乙,,none,0,-1,300.0,2024-02-29,B,,true,none,I6510,610802,0.001,none,6%,true\n\
        丙,x,1,1,1,1,2024-13-01,Z,maybe,none,,C,6108,90000000000000.01,1,,false\n";
    let narrow = "uscc;revenue\n91310000MA1FL0000X;1\n";
    let tabs = "统一社会信用代码\trd@2024\tn\n\"a\n\"\"b\"\t5\t9223372036854775808\n";
    let wide = encoding(whole);
    vec![
        Seed::new("whole", whole),
        Seed::new("narrow", narrow),
        Seed::new("tabs", tabs),
        Seed::new("utf16", wide),
        Seed::new("twice", "subject_id,revenue,营业收入\na,1,2\na,1,2\n"),
    ]
}

fn encoding(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}
