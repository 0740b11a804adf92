//! Parameters that nothing reads, policies that no case tries.

use crate::diagnostic::Diagnostic;
use crate::load::found::Found;
use crate::rulebook::Rulebook;

/// Warns of what stands in the rulebook for nothing. `cases_of` names what cases are about.
pub(super) fn check(rulebook: &Rulebook, cases_of: &[String], found: &Found) {
    for parameter in rulebook.parameters.values() {
        if !found.is_used(&parameter.name) {
            found.push(
                Diagnostic::warning(
                    "unused::parameter",
                    parameter.span,
                    format!("nothing reads the parameter `{}`", parameter.name),
                )
                .help(format!("read it as `p.{}`, or remove it", parameter.name)),
            );
        }
    }
    for policy in rulebook.policies.values() {
        if !cases_of.contains(&policy.id) {
            found.push(
                Diagnostic::warning(
                    "unused::cases",
                    policy.span,
                    format!("the policy `{}` has no case", policy.id),
                )
                .help(format!("write its examples in `{}.cases.yaml`", policy.id)),
            );
        }
    }
}
