//! Rule files to a typed rulebook; all mistakes of one run together.

mod cases;
mod code;
mod declare;
mod entries;
pub(crate) mod fields;
mod files;
pub(crate) mod found;
mod indicator;
pub(crate) mod keys;
mod light;
mod literals;
pub(crate) mod names;
mod parameter;
mod policy;
mod provenance;
mod reader;
mod scorecard;
mod variable;
pub(crate) mod yaml;

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

pub use cases::{read_cases, read_zone_cases, zones_of_cases};
pub use files::{ReadError, RuleFiles};
pub use literals::{ValueError, read_fact, read_parameter};
pub(crate) use reader::Reader;

use crate::check;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rulebook::{Rulebook, VariableKey};
use crate::source::{FileId, Sources};
use entries::{Entries, Kind, Parsed};
use found::Found;

/// A rulebook and every zone's, as `rulebook check` needs them.
#[derive(Debug, Default)]
pub struct Checked {
    /// The national rulebook; `None` where a file is wrong.
    pub national: Option<Rulebook>,
    /// The rulebook of each zone that could be read.
    pub zones: IndexMap<String, Rulebook>,
    /// What is wrong, errors and warnings, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// The rulebook in a folder, with one zone's local rules or without; `None` where a file is wrong. The
/// list has warnings too.
pub fn load(dir: &Path, zone: Option<&str>) -> (Option<Rulebook>, Vec<Diagnostic>) {
    match RuleFiles::read(dir) {
        Ok(files) => load_files(&files, zone),
        Err(error) => (None, vec![unreadable(&error)]),
    }
}

fn unreadable(error: &ReadError) -> Diagnostic {
    let nowhere = entries::file_start(FileId(u32::MAX));
    Diagnostic::error("files::read", nowhere, format!("{error}: {}", error.source))
        .help("check the path and who may read it")
}

/// As [`load`], of files that are already read.
pub fn load_files(files: &RuleFiles, zone: Option<&str>) -> (Option<Rulebook>, Vec<Diagnostic>) {
    let found = Found::default();
    let parsed = entries::parse_all(&files.sources, &found);
    if let Some(zone) = zone
        && !files.zones().iter().any(|known| known == zone)
    {
        // Not an error of a file: there is just nothing local to add.
        found.push(
            Diagnostic::warning(
                "zone::unknown",
                entries::file_start(FileId(u32::MAX)),
                format!("there are no local rules of `{zone}`"),
            )
            .help("local rules stand below `zones/NAME/`"),
        );
    }
    let rulebook = build(&parsed, files, zone, &found);
    finish(rulebook, found, &files.sources)
}

fn finish(
    rulebook: Rulebook,
    found: Found,
    sources: &Sources,
) -> (Option<Rulebook>, Vec<Diagnostic>) {
    let mut diagnostics = found.into_diagnostics();
    let is_wrong = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error);
    if is_wrong {
        // What cannot be read is used by nobody, so these warnings would mislead.
        diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    }
    for diagnostic in &mut diagnostics {
        diagnostic.attach(sources);
    }
    ((!is_wrong).then_some(rulebook), diagnostics)
}

/// The national rulebook and every zone's, with all that is wrong in any of them, each thing once.
pub fn load_every_zone(files: &RuleFiles) -> Checked {
    load_with_zones(files, &files.zones())
}

/// As [`load_every_zone`], of these zones.
pub fn load_with_zones(files: &RuleFiles, zones: &[String]) -> Checked {
    let mut checked = Checked::default();
    let (national, diagnostics) = load_files(files, None);
    checked.national = national;
    checked.diagnostics = diagnostics;
    for zone in zones {
        let (rulebook, further) = load_files(files, Some(zone));
        checked
            .zones
            .extend(rulebook.map(|rulebook| (zone.clone(), rulebook)));
        for diagnostic in further {
            let is_known = checked.diagnostics.iter().any(|known| {
                known.span == diagnostic.span
                    && known.code == diagnostic.code
                    && known.message == diagnostic.message
            });
            if !is_known {
                checked.diagnostics.push(diagnostic);
            }
        }
    }
    checked
}

fn build(parsed: &[Parsed], files: &RuleFiles, zone: Option<&str>, found: &Found) -> Rulebook {
    let all = entries::collect(parsed, zone, found);
    let names = Arc::new(declare::names(&all));
    let reader = Reader {
        names: &names,
        found,
        sources: &files.sources,
    };
    let mut rulebook = Rulebook {
        zone: zone.map(str::to_owned),
        zones: files.zones(),
        currency: names.currency.clone(),
        variables: IndexMap::new(),
        parameters: IndexMap::new(),
        policies: IndexMap::new(),
        scorecards: IndexMap::new(),
        lights: IndexMap::new(),
        indicators: IndexMap::new(),
        recognitions: IndexMap::new(),
        codes: IndexMap::new(),
        calendars: IndexMap::new(),
        case_files: Vec::new(),
        evaluation_order: Vec::new(),
        sources: files.sources.clone(),
        names: Arc::clone(&names),
    };
    read_entries(&all, &reader, &mut rulebook);
    rulebook.case_files = all
        .cases
        .iter()
        .filter_map(|file| cases::read(file, zone, &rulebook.zones, &reader))
        .collect();
    check::all(&mut rulebook, &all.cases_named(), found);
    rulebook
}

fn read_entries(all: &Entries<'_>, reader: &Reader<'_>, into: &mut Rulebook) {
    for entry in &all.list {
        let id = entry.id.clone();
        match entry.kind {
            Kind::Variable => {
                into.variables
                    .extend(variable::read(entry, reader).map(|read| {
                        let key = VariableKey {
                            subject: read.subject.clone(),
                            name: id,
                        };
                        (key, read)
                    }));
            }
            Kind::Parameter => into
                .parameters
                .extend(parameter::read(entry, reader).map(|read| (id, read))),
            Kind::Policy => into
                .policies
                .extend(policy::read(entry, reader).map(|read| (id, read))),
            Kind::Scorecard => into
                .scorecards
                .extend(scorecard::read(entry, reader).map(|read| (id, read))),
            Kind::Light => into
                .lights
                .extend(light::read(entry, reader).map(|read| (id, read))),
            Kind::Indicator => into
                .indicators
                .extend(indicator::read(entry, reader).map(|read| (id, read))),
            Kind::Recognition => into
                .recognitions
                .extend(indicator::read_recognition(entry, reader).map(|read| (id, read))),
            Kind::Codes => into
                .codes
                .extend(code::read(entry, reader).map(|read| (id, read))),
            Kind::Calendar => into
                .calendars
                .extend(code::read_calendar(entry, reader).map(|read| (id, read))),
        }
    }
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod tests;
