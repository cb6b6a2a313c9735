// SPDX-License-Identifier: Apache-2.0
//! Who has which role on what.

use std::collections::BTreeSet;

use super::State;
use crate::api::Read;

/// One role of somebody on something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Assignment {
    pub(crate) actor: Actor,
    pub(crate) target: Target,
    pub(crate) role_id: String,
    /// Whether it holds for the projects below the target, and not for the target itself.
    pub(crate) inherited: bool,
}

/// Who has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Actor {
    User(String),
    Group(String),
}

/// On what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Project(String),
    Domain(String),
    System,
}

impl State {
    /// The roles that a user has on something, those of groups, of inheritance and of implication among them.
    pub(crate) fn roles_of(&self, user_id: &str, target: &Target) -> BTreeSet<String> {
        self.roles_among(&self.assignments_of(user_id), target)
    }

    /// What a user was given anywhere, and the user's groups were.
    pub(super) fn assignments_of(&self, user_id: &str) -> Vec<&Assignment> {
        let groups = self.groups_of(user_id).map(Actor::Group);
        let actors = std::iter::once(Actor::User(user_id.to_owned())).chain(groups);
        actors.flat_map(|actor| self.given_to(actor)).collect()
    }

    /// Assignments are in the order of those who have them: these are found without a walk over all.
    fn given_to(&self, actor: Actor) -> impl Iterator<Item = &Assignment> {
        let target = Target::Project(String::new());
        let least = Assignment { actor: actor.clone(), target, role_id: String::new(), inherited: false };
        self.assignments.range(least..).take_while(move |assignment| assignment.actor == actor)
    }

    /// The roles that these assignments give on something.
    pub(super) fn roles_among(&self, assignments: &[&Assignment], target: &Target) -> BTreeSet<String> {
        let inherited_from = self.inherited_from(target);
        let holds = |assignment: &&&Assignment| {
            if assignment.inherited {
                inherited_from.contains(&assignment.target)
            } else {
                assignment.target == *target
            }
        };
        let held = assignments.iter().filter(holds);
        let mut roles = self.with_implied(held.map(|assignment| assignment.role_id.clone()));
        roles.retain(|id| self.is_of_everywhere(id));
        roles
    }

    /// Whether a role is of no domain. A domain's role gives only what it implies.
    pub(super) fn is_of_everywhere(&self, role_id: &str) -> bool {
        self.roles.get(role_id).is_some_and(|role| role.text("domain_id").is_empty())
    }

    /// From where roles are inherited to it: its domain, and the projects above it.
    pub(crate) fn inherited_from(&self, target: &Target) -> Vec<Target> {
        let Target::Project(id) = target else { return Vec::new() };
        let mut above = Vec::new();
        let mut next = self.projects.get(id);
        while let Some(project) = next {
            let (parent, domain) = (project.text("parent_id"), project.text("domain_id"));
            if parent.is_empty() || parent == domain {
                above.push(Target::Domain(domain.to_owned()));
                break;
            }
            above.push(Target::Project(parent.to_owned()));
            next = self.projects.get(parent);
        }
        above
    }

    /// These roles and all that they imply.
    pub(crate) fn with_implied(&self, roles: impl Iterator<Item = String>) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let mut open: Vec<String> = roles.collect();
        while let Some(role) = open.pop() {
            if all.insert(role.clone()) {
                open.extend(
                    self.implied_roles.iter().filter(|(prior, _)| *prior == role).map(|(_, implied)| implied.clone()),
                );
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document;

    #[test]
    fn roles_come_from_groups_from_above_and_from_other_roles() {
        let mut state = State::default();
        for (role, domain) in [("boss", None), ("worker", None), ("local", Some("d"))] {
            state.roles.insert(role, domain.unwrap_or_default(), document!({"id": role, "domain_id": domain}));
        }
        state.implied_roles.extend([("boss".into(), "worker".into()), ("local".into(), "worker".into())]);
        for (id, parent) in [("top", "d"), ("below", "top")] {
            state.projects.insert(id, "d", document!({"id": id, "domain_id": "d", "parent_id": parent}));
        }
        state.members.insert(("g".into(), "u".into()));
        let mut assign = |target: Target, role: &str, inherited| {
            let actor = Actor::Group("g".into());
            state.assignments.insert(Assignment { actor, target, role_id: role.into(), inherited });
        };
        assign(Target::Project("top".into()), "boss", true);
        assign(Target::Project("top".into()), "local", false);
        let roles =
            |project: &str| state.roles_of("u", &Target::Project(project.into())).into_iter().collect::<Vec<_>>();
        assert_eq!(roles("top"), ["worker"]);
        assert_eq!(roles("below"), ["boss", "worker"]);
        assert!(state.roles_of("other", &Target::Project("top".into())).is_empty());
        state.members.insert(("g".into(), "other".into()));
        assert_eq!(state.projects_of("other").len(), 2);
    }
}
