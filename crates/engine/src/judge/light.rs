//! A light for one subject: the worst of its aspects.

use indexmap::IndexMap;

use super::bound::BoundAspect;
use super::evaluate::Judge;
use super::missing::Missing;

/// A colour, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Colour {
    /// Red.
    Red,
    /// Yellow.
    Yellow,
    /// A condition above the first true one is not known.
    Unknown,
    /// None of the conditions is true.
    Green,
}

impl Colour {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Unknown => "unknown",
            Self::Green => "green",
        }
    }
}

/// A light for one subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LightResult {
    /// The worst colour; `None` where the light does not judge this subject or is not in force.
    pub colour: Option<Colour>,
    /// The first aspect of that colour: what decided.
    pub decided_by: Option<String>,
    /// Colours by aspect.
    pub aspects: IndexMap<String, Colour>,
    /// Facts that are not known and could change it, sorted.
    pub missing: Missing,
}

impl Judge<'_> {
    /// What the bound light shows; `None` where none is bound.
    pub fn light(&self) -> Option<LightResult> {
        let light = self.binding.light.as_ref()?;
        let mut result = LightResult::default();
        if !light.in_force {
            return Some(result);
        }
        let in_scope = light.scope.map_or(Some(true), |scope| self.truth(scope));
        if in_scope == Some(false) {
            return Some(result);
        }
        for aspect in &light.aspects {
            let colour = self.aspect(aspect, &mut result.missing);
            result.aspects.insert(aspect.id.clone(), colour);
        }
        let worst = result.aspects.iter().min_by_key(|(_, colour)| **colour);
        result.colour = worst.map(|(_, colour)| *colour).or(Some(Colour::Green));
        result.decided_by = worst.map(|(id, _)| id.clone());
        // Whether it is judged at all is not known.
        if let (None, Some(scope)) = (in_scope, light.scope) {
            result.colour = Some(Colour::Unknown);
            result.decided_by = None;
            result.missing.extend(self.missing(scope));
        }
        Some(result)
    }

    fn aspect(&self, aspect: &BoundAspect, missing: &mut Missing) -> Colour {
        let truth = |term: Option<_>| term.map_or(Some(false), |term| self.truth(term));
        let colour = match (truth(aspect.red), truth(aspect.yellow)) {
            (Some(true), _) => Colour::Red,
            (None, _) | (Some(false), None) => Colour::Unknown,
            (Some(false), Some(true)) => Colour::Yellow,
            (Some(false), Some(false)) => Colour::Green,
        };
        if colour == Colour::Unknown {
            for term in [aspect.red, aspect.yellow].into_iter().flatten() {
                missing.extend(self.missing(term));
            }
        }
        colour
    }
}
