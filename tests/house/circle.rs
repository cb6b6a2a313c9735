// SPDX-License-Identifier: Apache-2.0
//! Circles among things that use each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who uses whom.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

/// Circles, the shortest first: `["a", "b"]` when `a` uses `b` and `b` uses `a`. No use is in two of them, so where one that
/// closes several is taken away, the next run tells what is left. None is found when there is none.
pub(crate) fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let uses = graph.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)));
    let found: BTreeSet<Vec<String>> = uses.filter_map(|(from, to)| way(graph, to, from)).map(least_first).collect();
    let mut found = Vec::from_iter(found);
    found.sort_by_key(Vec::len);
    let mut told = BTreeSet::new();
    found.retain(|circle| is_new(circle, &mut told));
    found
}

/// Whether none of a circle's uses has been told of; from now on all of them have.
fn is_new(circle: &[String], told: &mut BTreeSet<(String, String)>) -> bool {
    let next = circle.iter().cycle().skip(1);
    let uses: Vec<(String, String)> = circle.iter().cloned().zip(next.cloned()).collect();
    let is_new = !uses.iter().any(|pair| told.contains(pair));
    if is_new {
        told.extend(uses);
    }
    is_new
}

/// The shortest way from one to another, both included.
fn way(graph: &Graph, start: &str, end: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        if here == end {
            return Some(way_back(&came_from, start, end));
        }
        for next in graph.get(here).into_iter().flatten() {
            if next != start && !came_from.contains_key(next.as_str()) {
                came_from.insert(next, here);
                queue.push_back(next);
            }
        }
    }
    None
}

fn way_back(came_from: &BTreeMap<&str, &str>, start: &str, end: &str) -> Vec<String> {
    let mut way = vec![end.to_owned()];
    let mut here = end;
    while here != start {
        here = came_from[here];
        way.push(here.to_owned());
    }
    way.reverse();
    way
}

fn least_first(mut circle: Vec<String>) -> Vec<String> {
    let least = circle.iter().enumerate().min_by_key(|(_, name)| *name).map_or(0, |(place, _)| place);
    circle.rotate_left(least);
    circle
}

#[test]
fn circles_are_found_and_nothing_else() {
    let graph_of = |uses: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in uses {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    let found = |uses: &[(&str, &str)]| circles(&graph_of(uses)).iter().map(|c| c.join(" ")).collect::<Vec<_>>();
    assert!(found(&[("a", "b"), ("a", "c"), ("b", "c")]).is_empty());
    assert_eq!(found(&[("b", "a"), ("a", "b"), ("b", "c")]), ["a b"]);
    assert_eq!(found(&[("c", "a"), ("a", "b"), ("b", "c"), ("x", "a")]), ["a b c"]);
    // The short one, and not the long one that goes along with it.
    assert_eq!(found(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")]), ["a b"]);
    assert_eq!(found(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "e"), ("e", "c")]), ["a b", "c d e"]);
}
