//! Relations between policies: pools, groups to choose of, exclusions, one default light.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::load::found::Found;
use crate::rulebook::{Policy, Pool, Rulebook};

/// Notes what does not fit together.
pub(super) fn check(rulebook: &Rulebook, found: &Found) {
    pools(rulebook, found);
    exclusions(rulebook, found);
    default_light(rulebook, found);
}

/// The policies of a pool say the same limit, and each another place in its order.
fn pools(rulebook: &Rulebook, found: &Found) {
    let mut first: HashMap<&str, (&Policy, &Pool)> = HashMap::new();
    let mut orders: HashMap<(&str, i64), (&Policy, &Pool)> = HashMap::new();
    for policy in rulebook.policies.values() {
        let Some(pool) = &policy.pool else { continue };
        let key = (pool.id.as_str(), pool.order);
        if let Some((_, other)) = orders.get(&key) {
            found.push(
                Diagnostic::error(
                    "pool::order",
                    pool.span,
                    format!(
                        "two policies draw on the pool `{}` in place {}",
                        pool.id, pool.order
                    ),
                )
                .also(other.span, "the other is here")
                .help("give each policy of a pool an order of its own"),
            );
        }
        orders.insert(key, (policy, pool));
        let (leader, limit) = *first.entry(&pool.id).or_insert((policy, pool));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let same = words(rulebook.text_of(&limit.limit)) == words(rulebook.text_of(&pool.limit));
        if !same {
            found.push(
                Diagnostic::error(
                    "pool::limit",
                    pool.limit.span,
                    format!(
                        "the pool `{}` has another limit in `{}`",
                        pool.id, leader.id
                    ),
                )
                .also(limit.limit.span, "the other limit")
                .help("write the same limit in both, or name another pool"),
            );
        }
    }
}

fn exclusions(rulebook: &Rulebook, found: &Found) {
    for policy in rulebook.policies.values() {
        if policy.excludes.contains(&policy.id) {
            found.push(
                Diagnostic::error(
                    "policy::excludes",
                    policy.span,
                    format!("`{}` excludes itself", policy.id),
                )
                .help("remove it from `excludes`"),
            );
        }
        let other_subject = policy
            .excludes
            .iter()
            .filter_map(|id| rulebook.policies.get(id))
            .find(|other| other.subject != policy.subject);
        if let Some(other) = other_subject {
            found.push(
                Diagnostic::error(
                    "policy::excludes",
                    policy.span,
                    format!(
                        "`{}` judges {}, and `{}`, which it excludes, {}",
                        policy.id, policy.subject, other.id, other.subject
                    ),
                )
                .also(other.span, "the other policy")
                .help("policies of one kind of subject can exclude one another"),
            );
        }
    }
}

fn default_light(rulebook: &Rulebook, found: &Found) {
    let mut defaults = rulebook.lights.values().filter(|light| light.is_default);
    if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
        found.push(
            Diagnostic::error(
                "light::default",
                second.span,
                "there are two default lights",
            )
            .also(first.span, "the first is here")
            .help("keep one `default: true`"),
        );
    }
}
