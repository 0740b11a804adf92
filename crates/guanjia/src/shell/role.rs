//! The one table that says which role may do what. What is not in it is denied.

use Permission as P;

/// What a person is to the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 系统管理员: keeps organisations and accounts; sees no facts.
    Admin,
    /// 管委会领导.
    Leader,
    /// 重点项目办.
    Projects,
    /// 招商专班.
    Investment,
    /// 政策专员.
    Policy,
    /// 分园区.
    Park,
    /// 统计.
    Statistics,
    /// 企业.
    Enterprise,
    /// 合作方: investor, university, service provider.
    Partner,
    /// 纪检监察.
    Auditor,
}

impl Role {
    /// All roles, in the order in which pages list them.
    pub const ALL: [Self; 10] = [
        Self::Admin,
        Self::Leader,
        Self::Projects,
        Self::Investment,
        Self::Policy,
        Self::Park,
        Self::Statistics,
        Self::Enterprise,
        Self::Partner,
        Self::Auditor,
    ];

    /// The identifier used in commands and in the database.
    pub fn id(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Leader => "leader",
            Self::Projects => "projects",
            Self::Investment => "investment",
            Self::Policy => "policy",
            Self::Park => "park",
            Self::Statistics => "statistics",
            Self::Enterprise => "enterprise",
            Self::Partner => "partner",
            Self::Auditor => "auditor",
        }
    }

    /// The role of an identifier; `None` for any other text.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// Whether the role may do this, within the scope it was granted for.
    pub fn may(self, permission: Permission) -> bool {
        TABLE
            .iter()
            .any(|(p, roles)| *p == permission && roles.contains(&self))
    }
}

/// Something a role may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// The cockpit of a zone and its indicators.
    SeeOverview,
    /// Projects, their facts and sources.
    SeeProjects,
    /// Import and change projects.
    EditProjects,
    /// Enterprises, their facts and sources.
    SeeEnterprises,
    /// Import and change enterprises.
    EditEnterprises,
    /// Sources of facts and the search, each within what the other permissions show.
    SeeFacts,
    /// Import facts of any subject.
    EditFacts,
    /// The list of imports, and to start one.
    Import,
    /// Take lists out as workbooks.
    Export,
    /// Take the project list out, and projects in the forms of standards.
    ExportProjects,
    /// Take the enterprise list out.
    ExportEnterprises,
    /// Organisations, to see and to change.
    ManageOrganisations,
    /// Accounts and grants, to see and to change.
    ManageUsers,
    /// The audit log.
    SeeAudit,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 14] = [
        P::SeeOverview,
        P::SeeProjects,
        P::EditProjects,
        P::SeeEnterprises,
        P::EditEnterprises,
        P::SeeFacts,
        P::EditFacts,
        P::Import,
        P::Export,
        P::ExportProjects,
        P::ExportEnterprises,
        P::ManageOrganisations,
        P::ManageUsers,
        P::SeeAudit,
    ];
}

/// Who may do what. Each line is one permission and all roles that have it.
const TABLE: &[(Permission, &[Role])] = &[
    (
        P::SeeOverview,
        &[
            Role::Leader,
            Role::Projects,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
            Role::Auditor,
        ],
    ),
    (
        P::SeeProjects,
        &[
            Role::Leader,
            Role::Projects,
            Role::Investment,
            Role::Park,
            Role::Statistics,
            Role::Auditor,
        ],
    ),
    (
        P::EditProjects,
        &[Role::Projects, Role::Investment, Role::Park],
    ),
    (
        P::SeeEnterprises,
        &[
            Role::Leader,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
            Role::Enterprise,
            Role::Auditor,
        ],
    ),
    (
        P::EditEnterprises,
        &[Role::Policy, Role::Park, Role::Statistics],
    ),
    (
        P::SeeFacts,
        &[
            Role::Leader,
            Role::Projects,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
            Role::Enterprise,
            Role::Auditor,
        ],
    ),
    (P::EditFacts, &[Role::Statistics]),
    (
        P::Import,
        &[
            Role::Projects,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
        ],
    ),
    (
        P::Export,
        &[
            Role::Leader,
            Role::Projects,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
            Role::Auditor,
        ],
    ),
    (
        P::ExportProjects,
        &[
            Role::Leader,
            Role::Projects,
            Role::Investment,
            Role::Park,
            Role::Statistics,
            Role::Auditor,
        ],
    ),
    (
        P::ExportEnterprises,
        &[
            Role::Leader,
            Role::Investment,
            Role::Policy,
            Role::Park,
            Role::Statistics,
            Role::Auditor,
        ],
    ),
    (P::ManageOrganisations, &[Role::Admin]),
    (P::ManageUsers, &[Role::Admin]),
    (P::SeeAudit, &[Role::Auditor]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_stands_in_the_table_once() {
        for permission in Permission::ALL {
            let lines = TABLE.iter().filter(|(p, _)| *p == permission).count();
            assert_eq!(lines, 1, "{permission:?}");
        }
    }

    #[test]
    fn the_administrator_sees_no_facts() {
        let allowed: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|p| Role::Admin.may(*p))
            .collect();
        assert_eq!(allowed, [P::ManageOrganisations, P::ManageUsers]);
    }

    #[test]
    fn ids_round_trip() {
        for role in Role::ALL {
            assert_eq!(Role::from_id(role.id()), Some(role));
        }
    }
}
