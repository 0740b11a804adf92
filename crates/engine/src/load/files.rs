//! The files of a rulebook folder, or of one that is built in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::{SourceFile, Sources};

/// The rule files of a folder, read but not yet understood, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct RuleFiles {
    pub(crate) sources: Sources,
}

/// Why a folder of rule files could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`")]
pub struct ReadError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

impl RuleFiles {
    /// The YAML files (and the csv lists beside them) below `dir`, hidden folders left out.
    ///
    /// # Errors
    /// [`ReadError`] names the file or folder that cannot be read. A file that is not UTF-8 is read with
    /// replacement characters, so that the error shows where they stand.
    pub fn read(dir: &Path) -> Result<Self, ReadError> {
        let mut paths = Vec::new();
        collect(dir, dir, &mut paths)?;
        let mut files = Vec::with_capacity(paths.len());
        for (path, name) in paths {
            let bytes = fs::read(&path).map_err(|source| ReadError { path, source })?;
            files.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(Self::from_texts(files))
    }

    /// These texts by their path below the rulebook's folder (with `/`), as a built-in rulebook or a
    /// test has them.
    pub fn from_texts(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<SourceFile> = files
            .into_iter()
            .map(|(path, text)| SourceFile {
                path,
                text: text
                    .strip_prefix('\u{feff}')
                    .map_or(text.clone(), str::to_owned),
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            sources: Sources::new(files),
        }
    }

    /// The files by their paths, worked examples left out: what is needed to judge elsewhere.
    pub fn texts(&self) -> Vec<(String, String)> {
        let files = self.sources.iter().map(|(_, file)| file);
        files
            .filter(|file| !file.path.ends_with(".cases.yaml"))
            .map(|file| (file.path.clone(), file.text.clone()))
            .collect()
    }

    /// The files with their ids.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The zones that have local rules, sorted.
    pub fn zones(&self) -> Vec<String> {
        let mut zones: Vec<String> = self
            .sources
            .iter()
            .filter_map(|(_, file)| zone_of(&file.path).map(str::to_owned))
            .collect();
        zones.sort();
        zones.dedup();
        zones
    }
}

/// The zone of a file: the folder below `zones/`.
pub(crate) fn zone_of(path: &str) -> Option<&str> {
    let mut parts = path.split('/');
    while let Some(part) = parts.next() {
        if part == "zones" {
            let zone = parts.next()?;
            return parts.next().map(|_| zone);
        }
    }
    None
}

fn collect(root: &Path, dir: &Path, out: &mut Vec<(PathBuf, String)>) -> Result<(), ReadError> {
    let failed = |source| ReadError {
        path: dir.to_owned(),
        source,
    };
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, out)?;
            continue;
        }
        let wanted = path.extension().is_some_and(|extension| {
            ["yaml", "yml", "csv"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        if wanted {
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            out.push((path, name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_the_folder_below_zones() {
        assert_eq!(zone_of("zones/west/policies/a.yaml"), Some("west"));
        assert_eq!(zone_of("rulebook/zones/west/a.yaml"), Some("west"));
        assert_eq!(zone_of("cn/policies/a.yaml"), None);
        assert_eq!(zone_of("zones/a.yaml"), None);
    }

    #[test]
    fn a_folder_is_read_whole_without_hidden_files() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("cn/variables")).unwrap();
        fs::write(dir.path().join("cn/variables/a.yaml"), "variables: {}\n").unwrap();
        fs::write(dir.path().join("cn/readme.md"), "no rule").unwrap();
        fs::create_dir(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join(".git/b.yaml"), "x").unwrap();
        let files = RuleFiles::read(dir.path()).unwrap();
        let paths: Vec<&str> = files
            .sources()
            .iter()
            .map(|(_, file)| file.path.as_str())
            .collect();
        assert_eq!(paths, ["cn/variables/a.yaml"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = RuleFiles::read(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"));
    }
}
