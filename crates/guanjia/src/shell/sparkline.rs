//! A sparkline: how a number moved over the periods beside it. For the eye alone; the digits stand in the table.

use askama::Template;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Size of the drawing, and the room around the line.
const WIDTH: usize = 64;
const HEIGHT: i64 = 18;
const MARGIN: i64 = 3;
/// Fewer known values than these are no movement.
const VALUES_MIN: usize = 3;

/// The line through the known values; it breaks where one is not known.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell/components/sparkline.html")]
pub struct Sparkline {
    path: String,
    last: (i64, i64),
}

impl askama::filters::HtmlSafe for Sparkline {}

impl Sparkline {
    /// The line of values in the order of time; `None` where too few are known.
    pub fn of(values: &[Option<Decimal>]) -> Option<Self> {
        let known: Vec<Decimal> = values.iter().flatten().copied().collect();
        if known.len() < VALUES_MIN {
            return None;
        }
        let (low, high) = (known.iter().min()?, known.iter().max()?);
        let mut path = String::new();
        let mut last = None;
        let mut joined = false;
        for (at, value) in values.iter().enumerate() {
            let Some(value) = value else {
                joined = false;
                continue;
            };
            let (x, y) = (across(at, values.len())?, up(*value, *low, *high)?);
            path.push(if joined { 'L' } else { 'M' });
            path.push_str(&x.to_string());
            path.push(' ');
            path.push_str(&y.to_string());
            joined = true;
            last = Some((x, y));
        }
        Some(Self { path, last: last? })
    }
}

fn across(at: usize, of: usize) -> Option<i64> {
    let room = WIDTH - 2 * usize::try_from(MARGIN).ok()?;
    let x = at * room / (of - 1).max(1);
    Some(MARGIN + i64::try_from(x).ok()?)
}

fn up(value: Decimal, low: Decimal, high: Decimal) -> Option<i64> {
    let room = HEIGHT - 2 * MARGIN;
    if high == low {
        return Some(HEIGHT / 2);
    }
    let share = (value - low).checked_div(high - low)?;
    let height = (share * Decimal::from(room)).round().to_i64()?;
    Some(HEIGHT - MARGIN - height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[Option<i64>]) -> Option<String> {
        let values: Vec<_> = values
            .iter()
            .map(|value| value.map(Decimal::from))
            .collect();
        Sparkline::of(&values).map(|line| line.path)
    }

    #[test]
    fn the_line_rises_with_the_values_and_breaks_where_one_is_not_known() {
        let rising = line(&[Some(1), Some(2), Some(3)]);
        assert_eq!(rising.as_deref(), Some("M3 15L32 9L61 3"));
        let broken = line(&[Some(1), None, Some(3), Some(1)]);
        assert_eq!(broken.as_deref(), Some("M3 15M41 3L61 15"));
        let level = line(&[Some(5), Some(5), Some(5)]);
        assert_eq!(level.as_deref(), Some("M3 9L32 9L61 9"));
        assert_eq!(line(&[Some(1), None, Some(3)]), None);
    }
}
