//! What every part of a rulebook may say of itself: law, checks, confidence; and what holds by days.

use chrono::NaiveDate;

use super::fields::{self, Fields, items};
use super::found::Found;
use super::keys;
use super::yaml::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::rulebook::{
    Confidence, ConfidenceLevel, Dated, InForce, LegalReference, Provenance, Spans, YearChoice,
};
use crate::source::Span;

/// What a map says of where it comes from.
pub(super) fn provenance(map: &Fields<'_>, found: &Found) -> Provenance {
    Provenance {
        legal: map
            .get("legal")
            .map(|node| legal(node, found))
            .unwrap_or_default(),
        checked: map
            .get("checked")
            .and_then(|node| fields::date(node, "`checked`", found)),
        unverified: map
            .get("verified")
            .and_then(|node| fields::boolean(node, "`verified`", found))
            == Some(false),
        confidence: map
            .get("confidence")
            .and_then(|node| confidence(node, found)),
        note: map.get("note").and_then(|node| fields::label(node, found)),
    }
}

/// One reference or a list of them.
pub(super) fn legal(node: &Node, found: &Found) -> Vec<LegalReference> {
    items(node)
        .iter()
        .filter_map(|item| {
            let map = Fields::read(item, "a legal reference", &[keys::LEGAL], found)?;
            let text = |key: &str| {
                map.get(key)
                    .and_then(|node| fields::text(node, key, found))
                    .map(str::to_owned)
            };
            map.require("cite", found)?;
            Some(LegalReference {
                cite: text("cite")?,
                article: text("article"),
                date: map
                    .get("date")
                    .and_then(|node| fields::date(node, "`date`", found)),
                verified: map
                    .get("verified")
                    .and_then(|node| fields::boolean(node, "`verified`", found))
                    != Some(false),
                note: map.get("note").and_then(|node| fields::label(node, found)),
                span: item.span,
            })
        })
        .collect()
}

fn confidence(node: &Node, found: &Found) -> Option<Confidence> {
    let map = Fields::read(node, "confidence", &[&["level", "why"]], found)?;
    let levels = [
        ("high", ConfidenceLevel::High),
        ("medium", ConfidenceLevel::Medium),
        ("low", ConfidenceLevel::Low),
    ];
    let level = map.require("level", found);
    let why = map.require("why", found);
    Some(Confidence {
        level: fields::choice(level?, "level of confidence", &levels, found)?,
        why: fields::label(why?, found)?,
    })
}

/// The first and last day of a map with `from` and `until`; a last day before the first is an error.
pub(super) fn days(map: &Fields<'_>, found: &Found) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let day = |key| {
        map.get(key)
            .and_then(|node| fields::date(node, &format!("`{key}`"), found))
    };
    let (from, until) = (day("from"), day("until"));
    if let (Some(first), Some(last), Some(node)) = (from, until, map.get("until"))
        && last < first
    {
        found.push(
            Diagnostic::error(
                "dates::order",
                node.span,
                format!("this ends on {last}, before it begins on {first}"),
            )
            .help("both days are included: the last is not before the first"),
        );
    }
    (from, until)
}

/// The spans in which a rule is in force.
pub(super) fn in_force(node: &Node, found: &Found) -> Vec<InForce> {
    let mut read: Vec<(InForce, Span)> = items(node)
        .iter()
        .filter_map(|item| {
            let map = Fields::read(item, "a span in force", &[keys::IN_FORCE], found)?;
            let (from, until) = days(&map, found);
            let published = map
                .get("published")
                .and_then(|node| fields::date(node, "`published`", found));
            Some((
                InForce {
                    from,
                    until,
                    published,
                },
                item.span,
            ))
        })
        .collect();
    read.sort_by_key(|(span, _)| span.from);
    let spans: Vec<_> = read
        .iter()
        .map(|(span, place)| (span.from, span.until, *place))
        .collect();
    overlaps(&spans, found);
    read.into_iter().map(|(span, _)| span).collect()
}

/// Says so where two spans, in order of time, share a day.
pub(super) fn overlaps(spans: &[(Option<NaiveDate>, Option<NaiveDate>, Span)], found: &Found) {
    for pair in spans.windows(2) {
        let [(_, until, first), (from, _, second)] = pair else {
            continue;
        };
        let apart = matches!((until, from), (Some(until), Some(from)) if until < from);
        if apart {
            continue;
        }
        let help = from.and_then(|from| from.pred_opt()).map_or_else(
            || "give each a `from`".to_owned(),
            |before| format!("let the earlier one end: `until: {before}`"),
        );
        let begins = from.map_or("the beginning".to_owned(), |from| from.to_string());
        found.push(
            Diagnostic::error(
                "dates::overlap",
                *second,
                format!("two of these hold on {begins}"),
            )
            .label("this one begins")
            .also(*first, "while this one still holds")
            .help(help),
        );
    }
}

/// Warns where no span, in order of time, holds between one and the next, unless that is explained.
pub(super) fn gaps(
    spans: &[(Option<NaiveDate>, Option<NaiveDate>, Span)],
    explained: &[Span],
    found: &Found,
) {
    for pair in spans.windows(2) {
        let [(_, Some(until), first), (Some(from), _, second)] = pair else {
            continue;
        };
        if explained.contains(second) {
            continue;
        }
        let (Some(after), Some(before)) = (until.succ_opt(), from.pred_opt()) else {
            continue;
        };
        if after <= before {
            found.push(
                Diagnostic::warning(
                    "dates::gap",
                    *second,
                    format!("nothing holds from {after} to {before}"),
                )
                .label("this one begins")
                .also(*first, format!("and the one before it ends on {until}"))
                .help("where the law itself had a gap, say so by a `note:` on the later one"),
            );
        }
    }
}

/// One value that always holds, or a list of `{from, until, is}`.
pub(super) fn spans<T>(
    node: &Node,
    what: &'static str,
    found: &Found,
    read: impl Fn(&Node) -> Option<T>,
) -> Option<Spans<T>> {
    let Value::List(list) = &node.value else {
        return read(node).map(Spans::always);
    };
    let mut dated = Vec::new();
    let mut places = Vec::new();
    let mut whole = true;
    for item in list {
        let Some(map) = Fields::read(item, what, &[keys::DATED], found) else {
            whole = false;
            continue;
        };
        let (from, until) = days(&map, found);
        places.push((from, until, item.span));
        match map.require("is", found).and_then(&read) {
            Some(value) => dated.push(Dated { from, until, value }),
            None => whole = false,
        }
    }
    places.sort_by_key(|(from, ..)| *from);
    overlaps(&places, found);
    whole.then(|| Spans::new(dated))
}

/// Which year is the assessment year.
pub(super) fn year(map: &Fields<'_>, found: &Found) -> Spans<YearChoice> {
    let words = [
        ("current", YearChoice::Current),
        ("previous", YearChoice::Previous),
    ];
    map.get("year")
        .and_then(|node| {
            spans(node, "a choice of year by days", found, |node| {
                fields::choice(node, "choice of year", &words, found)
            })
        })
        .unwrap_or_default()
}
