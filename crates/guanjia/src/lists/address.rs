//! The query of a list's address: what is filtered, how it is sorted, where the page begins.

/// Names and values of a query, in the order of the address, empty ones left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    pairs: Vec<(String, String)>,
}

/// The longest value that is taken from an address.
const VALUE_CHARS_MAX: usize = 200;
/// The longest end of a page: the key that a name sorts by is several times as long as the name, and a cursor
/// writes it in hex.
pub const CURSOR_CHARS_MAX: usize = 12_000;

impl Address {
    /// Reads a query. What cannot be read is no filter.
    pub fn parse(query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| {
                let most = if name == "after" {
                    CURSOR_CHARS_MAX
                } else {
                    VALUE_CHARS_MAX
                };
                let value: String = value.trim().chars().take(most).collect();
                (name, value)
            })
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self { pairs }
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a name, in the order of the address.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Whether a name has this value.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }

    /// The same with this value for a name, and from the first page.
    #[must_use]
    pub fn set(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.pairs.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// The same without a name, and from the first page.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let pairs = self
            .pairs
            .iter()
            .filter(|(key, _)| key != name && key != "after");
        Self {
            pairs: pairs.cloned().collect(),
        }
    }

    /// The same, only with these names.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        let pairs = self
            .pairs
            .iter()
            .filter(|(key, _)| names.contains(&key.as_str()));
        Self {
            pairs: pairs.cloned().collect(),
        }
    }

    /// The pairs, for hidden fields of a form.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The query as an address writes it, without the question mark.
    pub fn query(&self) -> String {
        serde_urlencoded::to_string(&self.pairs).unwrap_or_default()
    }

    /// The whole address under a path.
    pub fn under(&self, path: &str) -> String {
        if self.pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.query())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_put_in_and_taken_out() {
        let address = Address::parse("q=+%E7%94%B2+&stage=started&empty=&after=ff");
        assert_eq!(address.get("q"), Some("甲"));
        assert_eq!(address.get("empty"), None);
        assert_eq!(
            address.without("q").under("/projects"),
            "/projects?stage=started"
        );
        assert_eq!(address.set("stage", "signed").get("stage"), Some("signed"));
        assert_eq!(address.set("stage", "signed").get("after"), None);
        assert_eq!(Address::parse("only=3&only=5").all("only"), ["3", "5"]);
    }

    #[test]
    fn a_long_name_does_not_cut_the_end_of_a_page() {
        let cursor = "ab".repeat(900);
        let address = Address::parse(&format!("q={}&after={cursor}", "x".repeat(900)));
        assert_eq!(address.get("after"), Some(cursor.as_str()));
        assert_eq!(address.get("q").map(str::len), Some(VALUE_CHARS_MAX));
    }

    #[test]
    fn what_is_no_query_filters_nothing() {
        assert_eq!(Address::parse("%zz&&&=").pairs().len(), 0);
    }
}
