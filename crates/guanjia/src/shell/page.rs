//! The frame of a page: person, zone, moment, language, navigation.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::role::Permission;
use super::viewer::with_as_of;
use super::{PageError, Viewer, assets, display};
use crate::words::Lang;

/// What the frame of every page shows.
#[derive(Debug, Clone)]
pub struct Page {
    /// Title of the page.
    pub title: String,
    /// Language of the interface.
    pub lang: Lang,
    /// `light`, `dark`, or empty for what the device prefers.
    pub theme: String,
    /// Display name of the person; empty before sign-in.
    pub person: String,
    /// The zones this person may see.
    pub zones: Vec<ZoneChoice>,
    /// The moment the page shows, for people.
    pub as_of_text: String,
    /// The moment to the minute, for what is printed and filed.
    pub moment_text: String,
    /// The moment as a date field takes it.
    pub as_of_date: String,
    /// Today, the latest day one may choose.
    pub today: String,
    /// Whether any role of this person sees facts.
    pub shows_facts: bool,
    /// The way from the zone to this page.
    pub place: Vec<Step>,
    /// The first part of the address, which marks the current link.
    pub section: &'static str,
    permissions: Vec<Permission>,
    as_of: Option<DateTime<Utc>>,
}

/// A zone in the switch.
#[derive(Debug, Clone)]
pub struct ZoneChoice {
    /// Id of the zone's organisation.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the page shows this one.
    pub current: bool,
}

/// One step of the place.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it is called.
    pub words: String,
    /// Where it leads; empty for the page itself.
    pub href: String,
}

/// A group of links: record, judge, act, keep.
pub struct LinkGroup {
    /// Words over the group.
    pub title: String,
    /// Its links.
    pub links: Vec<Link>,
}

/// A link of the rail.
pub struct Link {
    /// What it is called.
    pub words: String,
    /// Where it leads.
    pub href: &'static str,
    /// Whether it is the page shown.
    pub current: bool,
}

/// The rail: group, section, address, permission (none: whoever is signed in).
const LINKS: &[(&str, &str, &str, Permission)] = &[
    ("nav-record", "overview", "/", Permission::SeeOverview),
    (
        "nav-record",
        "projects",
        "/projects",
        Permission::SeeProjects,
    ),
    (
        "nav-record",
        "enterprises",
        "/enterprises",
        Permission::SeeEnterprises,
    ),
    ("nav-record", "imports", "/imports", Permission::Import),
    (
        "nav-keep",
        "organisations",
        "/organisations",
        Permission::ManageOrganisations,
    ),
    ("nav-keep", "users", "/users", Permission::ManageUsers),
    ("nav-keep", "audit", "/audit", Permission::SeeAudit),
];

impl Page {
    /// The frame of a page for a person.
    pub fn new(viewer: &Viewer, section: &'static str, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lang: viewer.lang,
            theme: viewer.theme.clone(),
            person: viewer.name.clone(),
            zones: viewer
                .zones
                .iter()
                .map(|zone| ZoneChoice {
                    id: zone.id.to_string(),
                    name: zone.name.clone(),
                    current: Some(zone.id) == viewer.zone.as_ref().map(|zone| zone.id),
                })
                .collect(),
            as_of_text: viewer.as_of_text(),
            moment_text: display::moment(viewer.as_of.unwrap_or(viewer.now)),
            as_of_date: viewer.as_of_date(),
            today: crate::clock::day_of(viewer.now).to_string(),
            shows_facts: viewer.may(Permission::SeeProjects)
                || viewer.may(Permission::SeeEnterprises),
            place: Vec::new(),
            section,
            permissions: Permission::ALL
                .into_iter()
                .filter(|p| viewer.may(*p))
                .collect(),
            as_of: viewer.as_of,
        }
    }

    /// The same with the way to it: the zone first, then these steps.
    #[must_use]
    pub fn at(mut self, steps: &[(&str, &str)]) -> Self {
        let zone = self.zone_name();
        if !zone.is_empty() {
            self.place.push(Step {
                words: zone,
                href: "/".to_owned(),
            });
        }
        self.place.extend(steps.iter().map(|(words, href)| Step {
            words: (*words).into(),
            href: (*href).into(),
        }));
        self
    }

    /// The same with this way to it, the zone first. The last step is the page itself unless more follow.
    #[must_use]
    pub fn along(self, mut way: Vec<Step>, further: &[&str]) -> Self {
        way.extend(further.iter().map(|words| Step {
            words: (*words).to_owned(),
            href: String::new(),
        }));
        if let Some(last) = way.last_mut() {
            last.href.clear();
        }
        let steps: Vec<(&str, &str)> = way
            .iter()
            .map(|step| (step.words.as_str(), step.href.as_str()))
            .collect();
        self.at(&steps)
    }

    /// Name of the zone that the page shows.
    pub fn zone_name(&self) -> String {
        self.zones
            .iter()
            .find(|zone| zone.current)
            .map(|zone| zone.name.clone())
            .unwrap_or_default()
    }

    /// Whether the page shows a past moment.
    pub fn is_past(&self) -> bool {
        self.as_of.is_some()
    }

    /// The address with the moment shown, so that links stay in the past.
    pub fn href(&self, address: &str) -> String {
        match self.as_of {
            Some(moment) => with_as_of(address, moment),
            None => address.to_owned(),
        }
    }

    /// The past moment as a hidden field carries it; empty for now.
    pub fn as_of_value(&self) -> String {
        let address = self.href("");
        address
            .strip_prefix("?as_of=")
            .map(ToOwned::to_owned)
            .unwrap_or_default()
    }

    /// Address of an asset.
    pub fn asset(&self, path: &str) -> String {
        assets::address(path)
    }

    /// Whether this person may do this somewhere.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The links of the rail that this person may follow.
    pub fn navigation(&self) -> Vec<LinkGroup> {
        let mut groups: Vec<LinkGroup> = Vec::new();
        for (group, section, href, permission) in LINKS {
            if !self.may(*permission) {
                continue;
            }
            let title = self.words(group);
            let link = Link {
                words: self.words(&format!("nav-{section}")),
                href,
                current: *section == self.section,
            };
            match groups.last_mut() {
                Some(last) if last.title == title => last.links.push(link),
                _ => groups.push(LinkGroup {
                    title,
                    links: vec![link],
                }),
            }
        }
        groups
    }

    /// Where a person begins who has no cockpit: their one enterprise, else the first page of the rail that
    /// they may see; their account where there is none.
    pub fn start_of(viewer: &Viewer) -> String {
        if let Some(own) = viewer.only_enterprise() {
            return format!("/enterprises/{own}");
        }
        LINKS
            .iter()
            .find(|(_, _, href, permission)| *href != "/" && viewer.may(*permission))
            .map_or("/account", |(_, _, href, _)| href)
            .to_owned()
    }

    fn words(&self, key: &str) -> String {
        self.lang.find(key).unwrap_or_else(|| key.to_owned())
    }
}

/// A template as an answer.
///
/// # Errors
/// [`PageError::Internal`] if the template cannot be rendered.
pub fn render(template: &impl Template) -> Result<Response, PageError> {
    let html = template
        .render()
        .map_err(|error| PageError::internal(&error))?;
    Ok(Html(html).into_response())
}
