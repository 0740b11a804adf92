//! Headers of investment and of milestones: taken apart into words, then judged by the words together.
//!
//! 预计、完成、累计、本年 stand in any order and across two storeys of a header, so no list of synonyms would hold
//! them all. A header with a word that is not known here means something else and is left alone.

use super::header_time::{HeaderTime, When};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Total,
    Amount,
    Invest,
    Sum,
    Fund,
    Done,
    Actual,
    Cumulative,
    Plan,
    Contract,
    InPlace,
    Output,
    Tax,
    Capacity,
    Yearly,
    Time,
    Ignored,
    Milestone(&'static str),
}

const WORDS: &[(&str, Word)] = &[
    ("总投资额", Word::Total),
    ("总投资", Word::Total),
    ("投资总额", Word::Total),
    ("投资总规模", Word::Total),
    ("总投资规模", Word::Total),
    ("投资规模", Word::Total),
    ("总投入", Word::Total),
    ("投资额", Word::Amount),
    ("投资金额", Word::Amount),
    ("投资", Word::Invest),
    ("金额", Word::Sum),
    ("总额", Word::Sum),
    ("额度", Word::Sum),
    ("额", Word::Sum),
    ("资金", Word::Fund),
    ("已完成", Word::Done),
    ("实际完成", Word::Done),
    ("完成", Word::Done),
    ("实际", Word::Actual),
    ("已", Word::Actual),
    ("自开工以来", Word::Cumulative),
    ("开工以来", Word::Cumulative),
    ("开工至今", Word::Cumulative),
    ("自开工至今", Word::Cumulative),
    ("自开工", Word::Cumulative),
    ("开工累计", Word::Cumulative),
    ("建设以来", Word::Cumulative),
    ("截至目前", Word::Cumulative),
    ("截止目前", Word::Cumulative),
    ("至今", Word::Cumulative),
    ("累计", Word::Cumulative),
    ("累积", Word::Cumulative),
    ("计划", Word::Plan),
    ("预计", Word::Plan),
    ("目标", Word::Plan),
    ("安排", Word::Plan),
    ("拟", Word::Plan),
    ("任务", Word::Plan),
    ("约定", Word::Plan),
    ("承诺", Word::Plan),
    ("预期", Word::Plan),
    ("合同", Word::Contract),
    ("协议", Word::Contract),
    ("到位", Word::InPlace),
    ("到账", Word::InPlace),
    ("主营业务收入", Word::Output),
    ("营业收入", Word::Output),
    ("销售收入", Word::Output),
    ("工业总产值", Word::Output),
    ("工业产值", Word::Output),
    ("总产值", Word::Output),
    ("产值", Word::Output),
    ("销售额", Word::Output),
    ("税收", Word::Tax),
    ("税金", Word::Tax),
    ("纳税额", Word::Tax),
    ("纳税", Word::Tax),
    ("税额", Word::Tax),
    ("达产后", Word::Capacity),
    ("达产达效后", Word::Capacity),
    ("投产后", Word::Capacity),
    ("建成后", Word::Capacity),
    ("全部建成后", Word::Capacity),
    ("可实现", Word::Capacity),
    ("达效后", Word::Capacity),
    ("年均", Word::Yearly),
    ("每年", Word::Yearly),
    ("年", Word::Yearly),
    ("时间", Word::Time),
    ("日期", Word::Time),
    ("年月", Word::Time),
    ("时点", Word::Time),
    ("节点", Word::Time),
    ("时限", Word::Time),
    ("年份", Word::Time),
    ("月份", Word::Time),
    ("期限", Word::Time),
    ("时间节点", Word::Time),
    ("项目", Word::Ignored),
    ("工程", Word::Ignored),
    ("情况", Word::Ignored),
    ("的", Word::Ignored),
    ("概算", Word::Ignored),
    ("正式", Word::Ignored),
    ("约", Word::Ignored),
    ("实现", Word::Ignored),
    ("新增", Word::Ignored),
    ("上缴", Word::Ignored),
    ("缴纳", Word::Ignored),
    ("数", Word::Ignored),
    ("(", Word::Ignored),
    (")", Word::Ignored),
    ("、", Word::Ignored),
    (":", Word::Ignored),
    ("合同签订", Word::Milestone("signed")),
    ("协议签订", Word::Milestone("signed")),
    ("签约", Word::Milestone("signed")),
    ("签订", Word::Milestone("signed")),
    ("落地注册", Word::Milestone("registered")),
    ("注册落地", Word::Milestone("registered")),
    ("注册登记", Word::Milestone("registered")),
    ("工商注册", Word::Milestone("registered")),
    ("公司注册", Word::Milestone("registered")),
    ("企业注册", Word::Milestone("registered")),
    ("注册", Word::Milestone("registered")),
    ("落地", Word::Milestone("registered")),
    ("实质性开工", Word::Milestone("started")),
    ("开工建设", Word::Milestone("started")),
    ("动工建设", Word::Milestone("started")),
    ("开工", Word::Milestone("started")),
    ("动工", Word::Milestone("started")),
    ("开建", Word::Milestone("started")),
    ("主体完工", Word::Milestone("topped_out")),
    ("主体竣工", Word::Milestone("topped_out")),
    ("主体结构封顶", Word::Milestone("topped_out")),
    ("主体封顶", Word::Milestone("topped_out")),
    ("结构封顶", Word::Milestone("topped_out")),
    ("封顶", Word::Milestone("topped_out")),
    ("竣工验收", Word::Milestone("completed")),
    ("竣工", Word::Milestone("completed")),
    ("完工", Word::Milestone("completed")),
    ("建成", Word::Milestone("completed")),
    ("投产运营", Word::Milestone("in_production")),
    ("投产", Word::Milestone("in_production")),
    ("投运", Word::Milestone("in_production")),
    ("投入生产", Word::Milestone("in_production")),
    ("正式投产", Word::Milestone("in_production")),
    ("达产达效", Word::Milestone("at_capacity")),
    ("达产", Word::Milestone("at_capacity")),
    ("达效", Word::Milestone("at_capacity")),
    ("入规纳统", Word::Milestone("in_statistics")),
    ("入规入统", Word::Milestone("in_statistics")),
    ("纳统", Word::Milestone("in_statistics")),
    ("入统", Word::Milestone("in_statistics")),
    ("入规", Word::Milestone("in_statistics")),
    ("升规纳统", Word::Milestone("in_statistics")),
    ("升规", Word::Milestone("in_statistics")),
];

/// The variable of folded header words without their time; `None` where it fits none, or several.
pub fn variable_of(words: &str, time: HeaderTime) -> Option<String> {
    let words = Words(segment(words)?);
    words
        .expected(time)
        .or_else(|| words.milestone(time))
        .or_else(|| words.investment(time).map(str::to_owned))
}

struct Words(Vec<Word>);

impl Words {
    fn has(&self, word: Word) -> bool {
        self.0.contains(&word)
    }

    fn has_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.has(*word))
    }

    /// The one milestone it names.
    fn one_milestone(&self) -> Option<&'static str> {
        let mut found = self.0.iter().filter_map(|word| match word {
            Word::Milestone(name) => Some(*name),
            _ => None,
        });
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// Output and tax that are promised, money in place, money agreed upon.
    fn expected(&self, time: HeaderTime) -> Option<String> {
        let untimed = matches!(time.when, When::Unsaid);
        let sums = [
            Word::Sum,
            Word::Amount,
            Word::Invest,
            Word::Total,
            Word::Fund,
        ];
        let promised = self.has_any(&[Word::Plan, Word::Capacity])
            || matches!(self.one_milestone(), Some("at_capacity" | "in_production"));
        let name = match (self.has(Word::Output), self.has(Word::Tax)) {
            (true, false) if promised && untimed => "revenue_expected",
            (false, true) if promised && untimed => "tax_expected",
            (true, _) | (_, true) => return None,
            (false, false) if self.has(Word::InPlace) => {
                let plain = !self.has_any(&[Word::Plan, Word::Contract]);
                let now = untimed || matches!(time.when, When::AsOfMonth(_));
                if !(plain && now && self.has_any(&sums)) {
                    return None;
                }
                "investment_in_place"
            }
            (false, false) => {
                let agreed = self.has(Word::Contract) || self.one_milestone() == Some("signed");
                if !(agreed && untimed && self.has_any(&sums) && !self.has(Word::Done)) {
                    return None;
                }
                "investment_contract"
            }
        };
        Some(name.to_owned())
    }

    fn milestone(&self, time: HeaderTime) -> Option<String> {
        let name = self.one_milestone()?;
        let about_money = self.has_any(&[
            Word::Total,
            Word::Amount,
            Word::Invest,
            Word::Sum,
            Word::Fund,
            Word::Done,
            Word::InPlace,
            Word::Output,
            Word::Tax,
            Word::Contract,
            Word::Cumulative,
            Word::Capacity,
            Word::Yearly,
        ]);
        let dated = matches!(time.when, When::Unsaid | When::Year(_) | When::ThisYear);
        let (planned, actual) = (self.has(Word::Plan), self.has(Word::Actual));
        if about_money || !dated || planned && actual {
            return None;
        }
        Some(format!(
            "{name}_on{}",
            if planned { "_planned" } else { "" }
        ))
    }

    fn investment(&self, time: HeaderTime) -> Option<&'static str> {
        if self.has_any(&[
            Word::Contract,
            Word::InPlace,
            Word::Output,
            Word::Tax,
            Word::Time,
            Word::Capacity,
            Word::Yearly,
            Word::Fund,
            Word::Actual,
        ]) || self.0.iter().any(|word| matches!(word, Word::Milestone(_)))
        {
            return None;
        }
        let (done, plan) = (self.has(Word::Done), self.has(Word::Plan));
        let (cumulative, total) = (self.has(Word::Cumulative), self.has(Word::Total));
        let sum = self.has_any(&[Word::Invest, Word::Amount, Word::Sum]);
        if let When::BeforeYear(_) = time.when {
            return (!plan && (done || cumulative || sum)).then_some("investment_before_year");
        }
        if plan {
            return match time.when {
                When::ThisYear | When::Year(_) if !total && !cumulative => {
                    Some("investment_plan_year")
                }
                When::Unsaid if total && !done && !cumulative => Some("investment_total"),
                _ => None,
            };
        }
        match time.when {
            When::Unsaid | When::AsOfMonth(_) if cumulative && !total => {
                Some("investment_done_total")
            }
            When::Unsaid if !done && !cumulative && (total || self.has(Word::Amount)) => {
                Some("investment_total")
            }
            When::ThisYear | When::Year(_) | When::LastYear if done && !total => {
                Some("investment_done_year")
            }
            When::ThisYear if cumulative && !total => Some("investment_done_year"),
            When::ToMonth(_) | When::ThisYearToMonth if !total => Some("investment_done_year"),
            When::Month(_) | When::ThisMonth if (done || sum) && !cumulative && !total => {
                Some("investment_done_month")
            }
            _ => None,
        }
    }
}

/// The words one after another, the longest that fits each time; `None` if anything is left over.
fn segment(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, kind) = WORDS
            .iter()
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len())?;
        words.push(*kind);
        rest = &rest[word.len()..];
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::super::header_time::take_time;
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("总投资", Some("investment_total"))]
    #[case("项目总投资额", Some("investment_total"))]
    #[case("计划总投资", Some("investment_total"))]
    #[case("投资额", Some("investment_total"))]
    #[case("计划投资", None)]
    #[case("投资", None)]
    #[case("完成投资", None)]
    #[case("合同金额", Some("investment_contract"))]
    #[case("签约金额", Some("investment_contract"))]
    #[case("协议投资", Some("investment_contract"))]
    #[case("年度计划投资", Some("investment_plan_year"))]
    #[case("本年计划", Some("investment_plan_year"))]
    #[case("2024年计划投资", Some("investment_plan_year"))]
    #[case("2024年计划完成投资额", Some("investment_plan_year"))]
    #[case("截至上年底累计完成投资", Some("investment_before_year"))]
    #[case("截至2023年底累计完成投资", Some("investment_before_year"))]
    #[case("2023年底前累计完成投资", Some("investment_before_year"))]
    #[case("本年完成投资", Some("investment_done_year"))]
    #[case("1-5月完成投资", Some("investment_done_year"))]
    #[case("年内累计完成", Some("investment_done_year"))]
    #[case("本年至当月", Some("investment_done_year"))]
    #[case("本月完成投资", Some("investment_done_month"))]
    #[case("当月完成", Some("investment_done_month"))]
    #[case("累计完成投资", Some("investment_done_total"))]
    #[case("开工以来累计", Some("investment_done_total"))]
    #[case("到位资金", Some("investment_in_place"))]
    #[case("资金到位", Some("investment_in_place"))]
    #[case("资金到位率", None)]
    #[case("总投资完成率", None)]
    #[case("预计年产值", Some("revenue_expected"))]
    #[case("达产后年产值", Some("revenue_expected"))]
    #[case("预计年税收", Some("tax_expected"))]
    #[case("产值", None)]
    #[case("开工时间", Some("started_on"))]
    #[case("实际开工时间", Some("started_on"))]
    #[case("计划开工时间", Some("started_on_planned"))]
    #[case("预计投产", Some("in_production_on_planned"))]
    #[case("拟竣工日期", Some("completed_on_planned"))]
    #[case("入规纳统时间", Some("in_statistics_on"))]
    #[case("建成投产时间", None)]
    #[case("开竣工时间", None)]
    #[case("是否开工", None)]
    #[case("开工率", None)]
    fn headers_are_judged_by_their_words(#[case] header: &str, #[case] variable: Option<&str>) {
        let (time, rest) = take_time(header);
        assert_eq!(variable_of(&rest, time).as_deref(), variable);
    }
}
