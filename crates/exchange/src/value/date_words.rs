//! Words that stand in dates, and dates brought to one spelling before they are read.

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

/// Folded, in lower case, without blanks and without a time of day.
pub fn prepared(text: &str) -> String {
    let folded = fold(text);
    let day = match folded.split_once([' ', 'T']) {
        Some((day, time)) if is_time(time) => day,
        _ => &folded,
    };
    let words = compact(day).to_lowercase();
    if words
        .chars()
        .any(|c| "〇零一二三四五六七八九十".contains(c))
    {
        with_figures(&words)
    } else {
        words
    }
}

fn is_time(text: &str) -> bool {
    let text = text
        .trim()
        .trim_end_matches(" AM")
        .trim_end_matches(" PM")
        .trim_end_matches('Z');
    text.contains(':')
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || c == ':' || c == '.')
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
