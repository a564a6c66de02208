//! Refuses grammars in which a rule begins with itself: matching one would never end. A rule that only
//! goes on as itself (`a ::= "x" a`, or `("x"?)*`) is none of them.

use super::{
    Fault,
    rules::{Rules, Symbol},
};

/// A rule that stands at the beginning of another.
struct Edge {
    to: usize,
    /// Something stands behind it, so that coming back costs another place to go on from.
    grows: bool,
}

/// Refuses left recursion.
pub(super) fn refuse(rules: &Rules) -> Result<(), Fault> {
    let empty = may_be_empty(rules);
    let edges: Vec<Vec<Edge>> = rules
        .all()
        .map(|alternatives| {
            alternatives.iter().flat_map(|symbols| first(symbols, &empty)).collect()
        })
        .collect();
    let component = components(&edges);
    let recursive = edges.iter().enumerate().any(|(from, edges)| {
        edges.iter().any(|edge| edge.grows && component[from] == component[edge.to])
    });
    if recursive { Err(Fault::LeftRecursion) } else { Ok(()) }
}

/// Which rules derive nothing at all, among other things.
fn may_be_empty(rules: &Rules) -> Vec<bool> {
    let all: Vec<_> = rules.all().collect();
    let mut empty = vec![false; all.len()];
    loop {
        let mut changed = false;
        for (rule, alternatives) in all.iter().enumerate() {
            let vanishes =
                |symbol: &Symbol| matches!(symbol, Symbol::Rule(r) if empty[*r as usize]);
            if !empty[rule] && alternatives.iter().any(|symbols| symbols.iter().all(vanishes)) {
                empty[rule] = true;
                changed = true;
            }
        }
        if !changed {
            return empty;
        }
    }
}

/// The rules that an alternative can begin with.
fn first(symbols: &[Symbol], empty: &[bool]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (at, symbol) in symbols.iter().enumerate() {
        let Symbol::Rule(rule) = symbol else { break };
        let to = *rule as usize;
        edges.push(Edge { to, grows: at + 1 < symbols.len() });
        if !empty[to] {
            break;
        }
    }
    edges
}

/// The strongly connected component of each rule (Kosaraju's algorithm, without calling itself).
fn components(edges: &[Vec<Edge>]) -> Vec<usize> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (from, edges) in edges.iter().enumerate() {
        for edge in edges {
            back[edge.to].push(from);
        }
    }
    let forward: Vec<Vec<usize>> =
        edges.iter().map(|edges| edges.iter().map(|edge| edge.to).collect()).collect();
    let mut component = vec![usize::MAX; edges.len()];
    for root in finished(&forward).into_iter().rev() {
        let mut todo = vec![root];
        while let Some(rule) = todo.pop() {
            if component[rule] == usize::MAX {
                component[rule] = root;
                todo.extend(&back[rule]);
            }
        }
    }
    component
}

/// The rules in the order in which a walk leaves them for good.
fn finished(forward: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; forward.len()];
    let mut order = Vec::with_capacity(forward.len());
    for root in 0..forward.len() {
        let mut path = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            path.push((root, 0));
        }
        while let Some((rule, at)) = path.last_mut() {
            match forward[*rule].get(*at) {
                Some(next) => {
                    *at += 1;
                    if !std::mem::replace(&mut seen[*next], true) {
                        path.push((*next, 0));
                    }
                }
                None => {
                    order.push(*rule);
                    path.pop();
                }
            }
        }
    }
    order
}
