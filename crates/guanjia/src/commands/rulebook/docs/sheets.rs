//! Pages that list what is no policy: scorecards, lights, indicators and titles.

use std::fmt::Write as _;

use engine::rulebook::{
    Direction, Growth, IndicatorValue, Item, Label, Method, Points, Rulebook, Scorecard, Target,
    Weight,
};

use super::Judged;
use super::markdown::{
    checked, code, days, expression, legal_line, section, subject, sure, table, why, word,
};

/// The page of the scorecards.
pub fn scorecards(judged: &Judged) -> String {
    let rulebook = &judged.rulebook;
    let mut cards: Vec<&Scorecard> = rulebook.scorecards.values().collect();
    cards.sort_by(|a, b| a.id.cmp(&b.id));
    let mut text = format!("# {}\n\n*{}*\n", word("scorecards"), word("scorecards-en"));
    for card in cards {
        let cases =
            judged.cases(|target| matches!(target, Target::Scorecard(id) if *id == card.id));
        let spans = card.in_force.iter().map(|span| days(span.from, span.until));
        let confidence = card.provenance.confidence.as_ref();
        text.push_str(&heading(&card.name, &card.id));
        let rows = [
            ("legal", legal_line(&card.provenance.legal)),
            ("in-force", spans.collect::<Vec<_>>().join("；")),
            ("checked", checked(&card.provenance)),
            ("sure", format!("{}：{}", sure(confidence), why(confidence))),
            ("cases", cases.counted.to_string()),
            (
                "full-mark",
                card.full_mark
                    .as_ref()
                    .map_or_else(String::new, |mark| expression(rulebook, mark)),
            ),
            (
                "note",
                card.provenance
                    .note
                    .as_ref()
                    .map_or("", Label::zh)
                    .to_owned(),
            ),
        ];
        text.push_str(&about(&rows));
        text.push('\n');
        let rows: Vec<Vec<String>> = card
            .items
            .iter()
            .map(|item| item_row(rulebook, card, item))
            .collect();
        let columns = ["item", "group", "calculated", "weight", "scored", "checked"];
        text.push_str(&table(&columns, &rows));
        text.push_str(&adjustments(rulebook, card));
        let rows: Vec<Vec<String>> = card
            .levels
            .iter()
            .map(|level| {
                let requires = level.requires.as_ref();
                vec![
                    format!("{} {}", level.text.zh(), code(&level.id)),
                    expression(rulebook, &level.from),
                    requires.map_or_else(String::new, |expr| expression(rulebook, expr)),
                ]
            })
            .collect();
        if !rows.is_empty() {
            let _ = write!(
                text,
                "\n{}",
                table(&["level", "points-from", "requires"], &rows)
            );
        }
    }
    text
}

fn heading(name: &Label, id: &str) -> String {
    format!("\n## {} {}\n\n*{}*\n\n", name.zh(), code(id), name.en())
}

fn about(rows: &[(&str, String)]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| vec![word(key), text.clone()])
        .collect();
    table(&["about", "is"], &rows)
}

fn item_row(rulebook: &Rulebook, card: &Scorecard, item: &Item) -> Vec<String> {
    let group = item.group.as_deref().map_or_else(String::new, |id| {
        let label = card.groups.get(id).and_then(|group| group.label.as_ref());
        label.map_or(id, Label::zh).to_owned()
    });
    let weight = match &item.weight {
        None => String::new(),
        Some(Weight::Same(weight)) => expression(rulebook, weight),
        Some(Weight::ByStage(weights)) => weights
            .iter()
            .map(|(stage, weight)| format!("{stage} {}", expression(rulebook, weight)))
            .collect::<Vec<_>>()
            .join("；"),
    };
    let points = match &item.points {
        Points::Band { low, high } => {
            format!(
                "{} … {}",
                expression(rulebook, low),
                expression(rulebook, high)
            )
        }
        Points::Method(method) => match method {
            Method::MinMax(direction) => format!("{}{}", word("min-max"), way(*direction)),
            Method::Percentile(direction) => format!("{}{}", word("percentile"), way(*direction)),
            Method::Steps { .. } => word("steps-table"),
            Method::Linear { from, to } => format!(
                "{} {} … {}",
                word("linear"),
                expression(rulebook, from),
                expression(rulebook, to)
            ),
            Method::Expr(expr) => expression(rulebook, expr),
        },
    };
    let value = item.value.as_ref();
    let mark = if item.provenance.unverified {
        word("unverified")
    } else {
        String::new()
    };
    vec![
        format!("{} {}", item.text.zh(), code(&item.id)),
        group,
        value.map_or_else(String::new, |value| expression(rulebook, value)),
        weight,
        points,
        mark,
    ]
}

fn way(direction: Direction) -> String {
    word(match direction {
        Direction::Higher => "more-is-better",
        Direction::Lower => "less-is-better",
    })
}

fn adjustments(rulebook: &Rulebook, card: &Scorecard) -> String {
    let mut rows = Vec::new();
    for (kind, all) in [("bonus", &card.bonus), ("penalty", &card.penalty)] {
        for part in all {
            let when = part.when.as_ref();
            let score = part.score.expressions();
            let score: Vec<String> = score
                .into_iter()
                .map(|expr| expression(rulebook, expr))
                .collect();
            rows.push(vec![
                word(kind),
                format!("{} {}", part.text.zh(), code(&part.id)),
                when.map_or_else(String::new, |expr| expression(rulebook, expr)),
                score.join(" … "),
            ]);
        }
    }
    for veto in &card.veto {
        rows.push(vec![
            word("veto"),
            format!("{} {}", veto.text.zh(), code(&veto.id)),
            expression(rulebook, &veto.when),
            String::new(),
        ]);
    }
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\n{}",
        table(&["kind", "item", "condition", "points"], &rows)
    )
}

/// The page of the lights.
pub fn lights(judged: &Judged) -> String {
    let rulebook = &judged.rulebook;
    let mut text = format!(
        "# {}\n\n*{}*\n\n{}\n",
        word("lights"),
        word("lights-en"),
        word("lights-intro")
    );
    let mut all: Vec<_> = rulebook.lights.values().collect();
    all.sort_by_key(|light| (!light.is_default, light.id.clone()));
    for light in all {
        let cases = judged.cases(|target| matches!(target, Target::Light(id) if *id == light.id));
        let confidence = light.provenance.confidence.as_ref();
        text.push_str(&heading(&light.name, &light.id));
        let scope = light.scope.as_ref();
        let rows = [
            (
                "default",
                if light.is_default {
                    word("yes")
                } else {
                    String::new()
                },
            ),
            ("subject", subject(&light.subject)),
            ("legal", legal_line(&light.provenance.legal)),
            ("checked", checked(&light.provenance)),
            ("sure", format!("{}：{}", sure(confidence), why(confidence))),
            (
                "scope",
                scope.map_or_else(String::new, |scope| expression(rulebook, scope)),
            ),
            ("cases", cases.counted.to_string()),
            (
                "note",
                light
                    .provenance
                    .note
                    .as_ref()
                    .map_or("", Label::zh)
                    .to_owned(),
            ),
        ];
        text.push_str(&about(&rows));
        text.push('\n');
        let rows: Vec<Vec<String>> = light
            .aspects
            .iter()
            .map(|aspect| {
                let condition = |expr: Option<&engine::expression::Expr>| {
                    expr.map_or_else(String::new, |expr| expression(rulebook, expr))
                };
                vec![
                    format!("{} {}", aspect.text.zh(), code(&aspect.id)),
                    condition(aspect.red.as_ref()),
                    condition(aspect.yellow.as_ref()),
                ]
            })
            .collect();
        text.push_str(&table(&["aspect", "red", "yellow"], &rows));
    }
    text
}

/// The page of indicators, titles, code lists and calendars.
pub fn indicators(rulebook: &Rulebook) -> String {
    let mut text = format!(
        "# {}\n\n*{}*\n",
        word("indicators-title"),
        word("indicators-en")
    );
    text.push_str(&section("indicators", &indicator_table(rulebook)));
    text.push_str(&section("titles", &titles(rulebook)));
    text.push_str(&section("lists", &lists(rulebook)));
    text
}

fn indicator_table(rulebook: &Rulebook) -> String {
    let mut rows: Vec<Vec<String>> = rulebook
        .indicators
        .values()
        .map(|indicator| {
            let value = match &indicator.value {
                IndicatorValue::Variable(read) => code(&read.name),
                IndicatorValue::Expr(expr) => expression(rulebook, expr),
                IndicatorValue::Aggregate(aggregate) => {
                    let of = format!("{:?}", aggregate.aggregation).to_lowercase();
                    let what = aggregate.variable.as_ref();
                    let what = what
                        .map_or_else(|| subject(&aggregate.of), |expr| expression(rulebook, expr));
                    let filter = aggregate.filter.as_ref();
                    let filter = filter.map_or_else(String::new, |expr| {
                        format!("：{}", expression(rulebook, expr))
                    });
                    format!("{}{what}{filter}", word(&format!("aggregate-{of}")))
                }
            };
            let growth = match indicator.growth {
                Growth::Published => "growth-published",
                Growth::Computed => "growth-computed",
            };
            vec![
                code(&indicator.id),
                indicator.label.zh().to_owned(),
                word(&format!("period-{}", indicator.period.as_str())),
                value,
                if indicator.cumulative {
                    word("yes")
                } else {
                    String::new()
                },
                word(growth),
                indicator
                    .provenance
                    .note
                    .as_ref()
                    .map_or("", Label::zh)
                    .to_owned(),
            ]
        })
        .collect();
    rows.sort();
    let columns = [
        "id",
        "label",
        "period",
        "calculated",
        "cumulative",
        "growth",
        "note",
    ];
    table(&columns, &rows)
}

fn titles(rulebook: &Rulebook) -> String {
    let mut rows: Vec<Vec<String>> = rulebook
        .recognitions
        .values()
        .map(|title| {
            let months = title.validity_months;
            vec![
                code(&title.id),
                title.label.zh().to_owned(),
                title.issuer.as_ref().map_or("", Label::zh).to_owned(),
                months.map_or_else(|| word("no-end"), |months| months.to_string()),
                title.renewal.as_ref().map_or("", Label::zh).to_owned(),
                title.policy.as_deref().map_or_else(String::new, code),
                legal_line(&title.provenance.legal),
                checked(&title.provenance),
            ]
        })
        .collect();
    rows.sort();
    let columns = [
        "id",
        "label",
        "issuer",
        "months",
        "renewal",
        "judged-by",
        "legal",
        "checked",
    ];
    table(&columns, &rows)
}

fn lists(rulebook: &Rulebook) -> String {
    let codes = rulebook.codes.values().map(|codes| {
        vec![
            code(&codes.id),
            codes.label.zh().to_owned(),
            codes.values.len().to_string(),
            legal_line(&codes.provenance.legal),
        ]
    });
    let calendars = rulebook.calendars.values().map(|calendar| {
        let years: Vec<String> = calendar.years.keys().map(ToString::to_string).collect();
        vec![
            code(&calendar.id),
            calendar.label.zh().to_owned(),
            years.join("、"),
            calendar
                .provenance
                .note
                .as_ref()
                .map_or("", Label::zh)
                .to_owned(),
        ]
    });
    let mut rows: Vec<Vec<String>> = codes.chain(calendars).collect();
    rows.sort();
    let columns = ["id", "label", "extent", "legal"];
    table(&columns, &rows)
}
