// SPDX-License-Identifier: Apache-2.0
//! What a case needs while it runs, and which cases therefore exclude each other.

/// What a case needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Nothing else may run on the cloud.
    pub whole_cloud: bool,
    /// Locks held while it runs.
    pub locks: Vec<Lock>,
    /// OpenStack services without which it is skipped, by type, such as `compute`.
    pub services: Vec<&'static str>,
    /// Services that only some of its checks need; those checks are skipped without them.
    pub optional_services: Vec<&'static str>,
    /// An administrator's credential.
    pub admin: bool,
    /// An administrator's credential for some of its checks, which are skipped without it.
    pub optional_admin: bool,
}

/// A named lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its name.
    pub name: String,
    /// Whether others may hold it at the same time, if they share it too.
    pub shared: bool,
}

impl Needs {
    /// Whether it needs a cloud at all.
    pub fn a_cloud(&self) -> bool {
        self.admin || !self.services.is_empty() || !self.optional_services.is_empty()
    }

    /// Whether a case with these needs cannot run beside one with those.
    pub fn exclude(&self, other: &Self) -> bool {
        self.whole_cloud
            || other.whole_cloud
            || self.locks.iter().any(|mine| {
                other.locks.iter().any(|theirs| mine.name == theirs.name && !(mine.shared && theirs.shared))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locks(names: &[(&str, bool)]) -> Needs {
        let lock = |(name, shared): &(&str, bool)| Lock { name: name.to_string(), shared: *shared };
        Needs { locks: names.iter().map(lock).collect(), ..Needs::default() }
    }

    #[test]
    fn only_shared_locks_go_together() {
        let nothing = Needs::default();
        let everything = Needs { whole_cloud: true, ..Needs::default() };
        assert!(!nothing.exclude(&nothing));
        assert!(everything.exclude(&nothing) && nothing.exclude(&everything));
        assert!(!locks(&[("a", true)]).exclude(&locks(&[("a", true), ("b", false)])));
        assert!(locks(&[("a", true)]).exclude(&locks(&[("a", false)])));
        assert!(!locks(&[("a", false)]).exclude(&locks(&[("b", false)])));
    }
}
