//! The name of a fact as cases and columns write it.

use crate::expression::When;
use crate::load::fields;
use crate::parse::parse_when;

/// The name of a fact cut into its parts.
pub(crate) struct WrittenFact<'n> {
    pub name: &'n str,
    pub of_owner: bool,
    pub definition: Option<&'n str>,
    pub when: When,
}

impl<'n> WrittenFact<'n> {
    /// The parts of `NAME`, `NAME@2023`, `NAME[policy]`, `NAME[policy]@2023`, `NAME@2023[policy]` and
    /// `owner.NAME`.
    pub fn parse(text: &'n str) -> Option<Self> {
        let (of_owner, rest) = match text.strip_prefix("owner.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let end = rest.find(['@', '[']).unwrap_or(rest.len());
        let (name, mut rest) = rest.split_at(end);
        let mut fact = Self {
            name,
            of_owner,
            definition: None,
            when: When::Back(0),
        };
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let (definition, after) = inside.split_once(']')?;
                if fact.definition.replace(definition).is_some() || definition.is_empty() {
                    return None;
                }
                rest = after;
            } else {
                let period = rest.strip_prefix('@')?;
                let end = period.find('[').unwrap_or(period.len());
                if fact.when != When::Back(0) {
                    return None;
                }
                fact.when = parse_when(&period[..end])?;
                rest = &period[end..];
            }
        }
        fields::is_name(name).then_some(fact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_facts_have_period_and_definition_in_either_order() {
        for text in ["x[p]@2023", "x@2023[p]"] {
            let fact = WrittenFact::parse(text).unwrap();
            assert_eq!(fact.name, "x");
            assert_eq!(fact.definition, Some("p"));
            assert_eq!(fact.when, When::Year(2023));
        }
        assert_eq!(
            WrittenFact::parse("x@2025-08").unwrap().when,
            When::Month(2025, 8)
        );
        assert!(WrittenFact::parse("owner.x").unwrap().of_owner);
        for wrong in ["x@", "x@25", "x[", "x[]", "x@2023@2024", "1x", "x@2025-13"] {
            assert!(WrittenFact::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_fact_or_not_without_a_panic(text in ".{0,40}") {
            let _ = WrittenFact::parse(&text);
        }
    }
}
