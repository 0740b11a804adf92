//! A header to its meaning: which variable, of which time, in which unit.

use domain::ValueType;

use super::header_time::{HeaderTime, When, take_time};
use super::storey::{HeaderUnit, Storey, core, is_form, is_part};
use super::{LedgerKind, PeriodKind, Vocabulary, project_headers};

/// What a header means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderMeaning {
    /// The variable's place in the vocabulary; `None` where it fits none or several.
    pub variable: Option<usize>,
    /// The time it names.
    pub time: HeaderTime,
    /// The unit it names.
    pub unit: Option<HeaderUnit>,
    /// Whether it only numbers the rows.
    pub numbering: bool,
    /// The words without unit and time, as written.
    pub bare: String,
}

const NUMBERING: [&str; 10] = [
    "序号",
    "序",
    "行号",
    "项次",
    "no",
    "no.",
    "#",
    "№",
    "顺序号",
    "行次",
];
/// Words of a parent that change what its children mean.
const MODIFIERS: [&str; 10] = [
    "计划", "预计", "实际", "完成", "累计", "目标", "其中", "拟", "签约", "到位",
];
/// Children that say nothing without their parent, and parents that may be meant by them.
const NAME_CHILDREN: [&str; 3] = ["名称", "姓名", "名字"];
const NAMED_PARENTS: [&str; 6] = [
    "owner",
    "contact",
    "responsible_leader",
    "responsible_department",
    "supporting_departments",
    "park",
];
const GENERIC_CHILDREN: [&str; 10] = [
    "金额", "时间", "日期", "电话", "代码", "编号", "类型", "数量", "面积", "地址",
];

impl Vocabulary {
    /// What a header of these storeys, the uppermost first, means.
    pub fn meaning(&self, storeys: &[&str]) -> HeaderMeaning {
        let several = storeys.len() > 1;
        let parts: Vec<Storey> = storeys
            .iter()
            .filter(|text| !(several && (is_form(text) || is_part(text))))
            .map(|text| Storey::of(text))
            .collect();
        let unit = parts.iter().rev().find_map(|part| part.unit.clone());
        let join = |pick: fn(&Storey) -> &str| parts.iter().map(pick).collect::<String>();
        let words = join(|part| &part.words);
        let plain = join(|part| &part.plain);
        let mut meaning = HeaderMeaning {
            unit,
            bare: plain.clone(),
            ..HeaderMeaning::default()
        };
        if parts.iter().all(|part| part.words.is_empty()) {
            return meaning;
        }
        let child = parts.iter().rev().find(|part| !part.words.is_empty());
        let child_plain = child.map_or("", |part| part.plain.as_str());
        if NUMBERING.contains(&child_plain) || NUMBERING.contains(&plain.as_str()) {
            meaning.numbering = true;
            return meaning;
        }
        // What a variable is called is no word with a unit behind it: `floor_area_sqm`.
        let whole = match storeys {
            [only] => Some(core(only)).filter(|whole| self.by_words.contains_key(whole)),
            _ => None,
        };
        for candidate in [whole.as_ref(), Some(&words), Some(&plain)] {
            let Some(candidate) = candidate else { continue };
            if let Some((variable, time)) = self.look_up(candidate, parts.len() == 1) {
                meaning.variable = Some(variable);
                meaning.time = time;
                return meaning;
            }
        }
        (meaning.time, meaning.bare) = take_time(&plain);
        if parts.len() > 1
            && let Some(child) = child
        {
            self.by_child(&parts, child, &mut meaning);
        }
        meaning
    }

    /// The meaning by the lowest storey alone, where those above it do not change it.
    fn by_child(&self, parts: &[Storey], child: &Storey, meaning: &mut HeaderMeaning) {
        let above: String = parts
            .iter()
            .take_while(|part| part.words != child.words)
            .map(|part| part.plain.as_str())
            .collect();
        let parent = self
            .look_up(&above, true)
            .map(|(variable, _)| &self.variables[variable].name);
        if NAME_CHILDREN.contains(&child.plain.as_str())
            && let Some(parent) = parent
            && NAMED_PARENTS.contains(&parent.as_str())
        {
            meaning.variable = self.named(parent);
            return;
        }
        let (time_above, _) = take_time(&above);
        let changes = MODIFIERS.iter().any(|word| above.contains(word))
            || GENERIC_CHILDREN.contains(&child.plain.as_str());
        let timed = time_above.when != When::Unsaid;
        if changes || timed && self.kind != LedgerKind::Enterprises {
            return;
        }
        for candidate in [&child.words, &child.plain] {
            if let Some((variable, time)) = self.look_up(candidate, true) {
                let time = if time.when == When::Unsaid {
                    time_above
                } else {
                    time
                };
                if self.takes_time(variable, time) {
                    meaning.variable = Some(variable);
                    meaning.time = time;
                }
                return;
            }
        }
    }

    /// The variable of folded words, with the time that they name; words of several storeys are not
    /// shortened, since what looks like an affix may be a storey.
    fn look_up(&self, words: &str, may_shorten: bool) -> Option<(usize, HeaderTime)> {
        if words.is_empty() {
            return None;
        }
        let untimed = HeaderTime::default();
        if let Some(place) = self.named(words) {
            return Some((place, untimed));
        }
        if let Some(places) = self.by_words.get(words) {
            let [one] = places.as_slice() else {
                return None;
            };
            // 年度计划投资 names its time too.
            return Some((
                *one,
                if self.variables[*one].period == PeriodKind::None {
                    untimed
                } else {
                    take_time(words).0
                },
            ));
        }
        let (time, rest) = take_time(words);
        if time.when != When::Unsaid {
            let found = self.named(&rest).or_else(|| self.one_by_words(&rest));
            if let Some(place) = found.filter(|place| self.takes_time(*place, time)) {
                return Some((place, time));
            }
        }
        if self.kind == LedgerKind::Projects {
            let bare: String = rest.chars().filter(|c| !"()".contains(*c)).collect();
            if let Some(place) =
                project_headers::variable_of(&bare, time).and_then(|name| self.named(&name))
            {
                return Some((place, time));
            }
        }
        let shortened =
            (may_shorten && time.when == When::Unsaid).then(|| self.without_affixes(words));
        shortened.flatten().map(|place| (place, untimed))
    }

    /// 项目 before and 情况 behind a header change nothing.
    fn without_affixes(&self, words: &str) -> Option<usize> {
        const BEFORE: [&str; 14] = [
            "项目",
            "工程",
            "企业",
            "所属",
            "主要",
            "市级",
            "区级",
            "县级",
            "目前",
            "当前",
            "截至目前",
            "截止目前",
            "具体",
            "最新",
        ];
        const BEHIND: [&str; 6] = ["情况", "名称", "信息", "情况说明", "(必填)", "填写"];
        let shorter = |words: &str| -> Vec<String> {
            let front = BEFORE.iter().filter_map(|affix| words.strip_prefix(affix));
            let back = BEHIND.iter().filter_map(|affix| words.strip_suffix(affix));
            front
                .chain(back)
                .filter(|rest| rest.chars().count() > 1)
                .map(str::to_owned)
                .collect()
        };
        let once = shorter(words);
        let twice: Vec<String> = once.iter().flat_map(|words| shorter(words)).collect();
        once.iter()
            .chain(&twice)
            .find_map(|words| self.one_by_words(words))
    }

    /// Whether a variable may be of a time.
    fn takes_time(&self, place: usize, time: HeaderTime) -> bool {
        let variable = &self.variables[place];
        let year = matches!(time.when, When::Year(_) | When::ThisYear | When::LastYear);
        match variable.period {
            PeriodKind::Year => time.when == When::Unsaid || year,
            PeriodKind::ToDate | PeriodKind::Month => true,
            PeriodKind::None => {
                time.when == When::Unsaid
                    || year
                        && variable.value_type == ValueType::Date
                        && self.kind == LedgerKind::Projects
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn project(storeys: &[&str]) -> (Option<String>, Option<String>) {
        let vocabulary = Vocabulary::projects();
        let meaning = vocabulary.meaning(storeys);
        (
            meaning
                .variable
                .map(|place| vocabulary.variables[place].name.clone()),
            meaning.unit.map(|unit| unit.words),
        )
    }

    #[rstest]
    #[case(&["项目名称"], Some("name"), None)]
    #[case(&["计划总投资(亿元)"], Some("investment_total"), Some("亿元"))]
    #[case(&["总投资\n（万元）"], Some("investment_total"), Some("万元"))]
    #[case(&["总投资：万元"], Some("investment_total"), Some("万元"))]
    #[case(&["投资（万元）", "总投资"], Some("investment_total"), Some("万元"))]
    #[case(&["投资", "总投资"], Some("investment_total"), None)]
    #[case(&["2024年", "计划投资"], Some("investment_plan_year"), None)]
    #[case(&["完成投资情况", "1-5月"], Some("investment_done_year"), None)]
    #[case(&["完成投资情况", "累计"], Some("investment_done_total"), None)]
    #[case(&["开工时间", "计划"], Some("started_on_planned"), None)]
    #[case(&["开工时间", "实际"], Some("started_on"), None)]
    #[case(&["计划", "开工时间"], Some("started_on_planned"), None)]
    #[case(&["业主单位", "名称"], Some("owner"), None)]
    #[case(&["业主单位", "联系人"], Some("contact"), None)]
    #[case(&["项目基本情况", "名称"], Some("name"), None)]
    #[case(&["联系人", "电话"], Some("contact_phone"), None)]
    #[case(&["本年计划", "主要建设内容"], None, None)]
    #[case(&["本年计划", "投资"], Some("investment_plan_year"), None)]
    #[case(&["年计划投资"], Some("investment_plan_year"), None)]
    #[case(&["建筑面积（万平方米）"], Some("floor_area_sqm"), Some("万平方米"))]
    #[case(&["建设起止年限"], Some("build_span"), None)]
    #[case(&["一期", "总投资", "万元"], Some("investment_total"), Some("万元"))]
    #[case(&["投资强度（万元/亩）"], None, None)]
    #[case(&["总投资\n【万元】"], Some("investment_total"), Some("万元"))]
    #[case(&["用地面积\n亩"], Some("land_area_mu"), Some("亩"))]
    #[case(&["Total investment £m"], Some("investment_total"), Some("£m"))]
    #[case(&["开工时间", "年/月"], Some("started_on"), None)]
    #[case(&["总投资", "单位：亿元"], Some("investment_total"), Some("亿元"))]
    #[case(&["project_name"], Some("name"), None)]
    #[case(&["total_cost_usd"], Some("investment_total"), Some("usd"))]
    #[case(&["floor_area_sqm"], Some("floor_area_sqm"), Some("sqm"))]
    #[case(&["其中：", "2024年计划投资"], Some("investment_plan_year"), None)]
    #[case(&["总投资", "其中", "设备投资"], None, None)]
    #[case(&["Project Number"], Some("code"), None)]
    #[case(&["Investment_Total (USD million)"], Some("investment_total"), Some("usdmillion"))]
    #[case(&["联系人及电话"], None, None)]
    #[case(&["investment_total"], Some("investment_total"), None)]
    fn project_headers_are_understood(
        #[case] storeys: &[&str],
        #[case] variable: Option<&str>,
        #[case] unit: Option<&str>,
    ) {
        assert_eq!(
            project(storeys),
            (variable.map(str::to_owned), unit.map(str::to_owned))
        );
    }

    #[rstest]
    #[case(&["2023年营业收入"], Some("revenue"), When::Year(2023))]
    #[case(&["营业收入（2023年）"], Some("revenue"), When::Year(2023))]
    #[case(&["2023年", "营业收入"], Some("revenue"), When::Year(2023))]
    #[case(&["营业收入", "2022年"], Some("revenue"), When::Year(2022))]
    #[case(&["revenue@2023"], Some("revenue"), When::Year(2023))]
    #[case(&["上年营业收入"], Some("revenue"), When::LastYear)]
    #[case(&["I类知识产权件数"], Some("ip_class1"), When::Unsaid)]
    #[case(&["收入"], None, When::Unsaid)]
    #[case(&["从业人数"], None, When::Unsaid)]
    fn enterprise_headers_carry_years(
        #[case] storeys: &[&str],
        #[case] variable: Option<&str>,
        #[case] when: When,
    ) {
        let vocabulary = Vocabulary::enterprises();
        let meaning = vocabulary.meaning(storeys);
        let name = meaning
            .variable
            .map(|place| vocabulary.variables[place].name.as_str());
        assert_eq!((name, meaning.time.when), (variable, when));
    }
}
