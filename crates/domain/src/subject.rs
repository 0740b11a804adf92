//! What a fact can be about.

use std::fmt;
use std::str::FromStr;

/// The kind of thing a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// 高新区.
    Zone,
    /// 园区, core park and sub-parks.
    Park,
    /// 企业.
    Enterprise,
    /// 项目.
    Project,
    /// 专班 and other programmes.
    Programme,
    /// 活动: roadshows, job fairs.
    Activity,
    /// 认定.
    Recognition,
    /// 资金.
    Fund,
    /// A record of one of these (a loan, a hire, a building), by its name in the rulebook.
    Record(String),
}

impl SubjectKind {
    /// Every kind but records, which are their owners'.
    pub const ALL: [Self; 8] = [
        Self::Zone,
        Self::Park,
        Self::Enterprise,
        Self::Project,
        Self::Programme,
        Self::Activity,
        Self::Recognition,
        Self::Fund,
    ];

    /// The identifier used in files and in the database.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Zone => "zone",
            Self::Park => "park",
            Self::Enterprise => "enterprise",
            Self::Project => "project",
            Self::Programme => "programme",
            Self::Activity => "activity",
            Self::Recognition => "recognition",
            Self::Fund => "fund",
            Self::Record(name) => name,
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SubjectKind {
    type Err = std::convert::Infallible;

    /// Reads an identifier; `event` and `program`, as older tables write them, are read too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "zone" => Self::Zone,
            "park" => Self::Park,
            "enterprise" => Self::Enterprise,
            "project" => Self::Project,
            "programme" | "program" => Self::Programme,
            "activity" | "event" => Self::Activity,
            "recognition" => Self::Recognition,
            "fund" => Self::Fund,
            other => Self::Record(other.to_owned()),
        })
    }
}
