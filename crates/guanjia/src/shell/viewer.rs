//! Who looks, at which zone, from which moment, and how far their roles reach.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use ledger::{Actor, AsOf, Scope, Stamp, Timestamp};

use super::role::{Permission, Role};
use crate::clock;
use crate::shell::display;
use crate::words::Lang;

/// A zone of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Id of its organisation.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its path in the tree of organisations.
    pub path: String,
}

/// One role of a person and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The zone it lies in.
    pub zone_id: i64,
    /// The subtree of organisations, where it is not for one enterprise.
    pub path: Option<String>,
    /// The one enterprise, where it is for one.
    pub enterprise_id: Option<i64>,
}

/// The person a request comes from, as every handler gets it.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Id of the account.
    pub user_id: i64,
    /// The login, which the audit log names.
    pub login: String,
    /// Display name.
    pub name: String,
    /// Language of the interface.
    pub lang: Lang,
    /// `light`, `dark` or empty.
    pub theme: String,
    /// The moment of the request.
    pub now: DateTime<Utc>,
    /// The past moment the page is to show; `None` for now.
    pub as_of: Option<DateTime<Utc>>,
    /// The zones this person holds a role in, by name.
    pub zones: Vec<Zone>,
    /// The zone the page shows.
    pub zone: Option<Zone>,
    /// All grants.
    pub grants: Vec<Grant>,
    /// Whether a password of their own must be set before anything else.
    pub password_due: bool,
}

impl Viewer {
    /// Whether a role of this person allows it in the zone shown.
    pub fn may(&self, permission: Permission) -> bool {
        self.grants_here().any(|grant| grant.role.may(permission))
    }

    /// How far this permission reaches in the zone shown: the union of the grants that carry it.
    pub fn scope(&self, permission: Permission) -> Scope {
        self.grants_here()
            .filter(|grant| grant.role.may(permission))
            .fold(Scope::nothing(), |scope, grant| {
                match (&grant.path, grant.enterprise_id) {
                    (_, Some(enterprise)) => scope.and_enterprise(enterprise),
                    (Some(path), None) => scope.and_organisation(path.clone()),
                    (None, None) => scope,
                }
            })
    }

    /// How far this person sees facts of any kind in the zone shown.
    pub fn fact_scope(&self) -> Scope {
        self.grants_here()
            .filter(|grant| {
                grant.role.may(Permission::SeeProjects)
                    || grant.role.may(Permission::SeeEnterprises)
            })
            .fold(Scope::nothing(), |scope, grant| {
                match (&grant.path, grant.enterprise_id) {
                    (_, Some(enterprise)) => scope.and_enterprise(enterprise),
                    (Some(path), None) => scope.and_organisation(path.clone()),
                    (None, None) => scope,
                }
            })
    }

    /// The one enterprise that this person sees of the zone shown; `None` for whoever sees more or none.
    pub fn only_enterprise(&self) -> Option<i64> {
        let mut seeing = self
            .grants_here()
            .filter(|grant| grant.role.may(Permission::SeeEnterprises));
        let own = seeing.next()?.enterprise_id?;
        seeing
            .all(|grant| grant.enterprise_id == Some(own))
            .then_some(own)
    }

    /// The roles held in the zone shown.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.grants_here().map(|grant| grant.role)
    }

    fn grants_here(&self) -> impl Iterator<Item = &Grant> {
        let zone_id = self.zone_id();
        self.grants
            .iter()
            .filter(move |grant| grant.zone_id == zone_id)
    }

    /// Id of the zone shown; 0, which no zone has, where there is none.
    pub fn zone_id(&self) -> i64 {
        self.zone.as_ref().map_or(0, |zone| zone.id)
    }

    /// What a write of this person is stamped with.
    pub fn stamp(&self) -> Stamp {
        let actor = Actor {
            user_id: Some(self.user_id),
            name: self.login.clone(),
        };
        Stamp::new(self.now, actor)
    }

    /// The moment to read the ledger at.
    pub fn reading(&self) -> AsOf {
        self.as_of
            .map_or(AsOf::Now, |moment| AsOf::At(Timestamp::from(moment)))
    }

    /// The address with the moment shown, so that links stay in the past.
    pub fn href(&self, address: &str) -> String {
        match self.as_of {
            Some(moment) => with_as_of(address, moment),
            None => address.to_owned(),
        }
    }

    /// Whether a past moment is shown.
    pub fn is_past(&self) -> bool {
        self.as_of.is_some()
    }

    /// The moment shown, for people.
    pub fn as_of_text(&self) -> String {
        self.as_of
            .map_or_else(|| self.lang.t("as-of-now"), display::moment)
    }

    /// The day shown, in Asia/Shanghai.
    pub fn day(&self) -> NaiveDate {
        clock::day_of(self.as_of.unwrap_or(self.now))
    }

    /// The day shown, as a date field takes it.
    pub fn as_of_date(&self) -> String {
        clock::day_of(self.as_of.unwrap_or(self.now)).to_string()
    }
}

/// The address with an `as_of` in its query, before any fragment: the day where it is its end.
pub fn with_as_of(address: &str, moment: DateTime<Utc>) -> String {
    let day = clock::day_of(moment).to_string();
    let text = if moment_of(&day) == Some(moment) {
        day
    } else {
        moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    };
    let (path, fragment) = match address.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (address, String::new()),
    };
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}as_of={text}{fragment}")
}

/// The moment of an `as_of`: the end of a day in Asia/Shanghai, or a moment in RFC 3339.
/// `None` for what is neither.
pub fn moment_of(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let end = day.and_time(NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?);
        return end
            .and_local_timezone(clock::zone())
            .single()
            .map(|moment| moment.to_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(grants: Vec<Grant>) -> Viewer {
        let zone = Zone {
            id: 1,
            name: "一区".to_owned(),
            path: "/1/".to_owned(),
        };
        Viewer {
            user_id: 7,
            login: "li".to_owned(),
            name: "李".to_owned(),
            lang: Lang::Zh,
            theme: String::new(),
            now: DateTime::UNIX_EPOCH,
            as_of: None,
            zones: vec![zone.clone()],
            zone: Some(zone),
            grants,
            password_due: false,
        }
    }

    fn grant(role: Role, zone_id: i64, path: &str) -> Grant {
        Grant {
            role,
            zone_id,
            path: Some(path.to_owned()),
            enterprise_id: None,
        }
    }

    #[test]
    fn a_role_reaches_as_far_as_its_grant() {
        let viewer = person(vec![
            grant(Role::Park, 1, "/1/4/"),
            grant(Role::Admin, 1, "/1/"),
        ]);
        assert_eq!(
            viewer.scope(Permission::SeeProjects),
            Scope::organisation("/1/4/")
        );
        assert!(viewer.scope(Permission::SeeAudit).is_empty());
    }

    #[test]
    fn whoever_sees_one_enterprise_begins_there() {
        let own = |role, id| Grant {
            path: None,
            enterprise_id: Some(id),
            ..grant(role, 1, "")
        };
        let one = person(vec![own(Role::Enterprise, 9)]);
        assert_eq!(one.only_enterprise(), Some(9));
        let two = person(vec![own(Role::Enterprise, 9), own(Role::Enterprise, 12)]);
        assert_eq!(two.only_enterprise(), None);
        let officer = person(vec![
            own(Role::Enterprise, 9),
            grant(Role::Policy, 1, "/1/"),
        ]);
        assert_eq!(officer.only_enterprise(), None);
        assert_eq!(person(Vec::new()).only_enterprise(), None);
    }

    #[test]
    fn a_role_in_another_zone_opens_nothing_here() {
        let viewer = person(vec![grant(Role::Leader, 2, "/2/")]);
        assert!(!viewer.may(Permission::SeeOverview));
        assert!(viewer.scope(Permission::SeeProjects).is_empty());
    }

    #[test]
    fn links_stay_in_the_past() {
        let moment = moment_of("2024-03-31").unwrap();
        assert_eq!(
            with_as_of("/projects?q=x#list", moment),
            "/projects?q=x&as_of=2024-03-31#list"
        );
        let moment = moment_of("2024-03-31T10:00:00Z").unwrap();
        assert_eq!(
            with_as_of("/", moment),
            "/?as_of=2024-03-31T10:00:00.000000Z"
        );
    }

    #[test]
    fn a_day_means_its_end_in_shanghai() {
        let moment = moment_of("2024-03-31").unwrap();
        assert_eq!(moment.to_rfc3339(), "2024-03-31T15:59:59.999999+00:00");
        assert!(moment_of("2024-02-30").is_none());
    }
}
