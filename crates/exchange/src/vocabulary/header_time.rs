//! The time that a header names: 2024年, 1-5月, 本月, 截至上年底.

use std::sync::LazyLock;

use regex::Regex;

/// Which stretch a header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// None.
    #[default]
    Unsaid,
    /// The ledger's year.
    ThisYear,
    /// The year before the ledger's.
    LastYear,
    /// A year by its number.
    Year(i32),
    /// January to a month.
    ToMonth(u32),
    /// The ledger's year up to its month.
    ThisYearToMonth,
    /// A month by its number.
    Month(u32),
    /// The ledger's month.
    ThisMonth,
    /// Everything up to the end of a month.
    AsOfMonth(u32),
    /// Everything before a year; `None` for the ledger's.
    BeforeYear(Option<i32>),
}

/// The time of a header with the year where it names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeaderTime {
    /// The year, where it stands in figures.
    pub year: Option<i32>,
    /// The stretch.
    pub when: When,
}

macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($text).expect("the pattern is valid"));
    };
}

pattern!(
    BEFORE_WORDS,
    r"^(?:截[至止]到?|至|到)?(?:上年度?|去年|上一年度?)(?:年?[底末])(?:以前|之前|前)?|以前年度|历年"
);
pattern!(
    BEFORE_YEAR,
    r"(?:截[至止]到?|至|到)?((?:19|20)\d\d)年?(?:年?[底末])(?:以前|之前|前)?|((?:19|20)\d\d)年(?:以前|之前)"
);
pattern!(
    TO_MONTH,
    r"(?:((?:19|20)\d\d)年?)?(?:0?1|一)月?(?:[-—–~至到]+)(\d{1,2})月份?"
);
pattern!(
    AS_OF,
    r"(?:截[至止]到?|至)(?:((?:19|20)\d\d)年)?(\d{1,2})月(?:份|[底末])?(?:\d{1,2}日)?"
);
pattern!(YEAR_MONTH, r"@?((?:19|20)\d\d)(?:年|[-./])(\d{1,2})月?份?");
pattern!(YEAR, r"@?((?:19|20)\d\d)(?:年度|年)?");
pattern!(MONTH, r"(\d{1,2})月份?");
pattern!(
    THIS_YEAR_TO_MONTH,
    r"(?:本年|今年|年初)(?:至|到)(?:本月|当月|今|目前)"
);
pattern!(THIS_MONTH, r"本月|当月|月度");
pattern!(LAST_YEAR, r"上年度|上年|去年|上一年度|上一年");
pattern!(
    THIS_YEAR,
    r"本年度|本年|今年以来|今年|当年度|当年|年内|全年|年初以来|年度"
);

/// Takes the time out of folded words and gives what is left.
pub fn take_time(words: &str) -> (HeaderTime, String) {
    for finder in [before, to_month, as_of, year_month, year, month, relative] {
        if let Some((time, range)) = finder(words) {
            let rest = format!("{}{}", &words[..range.start], &words[range.end..]);
            let bare = strip_relative(time, rest.clone()).replace("()", "");
            return (merge(time, &rest), bare);
        }
    }
    (HeaderTime::default(), words.to_owned())
}

type Found = Option<(HeaderTime, std::ops::Range<usize>)>;

/// A year in figures beside 本年累计 or 1-5月 in other words: the finer one counts.
fn merge(time: HeaderTime, rest: &str) -> HeaderTime {
    match time.when {
        When::Year(_) => match month(rest).or_else(|| to_month(rest)) {
            Some((finer, _)) => HeaderTime {
                year: time.year,
                when: finer.when,
            },
            None => time,
        },
        _ => time,
    }
}

fn strip_relative(time: HeaderTime, rest: String) -> String {
    match time.when {
        When::Year(_) => {
            let shorter = THIS_YEAR.replace(&rest, "").into_owned();
            MONTH.replace(&shorter, "").into_owned()
        }
        When::ToMonth(_) | When::Month(_) => {
            let shorter = THIS_YEAR.replace(&rest, "").into_owned();
            YEAR.replace(&shorter, "").into_owned()
        }
        _ => rest,
    }
}

fn number(captures: &regex::Captures<'_>, group: usize) -> Option<u32> {
    captures.get(group)?.as_str().parse().ok()
}

fn year_number(captures: &regex::Captures<'_>, group: usize) -> Option<i32> {
    captures.get(group)?.as_str().parse().ok()
}

fn whole(captures: &regex::Captures<'_>) -> std::ops::Range<usize> {
    captures.get(0).expect("group 0 is the whole match").range()
}

fn before(words: &str) -> Found {
    if let Some(found) = BEFORE_WORDS.find(words) {
        return Some((
            HeaderTime {
                year: None,
                when: When::BeforeYear(None),
            },
            found.range(),
        ));
    }
    let captures = BEFORE_YEAR.captures(words)?;
    let year = year_number(&captures, 1)
        .map(|year| year + 1)
        .or_else(|| year_number(&captures, 2));
    Some((
        HeaderTime {
            year,
            when: When::BeforeYear(year),
        },
        whole(&captures),
    ))
}

fn to_month(words: &str) -> Found {
    let captures = TO_MONTH.captures(words)?;
    let month = number(&captures, 2).filter(|month| (1..=12).contains(month))?;
    let mut range = whole(&captures);
    let year = year_number(&captures, 1).or_else(|| {
        // 2024年度1-5月: the year stands a word apart.
        let captures = YEAR.captures(&words[..range.start])?;
        let found = whole(&captures);
        if found.end == range.start {
            range.start = found.start;
        }
        year_number(&captures, 1)
    });
    Some((
        HeaderTime {
            year,
            when: When::ToMonth(month),
        },
        range,
    ))
}

fn as_of(words: &str) -> Found {
    let captures = AS_OF.captures(words)?;
    let month = number(&captures, 2).filter(|month| (1..=12).contains(month))?;
    let year = year_number(&captures, 1);
    Some((
        HeaderTime {
            year,
            when: When::AsOfMonth(month),
        },
        whole(&captures),
    ))
}

fn year_month(words: &str) -> Found {
    let captures = YEAR_MONTH.captures(words)?;
    let month = number(&captures, 2).filter(|month| (1..=12).contains(month))?;
    Some((
        HeaderTime {
            year: year_number(&captures, 1),
            when: When::Month(month),
        },
        whole(&captures),
    ))
}

fn year(words: &str) -> Found {
    let captures = YEAR.captures(words)?;
    let year = year_number(&captures, 1)?;
    let range = whole(&captures);
    // A document number or a longer figure is no year: 财税〔2015〕119号, 20240531.
    let digit_after = words[range.end..].starts_with(|c: char| c.is_ascii_digit() || c == '〕');
    let digit_before = words[..range.start].ends_with(|c: char| c.is_ascii_digit() || c == '〔');
    (!digit_after && !digit_before).then_some((
        HeaderTime {
            year: Some(year),
            when: When::Year(year),
        },
        range,
    ))
}

fn month(words: &str) -> Found {
    let captures = MONTH.captures(words)?;
    let month = number(&captures, 1).filter(|month| (1..=12).contains(month))?;
    Some((
        HeaderTime {
            year: None,
            when: When::Month(month),
        },
        whole(&captures),
    ))
}

fn relative(words: &str) -> Found {
    let first = [
        (&*THIS_YEAR_TO_MONTH, When::ThisYearToMonth),
        (&*THIS_MONTH, When::ThisMonth),
        (&*LAST_YEAR, When::LastYear),
        (&*THIS_YEAR, When::ThisYear),
    ];
    first.iter().find_map(|(pattern, when)| {
        let found = pattern.find(words)?;
        Some((
            HeaderTime {
                year: None,
                when: *when,
            },
            found.range(),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2024年计划投资", Some(2024), When::Year(2024), "计划投资")]
    #[case("2024年度计划投资", Some(2024), When::Year(2024), "计划投资")]
    #[case("1-5月完成投资", None, When::ToMonth(5), "完成投资")]
    #[case("2024年1-5月完成投资", Some(2024), When::ToMonth(5), "完成投资")]
    #[case("5月完成投资", None, When::Month(5), "完成投资")]
    #[case("本月完成投资", None, When::ThisMonth, "完成投资")]
    #[case("本年至当月", None, When::ThisYearToMonth, "")]
    #[case("截至上年底累计完成投资", None, When::BeforeYear(None), "累计完成投资")]
    #[case(
        "截至2023年底累计完成投资",
        Some(2024),
        When::BeforeYear(Some(2024)),
        "累计完成投资"
    )]
    #[case("截至5月底累计完成投资", None, When::AsOfMonth(5), "累计完成投资")]
    #[case("revenue@2023", Some(2023), When::Year(2023), "revenue")]
    #[case(
        "investmentdoneyear@2024-04",
        Some(2024),
        When::Month(4),
        "investmentdoneyear"
    )]
    #[case("营业收入2023", Some(2023), When::Year(2023), "营业收入")]
    #[case("上年营业收入", None, When::LastYear, "营业收入")]
    #[case(
        "研究开发费用〔2015〕119号",
        None,
        When::Unsaid,
        "研究开发费用〔2015〕119号"
    )]
    #[case("总投资", None, When::Unsaid, "总投资")]
    fn times_are_taken_out(
        #[case] words: &str,
        #[case] year: Option<i32>,
        #[case] when: When,
        #[case] rest: &str,
    ) {
        assert_eq!(
            take_time(words),
            (HeaderTime { year, when }, rest.to_owned())
        );
    }
}
