//! Reading cases: worked examples in the rulebook, or kept elsewhere.

mod expect;
mod place;
mod written;

use domain::SubjectKind;
use indexmap::IndexMap;

pub use place::zones_of_cases;
pub(crate) use written::WrittenFact;

use super::Reader;
use super::entries::{Parsed, stem};
use super::fields::{self, Fields};
use super::found::{Found, suggestion};
use super::keys;
use super::literals::fact_literal;
use super::parameter::set_value;
use super::yaml::{self, Key, Node, Value};
use crate::diagnostic::{Diagnostic, Severity};
use crate::expression::{Type, VariableRef, When};
use crate::parse::fits_period;
use crate::rulebook::{
    Case, CaseFile, Given, Label, ParameterValue, Population, Rulebook, Target, VariableKey,
};
use crate::source::{FileId, SourceFile, Sources};

/// What the cases of one file have in common.
struct Context<'c> {
    reader: &'c Reader<'c>,
    /// The path of the file, below the rulebook's folder where it is of the rulebook.
    path: &'c str,
    /// The id that the name of the file gives.
    file_id: Option<&'c str>,
    /// The zones that have local rules.
    zones: &'c [String],
    /// What is not known is ignored with a warning, not refused: the cases were written elsewhere.
    from_elsewhere: bool,
}

/// The cases of a file of the rulebook that are of the zone that is read; `zones` have local rules.
pub(super) fn read(
    file: &Parsed,
    zone: Option<&str>,
    zones: &[String],
    reader: &Reader<'_>,
) -> Option<CaseFile> {
    let context = Context {
        reader,
        path: &file.path,
        file_id: stem(&file.path).strip_suffix(".cases"),
        zones,
        from_elsewhere: false,
    };
    let file_zone = file.zone.as_deref();
    let cases = context.cases(&file.root, |written| written.or(file_zone) == zone)?;
    Some(CaseFile {
        path: file.path.clone(),
        zone: file.zone.clone(),
        cases,
    })
}

/// The cases of a file that is no part of the rulebook, for this rulebook's zone and for none, and what is
/// wrong with them: a case with an error is left out. A fact that the rulebook does not know is ignored,
/// with a warning.
pub fn read_cases(rulebook: &Rulebook, path: &str, text: &str) -> (CaseFile, Vec<Diagnostic>) {
    let here = rulebook.zone.as_deref();
    read_those(rulebook, path, text, |zone| zone.is_none() || zone == here)
}

/// As [`read_cases`], but only those that name this rulebook's zone.
pub fn read_zone_cases(rulebook: &Rulebook, path: &str, text: &str) -> (CaseFile, Vec<Diagnostic>) {
    let here = rulebook.zone.as_deref();
    read_those(rulebook, path, text, |zone| zone.is_some() && zone == here)
}

fn read_those(
    rulebook: &Rulebook,
    path: &str,
    text: &str,
    is_wanted: impl Fn(Option<&str>) -> bool,
) -> (CaseFile, Vec<Diagnostic>) {
    let found = Found::default();
    let sources = Sources::new(vec![SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }]);
    let mut mistakes = Vec::new();
    let root = yaml::parse(FileId(0), text, &mut mistakes);
    found.extend(mistakes);
    let reader = Reader {
        names: &rulebook.names,
        found: &found,
        sources: &sources,
    };
    let context = Context {
        reader: &reader,
        path,
        file_id: stem(path).strip_suffix(".cases"),
        zones: &rulebook.zones,
        from_elsewhere: true,
    };
    let cases = root
        .and_then(|root| context.cases(&root, is_wanted))
        .unwrap_or_default();
    let mut diagnostics = found.into_diagnostics();
    for diagnostic in &mut diagnostics {
        // Places in the rulebook's own files have no text here.
        diagnostic.others.clear();
        diagnostic.attach(&sources);
    }
    let file = CaseFile {
        path: path.to_owned(),
        zone: rulebook.zone.clone(),
        cases,
    };
    (file, diagnostics)
}

impl Context<'_> {
    fn cases(&self, root: &Node, is_of_zone: impl Fn(Option<&str>) -> bool) -> Option<Vec<Case>> {
        let found = self.reader.found;
        let map = Fields::read(root, "a file of cases", &[&["cases", "doubtful"]], found)?;
        let mut read = Vec::new();
        for (key, doubtful) in [("cases", false), ("doubtful", true)] {
            let Some(node) = map.get(key) else { continue };
            let Value::List(list) = &node.value else {
                fields::wrong(node, &format!("`{key}`"), "a list of cases", found);
                continue;
            };
            for node in list {
                let zone = super::entries::child(node, "zone");
                if let Some(zone) = zone {
                    self.known_zone(zone);
                }
                if is_of_zone(zone.and_then(|zone| Some(zone.scalar()?.text.as_str()))) {
                    read.extend(self.case(node, doubtful));
                }
            }
        }
        Some(read)
    }

    fn case(&self, node: &Node, doubtful: bool) -> Option<Case> {
        let found = self.reader.found;
        let map = Fields::read(node, "a case", &[keys::CASE], found)?;
        let name = map.require("name", found);
        let target = self.target(&map);
        let as_of = map
            .require("as_of", found)
            .and_then(|node| fields::date(node, "`as_of`", found));
        let expect = map.require("expect", found);
        let (target, subject) = target?;
        let given = match map.get("given") {
            Some(node) => self.given(node, &subject)?,
            None => Vec::new(),
        };
        let population = match map.get("population") {
            Some(node) => self.population(node, &subject)?,
            None => Population::new(),
        };
        let of_population = !population.is_empty();
        let own = !self.from_elsewhere;
        let expect = expect::read(expect?, &target, of_population, own, self.reader)?;
        let set = match map.get("set") {
            Some(node) => self.set(node)?,
            None => Vec::new(),
        };
        let name = name?;
        Some(Case {
            name: fields::text(name, "the name of a case", found)?.to_owned(),
            target,
            source: map.get("source").and_then(|node| self.source(node)),
            as_of: as_of?,
            given,
            population,
            expect,
            set,
            zone: map
                .get("zone")
                .and_then(|node| fields::text(node, "`zone`", found))
                .map(str::to_owned),
            doubtful,
            span: name.span,
        })
    }

    fn source(&self, node: &Node) -> Option<Label> {
        if node.scalar().is_some_and(|scalar| scalar.text == "own") {
            return None;
        }
        fields::label(node, self.reader.found)
    }

    /// What a case is about, and whose facts it gives.
    fn target(&self, map: &Fields<'_>) -> Option<(Target, SubjectKind)> {
        let names = self.reader.names;
        let found = self.reader.found;
        let text = |key: &str| {
            map.get(key)
                .and_then(|node| fields::text(node, &format!("`{key}`"), found))
        };
        let written = ["policy", "scorecard", "light", "variable"]
            .into_iter()
            .find_map(|key| text(key).map(|id| (Some(key), id)))
            .or_else(|| self.file_id.map(|id| (None, id)));
        let Some((kind, id)) = written else {
            found.push(
                Diagnostic::error(
                    "form::required",
                    map.span,
                    "this case does not say what it is about",
                )
                .help("add `policy:`, `scorecard:`, `light:` or `variable:`"),
            );
            return None;
        };
        let current = names.current(id);
        let kind = kind.or_else(|| self.beside(current));
        let is = |word: &str| kind.is_none_or(|kind| kind == word);
        if let Some(policy) = names.policies.get(current).filter(|_| is("policy")) {
            return Some((Target::Policy(current.to_owned()), policy.subject.clone()));
        }
        if let Some(card) = names.scorecards.get(current).filter(|_| is("scorecard")) {
            return Some((Target::Scorecard(current.to_owned()), card.subject.clone()));
        }
        if let Some(light) = names.lights.get(current).filter(|_| is("light")) {
            return Some((Target::Light(current.to_owned()), light.subject.clone()));
        }
        if is("variable")
            && let Some(subject) = self.subject_of_variable(id, text("subject"))
        {
            let variable = VariableRef {
                name: id.to_owned(),
                subject: subject.clone(),
                of_owner: false,
                definition: None,
                when: When::Back(0),
            };
            return Some((Target::Variable(variable), subject));
        }
        let what = kind.unwrap_or("policy, scorecard, light or variable");
        let known: Vec<&str> = match kind {
            Some("scorecard") => names.scorecards.keys().map(String::as_str).collect(),
            Some("light") => names.lights.keys().map(String::as_str).collect(),
            Some("variable") => names
                .variables
                .keys()
                .map(|key| key.name.as_str())
                .collect(),
            _ => names.policies.keys().map(String::as_str).collect(),
        };
        let span = kind
            .and_then(|kind| map.get(kind))
            .map_or(map.span, |node| node.span);
        found.push(
            Diagnostic::error("name::unknown", span, format!("there is no {what} `{id}`")).help(
                suggestion(id, known, || "write the id of one that there is".to_owned()),
            ),
        );
        None
    }

    fn subject_of_variable(&self, name: &str, written: Option<&str>) -> Option<SubjectKind> {
        let subject: SubjectKind = match written.unwrap_or("enterprise").parse() {
            Ok(subject) => subject,
            Err(never) => match never {},
        };
        let variables = &self.reader.names.variables;
        let key = VariableKey {
            subject,
            name: name.to_owned(),
        };
        if variables.contains_key(&key) {
            return Some(key.subject);
        }
        if written.is_some() {
            return None;
        }
        variables
            .keys()
            .filter(|key| key.name == name)
            .map(|key| key.subject.clone())
            .min()
    }

    fn given(&self, node: &Node, subject: &SubjectKind) -> Option<Vec<Given>> {
        let found = self.reader.found;
        let entries = fields::entries(node, "`given`", found)?;
        let mut whole = true;
        let mut read: Vec<Given> = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            match self.fact(key, node, subject) {
                Fact::Read(given) => {
                    // The same fact under two spellings would leave open which of them counts.
                    if read.iter().any(|known| known.variable == given.variable) {
                        found.push(
                            Diagnostic::error(
                                "form::twice",
                                key.span,
                                format!("`{}` is given twice", key.text),
                            )
                            .help("keep one of the two"),
                        );
                    }
                    read.push(given);
                }
                Fact::Ignored => {}
                Fact::Wrong => whole = false,
            }
        }
        whole.then_some(read)
    }

    fn fact(&self, key: &Key, node: &Node, subject: &SubjectKind) -> Fact {
        let names = self.reader.names;
        let Some(written) = WrittenFact::parse(&key.text) else {
            return self.not_known(
                key,
                format!("`{}` is no name of a fact", key.text),
                "write NAME, NAME@2023, NAME@2025-08 or NAME[policy]".to_owned(),
            );
        };
        let Some((subject, of_owner, variable)) =
            names.variable(subject, written.name, written.of_owner)
        else {
            let help = suggestion(written.name, names.variables_of(subject), || {
                "define it in a file with `variables:`".to_owned()
            });
            return self.not_known(
                key,
                format!("there is no variable `{}` of {subject}", written.name),
                help,
            );
        };
        let definition = written.definition.map(|id| (id, names.defining(id)));
        if let Some((id, None)) = definition {
            let known = names.policies.keys().map(String::as_str);
            let help = suggestion(id, known, || "write the id of a policy".to_owned());
            let message = format!("`{id}` is no policy whose definition could be meant");
            return self.not_known(key, message, help);
        }
        if !fits_period(written.when, variable.period) {
            return self.not_known(
                key,
                format!(
                    "`{}` has period {}, so it has no value of its own for that",
                    written.name,
                    variable.period.as_str()
                ),
                "a year is written x@2023, a month x@2025-08, a quarter x@2025-Q3".to_owned(),
            );
        }
        let Some(value) = fact_literal(variable.ty, node, self.reader.found) else {
            return Fact::Wrong;
        };
        if variable.ty == Type::Code
            && let crate::expression::Literal::Text(code) = &value
            && !variable.codes.is_empty()
            && !variable.codes.contains(code)
        {
            self.reader.found.push(
                Diagnostic::warning(
                    "name::code",
                    node.span,
                    format!("`{code}` is none of the codes of `{}`", written.name),
                )
                .help(suggestion(
                    code,
                    variable.codes.iter().map(String::as_str),
                    || "add it to the `values` of the variable".to_owned(),
                )),
            );
        }
        Fact::Read(Given {
            variable: VariableRef {
                name: written.name.to_owned(),
                subject,
                of_owner,
                definition: definition.and_then(|(_, id)| Some(id?.to_owned())),
                when: written.when,
            },
            value,
            span: key.span,
        })
    }

    fn not_known(&self, key: &Key, message: String, help: String) -> Fact {
        let mut diagnostic = Diagnostic::error("name::unknown", key.span, message).help(help);
        if self.from_elsewhere {
            diagnostic.severity = Severity::Warning;
        }
        self.reader.found.push(diagnostic);
        if self.from_elsewhere {
            Fact::Ignored
        } else {
            Fact::Wrong
        }
    }

    fn population(&self, node: &Node, subject: &SubjectKind) -> Option<Population> {
        let entries = fields::entries(node, "`population`", self.reader.found)?;
        let mut read = IndexMap::new();
        let mut whole = true;
        for (key, node) in entries {
            let facts = if node.is_null() {
                Some(Vec::new())
            } else {
                self.given(node, subject)
            };
            match facts {
                Some(given) => {
                    read.insert(key.text.clone(), given);
                }
                None => whole = false,
            }
        }
        whole.then_some(read)
    }

    fn set(&self, node: &Node) -> Option<Vec<(String, ParameterValue)>> {
        let reader = self.reader;
        let entries = fields::entries(node, "`set`", reader.found)?;
        let mut read = Vec::new();
        let mut whole = true;
        for (key, node) in entries {
            let written = key.text.strip_prefix("p.").unwrap_or(&key.text);
            let name = reader.names.current(written);
            let Some(parameter) = reader.names.parameters.get(name) else {
                let known = reader.names.parameters.keys().map(String::as_str);
                reader.found.push(
                    Diagnostic::error(
                        "name::unknown",
                        key.span,
                        format!("there is no parameter `{name}`"),
                    )
                    .help(suggestion(name, known, || {
                        "define it in a file with `parameters:`".to_owned()
                    })),
                );
                whole = false;
                continue;
            };
            match set_value(node, &parameter.ty, reader.found) {
                Some(value) => read.push((name.to_owned(), value)),
                None => whole = false,
            }
        }
        whole.then_some(read)
    }
}

/// What a line of `given` came to.
enum Fact {
    Read(Given),
    Ignored,
    Wrong,
}
