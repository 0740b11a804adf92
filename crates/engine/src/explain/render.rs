//! An explanation as text for a terminal and as Markdown for a letter; the connecting words are given.

use std::fmt::Write as _;

use super::{
    Bilingual, CardExplained, ClauseExplained, Explanation, FactExplained, ItemExplained, Legal,
};

/// The language of the rulebook's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Connecting words: for `verdict`, `eligible`, `amount` … the word to show.
pub struct Words<'w> {
    /// The language of the rulebook's own words.
    pub language: Language,
    /// The word for a key.
    pub word: &'w dyn Fn(&str) -> String,
}

impl Words<'_> {
    fn pick<'b>(&self, words: &'b Bilingual) -> &'b str {
        match self.language {
            Language::Zh => &words.zh,
            Language::En => &words.en,
        }
    }

    fn of(&self, key: &str) -> String {
        (self.word)(key)
    }

    fn legal(&self, legal: &[Legal]) -> String {
        let each: Vec<String> = legal
            .iter()
            .map(|legal| {
                let article = legal
                    .article
                    .as_deref()
                    .map_or(String::new(), |a| format!(" {a}"));
                let mark = if legal.verified {
                    String::new()
                } else {
                    format!(" ({})", self.of("unverified"))
                };
                format!("{}{article}{mark}", legal.cite)
            })
            .collect();
        each.join("; ")
    }

    fn fact(&self, fact: &FactExplained) -> String {
        let mut text = format!("{} ({}) = ", self.pick(&fact.label), fact.name);
        match (&fact.value, &fact.unusable) {
            (_, Some((given, why))) => {
                let _ = write!(text, "{}: `{given}` {}", self.of("unusable"), self.of(why));
            }
            (Some(value), None) => text.push_str(value),
            (None, None) => text.push_str(&self.of("not-known")),
        }
        if let Some(given_as) = &fact.given_as {
            let _ = write!(text, ", {} {given_as}", self.of("given-as"));
        }
        if let Some(computed) = fact
            .computed
            .as_ref()
            .filter(|c| fact.value.as_ref() != Some(c))
        {
            let _ = write!(text, ", {} {computed}", self.of("computed"));
        }
        if let Some(source) = &fact.source {
            let _ = write!(text, ", {}: {source}", self.of("source"));
        }
        text
    }
}

/// The explanation as lines of text.
pub fn to_text(explanation: &Explanation, words: &Words<'_>) -> String {
    let mut out = String::new();
    let e = explanation;
    let _ = writeln!(
        out,
        "{}  {} ({})",
        e.subject_id,
        words.pick(&e.name),
        e.policy
    );
    let _ = writeln!(out, "{}: {}", words.of("verdict"), words.of(e.verdict));
    let _ = writeln!(
        out,
        "{}: {}  {}: {}",
        words.of("as-of"),
        e.as_of,
        words.of("year"),
        e.year
    );
    if !e.legal.is_empty() {
        let _ = writeln!(out, "{}: {}", words.of("legal"), words.legal(&e.legal));
    }
    if e.unverified {
        let _ = writeln!(out, "! {}", words.of("partly-unverified"));
    }
    for clause in &e.clauses {
        let _ = writeln!(
            out,
            "\n[{}] {}  {}",
            words.of(&format!("state-{}", clause.state)),
            clause.id,
            words.pick(&clause.text)
        );
        for line in clause_lines(clause, words) {
            let _ = writeln!(out, "    {line}");
        }
    }
    for card in &e.scorecards {
        let _ = writeln!(out, "\n{}", card_head(card, words));
        for line in card_lines(card, words) {
            let _ = writeln!(out, "    {line}");
        }
    }
    let _ = writeln!(out);
    for line in end_lines(e, words) {
        let _ = writeln!(out, "{line}");
    }
    out
}

/// The explanation as Markdown.
pub fn to_markdown(explanation: &Explanation, words: &Words<'_>) -> String {
    let mut out = String::new();
    let e = explanation;
    let _ = writeln!(out, "# {}\n", words.pick(&e.name));
    let _ = writeln!(out, "{}  ", e.subject_id);
    let _ = writeln!(
        out,
        "{}: **{}**  ",
        words.of("verdict"),
        words.of(e.verdict)
    );
    let _ = writeln!(
        out,
        "{}: {}, {}: {}\n",
        words.of("as-of"),
        e.as_of,
        words.of("year"),
        e.year
    );
    if !e.legal.is_empty() {
        let _ = writeln!(out, "{}: {}\n", words.of("legal"), words.legal(&e.legal));
    }
    if e.unverified {
        let _ = writeln!(out, "> {}\n", words.of("partly-unverified"));
    }
    for (number, clause) in e.clauses.iter().enumerate() {
        let _ = writeln!(
            out,
            "## {}. {} ({})\n",
            number + 1,
            words.pick(&clause.text),
            words.of(&format!("state-{}", clause.state))
        );
        for line in clause_lines(clause, words) {
            let _ = writeln!(out, "- {}", escaped(&line));
        }
        let _ = writeln!(out);
    }
    for card in &e.scorecards {
        let _ = writeln!(out, "## {}\n", escaped(&card_head(card, words)));
        for line in card_lines(card, words) {
            let _ = writeln!(out, "- {}", escaped(&line));
        }
        let _ = writeln!(out);
    }
    for line in end_lines(e, words) {
        let _ = writeln!(out, "- {}", escaped(&line));
    }
    out
}

/// Signs that Markdown would read as its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '*' | '_' | '<' | '[' | ']' | '|' | '\\') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

fn clause_lines(clause: &ClauseExplained, words: &Words<'_>) -> Vec<String> {
    let mut lines = vec![clause.expression.clone()];
    if clause.put_in != clause.expression {
        lines.push(format!("= {}", clause.put_in));
    }
    if let (Some(gap), Some(unit)) = (&clause.gap, clause.unit) {
        lines.push(format!(
            "{}: {gap} {}",
            words.of("gap"),
            words.of(&format!("unit-{unit}"))
        ));
    }
    if !clause.missing.is_empty() {
        lines.push(format!(
            "{}: {}",
            words.of("missing"),
            clause.missing.join(", ")
        ));
    }
    lines.extend(clause.facts.iter().map(|fact| words.fact(fact)));
    if !clause.legal.is_empty() {
        lines.push(format!(
            "{}: {}",
            words.of("legal"),
            words.legal(&clause.legal)
        ));
    }
    if clause.unverified {
        lines.push(words.of("unverified"));
    }
    lines
}

/// A scorecard's name, and what it comes to.
fn card_head(card: &CardExplained, words: &Words<'_>) -> String {
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| words.of("not-known"));
    let mut text = format!(
        "{} {} ({}): ",
        words.of("scorecard"),
        words.pick(&card.name),
        card.scorecard
    );
    if !card.in_force {
        text.push_str(&words.of("not_in_force"));
        return text;
    }
    let _ = write!(text, "{} {}", words.of("score"), known(&card.score));
    if let Some(stage) = &card.stage {
        let _ = write!(text, ", {} {stage}", words.of("stage"));
    }
    let _ = write!(text, ", {} {}", words.of("level"), known(&card.level));
    text
}

fn card_lines(card: &CardExplained, words: &Words<'_>) -> Vec<String> {
    let mut lines: Vec<String> = card
        .items
        .iter()
        .map(|item| item_line(item, words))
        .collect();
    if !card.missing.is_empty() {
        lines.push(format!(
            "{}: {}",
            words.of("missing"),
            card.missing.join(", ")
        ));
    }
    lines
}

/// An item with its value, points, what it could still gain, and its missing facts.
fn item_line(item: &ItemExplained, words: &Words<'_>) -> String {
    let mut text = format!("{}  {}: ", item.id, words.pick(&item.text));
    if let Some(value) = &item.value {
        let _ = write!(text, "{value} → ");
    }
    match (&item.score, item.left_out) {
        (Some(score), _) => text.push_str(score),
        (None, true) => text.push_str(&words.of("left-out")),
        (None, false) => text.push_str(&words.of("not-known")),
    }
    if let Some(most) = &item.most {
        let _ = write!(text, " / {most}");
    }
    if let Some(gain) = item.gain.as_ref().filter(|gain| *gain != "0") {
        let _ = write!(text, ", {} {gain}", words.of("still-to-gain"));
    }
    if !item.missing.is_empty() {
        let _ = write!(
            text,
            ", {}: {}",
            words.of("missing"),
            item.missing.join(", ")
        );
    }
    text
}

fn end_lines(e: &Explanation, words: &Words<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| words.of("not-known"));
    if let Some(amount) = &e.amount {
        lines.push(format!("{}: {}", words.of("amount"), known(&amount.value)));
        lines.push(format!("= {}", amount.put_in));
        let saves = if e.timing {
            words.of("timing")
        } else {
            known(&e.saves)
        };
        lines.push(format!("{}: {saves}", words.of("saves")));
    }
    for (name, value) in &e.parts {
        lines.push(format!("{name}: {}", known(value)));
    }
    if !e.missing.is_empty() {
        lines.push(format!("{}: {}", words.of("missing"), e.missing.join(", ")));
    }
    if let Some(authority) = &e.authority {
        lines.push(format!(
            "{}: {}",
            words.of("authority"),
            words.pick(authority)
        ));
    }
    for material in &e.materials {
        lines.push(format!(
            "{}: {}",
            words.of("material"),
            words.pick(material)
        ));
    }
    for step in &e.steps {
        lines.push(format!("{}: {}", words.of("step"), words.pick(step)));
    }
    if let Some(deadline) = &e.deadline {
        lines.push(format!(
            "{}: {}",
            words.of("deadline"),
            words.pick(deadline)
        ));
    }
    lines
}
