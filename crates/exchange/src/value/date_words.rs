//! Words that stand in dates, and dates brought to one spelling before they are read.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::fold::{compact, fold};

/// Words that may stand beside a date, longer ones before those they begin with.
pub const QUALIFIERS: &[&str] = &[
    "预计",
    "计划",
    "拟于",
    "拟",
    "约",
    "大约",
    "力争",
    "确保",
    "争取",
    "初步",
    "暂定",
    "不晚于",
    "不迟于",
    "以前",
    "之前",
    "前后",
    "前",
    "以后",
    "之后",
    "后",
    "左右",
    "起",
    "之内",
    "以内",
    "内",
    "已于",
    "已",
    "将于",
    "于",
    "完成",
    "实质性开工",
    "正式",
    "全面",
    "开工建设",
    "开工",
    "动工",
    "竣工验收",
    "竣工",
    "建成",
    "完工",
    "封顶",
    "投产",
    "达产",
    "签约",
    "注册",
    "落地",
    "启动",
    "建设",
    "入统",
    "纳统",
    "入规",
];

/// Quarters by their words.
pub const QUARTERS: &[(&str, u32)] = &[
    ("第一季度", 1),
    ("第二季度", 2),
    ("第三季度", 3),
    ("第四季度", 4),
    ("一季度", 1),
    ("二季度", 2),
    ("三季度", 3),
    ("四季度", 4),
    ("1季度", 1),
    ("2季度", 2),
    ("3季度", 3),
    ("4季度", 4),
    ("q1", 1),
    ("q2", 2),
    ("q3", 3),
    ("q4", 4),
];

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:[上下]午)?\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d\d:?\d\d)?\s*$",
    )
    .expect("the pattern is valid")
});
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\(?(?:星期|周)[一二三四五六日天]\)?$").expect("the pattern is valid")
});
/// 31mar2020, mar2020, mar31,2020.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:(\d{1,2})(?:st|nd|rd|th)?[-./]?)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:[-./]|(\d{1,2})(?:st|nd|rd|th)?,)?((?:19|20)\d\d)$",
    )
    .expect("the pattern is valid")
});

/// Folded, in lower case, without blanks, a weekday and a time of day; English months in figures.
pub fn prepared(text: &str) -> String {
    let folded = fold(text);
    let day = match folded.split_once([' ', 'T']) {
        Some((day, time)) if time.contains(':') && TIME.is_match(time) => day,
        _ => &folded,
    };
    let mut words = compact(day).to_lowercase();
    if words.contains(['周', '星']) {
        words = WEEKDAY.replace(&words, "").into_owned();
    }
    if words
        .chars()
        .any(|c| "〇零一二三四五六七八九十".contains(c))
    {
        return with_figures(&words);
    }
    if words.contains(|c: char| c.is_ascii_lowercase()) {
        return with_month_in_figures(&words);
    }
    words
}

fn with_month_in_figures(words: &str) -> String {
    const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec";
    let figures = |found: &Captures<'_>| {
        let month = MONTHS.find(&found[2]).map_or(0, |at| at / 4 + 1);
        let year = &found[4];
        match found.get(1).or(found.get(3)) {
            Some(day) => format!("{year}-{month}-{}", day.as_str()),
            None => format!("{year}-{month}"),
        }
    };
    ENGLISH.replace(words, figures).into_owned()
}

/// 二〇二四年五月 as 2024年5月; other Chinese numerals stay.
fn with_figures(words: &str) -> String {
    let mut result = String::new();
    let mut run = String::new();
    for character in words.chars() {
        if "〇零一二三四五六七八九十".contains(character) {
            run.push(character);
            continue;
        }
        push_run(&mut result, &mut run, "年月日号".contains(character));
        result.push(character);
    }
    push_run(&mut result, &mut run, false);
    result
}

fn push_run(result: &mut String, run: &mut String, names_a_date: bool) {
    if names_a_date && let Some(figures) = figures_of(run) {
        result.push_str(&figures);
    } else {
        result.push_str(run);
    }
    run.clear();
}

fn figures_of(run: &str) -> Option<String> {
    let digit = |c: char| {
        "〇一二三四五六七八九"
            .chars()
            .position(|d| d == c || c == '零' && d == '〇')
    };
    if !run.contains('十') {
        return run
            .chars()
            .map(|c| digit(c).map(|d| d.to_string()))
            .collect();
    }
    let (tens, ones) = run.split_once('十')?;
    let part = |text: &str, missing: usize| match text.chars().next() {
        None => Some(missing),
        Some(c) if text.chars().count() == 1 => digit(c),
        Some(_) => None,
    };
    Some((part(tens, 1)? * 10 + part(ones, 0)?).to_string())
}
