// SPDX-License-Identifier: Apache-2.0
//! Tables: what the cloud has of one kind, in the order in which it was made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Things by id, by owner, and in their order. Finding one and listing an owner's take no walk over all.
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, Row<T>>,
    places: HashMap<String, u64>,
    owners: HashMap<String, BTreeSet<u64>>,
    next: u64,
}

#[derive(Debug)]
struct Row<T> {
    id: String,
    owner: String,
    value: T,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), owners: HashMap::new(), next: 0 }
    }
}

impl<T> Table<T> {
    /// Adds one, or replaces the one with that id, which keeps its place. `owner` is a project's id, or empty.
    pub(crate) fn insert(&mut self, id: impl Into<String>, owner: impl Into<String>, value: T) {
        let (id, owner) = (id.into(), owner.into());
        let place = self.places.get(&id).copied().unwrap_or(self.next);
        if let Some(old) = self.rows.get(&place) {
            Self::leave(&mut self.owners, &old.owner, place);
        } else {
            self.next += 1;
            self.places.insert(id.clone(), place);
        }
        self.owners.entry(owner.clone()).or_default().insert(place);
        self.rows.insert(place, Row { id, owner, value });
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        Some(&self.rows.get(self.places.get(id)?)?.value)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        Some(&mut self.rows.get_mut(self.places.get(id)?)?.value)
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let place = self.places.remove(id)?;
        let row = self.rows.remove(&place)?;
        Self::leave(&mut self.owners, &row.owner, place);
        Some(row.value)
    }

    /// Whose it is.
    pub(crate) fn owner(&self, id: &str) -> Option<&str> {
        Some(&self.rows.get(self.places.get(id)?)?.owner)
    }

    /// Where it stands in the order in which all were made.
    pub(crate) fn place(&self, id: &str) -> Option<u64> {
        self.places.get(id).copied()
    }

    /// All of it, the oldest first.
    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(|row| &row.value)
    }

    /// All of it, to be changed.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut().map(|row| &mut row.value)
    }

    /// All of it with its ids.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &T)> {
        self.rows.values().map(|row| (row.id.as_str(), &row.value))
    }

    /// What one project has.
    pub(crate) fn of<'a>(&'a self, owner: &str) -> impl DoubleEndedIterator<Item = &'a T> + use<'a, T> {
        let places = self.owners.get(owner);
        places.into_iter().flatten().filter_map(|place| self.rows.get(place)).map(|row| &row.value)
    }

    /// How many one project has.
    pub(crate) fn count_of(&self, owner: &str) -> usize {
        self.owners.get(owner).map_or(0, BTreeSet::len)
    }

    /// How many there have been, those that are gone among them: what is numbered by it has no other's number.
    pub(crate) fn made(&self) -> u64 {
        self.next
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn leave(owners: &mut HashMap<String, BTreeSet<u64>>, owner: &str, place: u64) {
        if let Some(places) = owners.get_mut(owner) {
            places.remove(&place);
            if places.is_empty() {
                owners.remove(owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_order_and_owners() {
        let mut table = Table::default();
        for (id, owner) in [("b", "x"), ("a", "y"), ("c", "x")] {
            table.insert(id, owner, id.to_uppercase());
        }
        assert_eq!(table.values().collect::<Vec<_>>(), ["B", "A", "C"]);
        assert_eq!(table.of("x").collect::<Vec<_>>(), ["B", "C"]);
        table.insert("b", "y", "new".into());
        assert_eq!(table.values().collect::<Vec<_>>(), ["new", "A", "C"]);
        assert_eq!((table.count_of("x"), table.count_of("y"), table.owner("b")), (1, 2, Some("y")));
        assert_eq!(table.remove("b").as_deref(), Some("new"));
        assert_eq!((table.get("b"), table.len(), table.made(), table.count_of("y")), (None, 2, 3, 1));
    }
}
