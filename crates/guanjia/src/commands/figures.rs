//! Figures in JSON: numbers, written digit by digit as they are exact.

use miette::IntoDiagnostic;
use serde::Serialize;
use serde_json::value::RawValue;

/// A figure that was written exactly: `600000.00`. Readers that take it for a float of 64 bits keep fifteen
/// digits of it; those that take decimals keep all.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Figure(Box<RawValue>);

impl Figure {
    /// What these digits say.
    pub fn of(digits: &str) -> Self {
        let raw = RawValue::from_string(digits.to_owned());
        Self(raw.expect("an exact figure is written as JSON writes numbers"))
    }

    /// Its digits.
    pub fn digits(&self) -> &str {
        self.0.get()
    }
}

/// JSON with a part a line, and the end of its last line.
///
/// # Errors
/// Where a value has no form in JSON, which those of the commands have.
pub fn pretty(value: &impl Serialize) -> miette::Result<String> {
    let text = serde_json::to_string_pretty(value).into_diagnostic()?;
    Ok(format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost() {
        let figures = ["0.00", "-0.01", "90071992547409930.07", "-3"].map(Figure::of);
        let text = serde_json::to_string(&figures).unwrap();
        assert_eq!(text, "[0.00,-0.01,90071992547409930.07,-3]");
    }
}
