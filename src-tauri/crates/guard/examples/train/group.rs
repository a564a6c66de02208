//! Groups of rows that must not be divided: the same payload, the same template, much the same words.

use std::collections::{HashMap, HashSet};

/// Words in a row that two texts share only where one was made from the other.
const SHINGLE: usize = 7;

/// The group of each text.
pub(crate) fn groups(texts: &[&str]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..texts.len()).collect();
    let words: Vec<Vec<String>> = texts.iter().map(|text| words(text)).collect();
    let mut seen: HashMap<&[String], usize> = HashMap::new();
    for (at, words) in words.iter().enumerate() {
        for shingle in words.windows(SHINGLE.min(words.len().max(1))) {
            let other = *seen.entry(shingle).or_insert(at);
            join(&mut parent, at, other);
        }
    }
    let sets: Vec<HashSet<&String>> = words.iter().map(|words| words.iter().collect()).collect();
    for (at, set) in sets.iter().enumerate() {
        for (other, others) in sets.iter().enumerate().take(at) {
            let shared = set.intersection(others).count();
            if shared * 2 > (set.len() + others.len() - shared) {
                join(&mut parent, at, other);
            }
        }
    }
    (0..texts.len()).map(|at| root(&mut parent, at)).collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

fn join(parent: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parent, one), root(parent, other));
    parent[one.max(other)] = one.min(other);
}

/// The fold of each row: whole groups, the largest first, each to the smallest fold.
pub(crate) fn folds(groups: &[usize], count: usize) -> Vec<usize> {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for group in groups {
        *sizes.entry(*group).or_default() += 1;
    }
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|(group, size)| (std::cmp::Reverse(*size), *group));
    let mut filled = vec![0; count];
    let mut fold_of: HashMap<usize, usize> = HashMap::new();
    for (group, size) in order {
        let fold = (0..count).min_by_key(|fold| filled[*fold]).unwrap_or(0);
        filled[fold] += size;
        fold_of.insert(group, fold);
    }
    groups.iter().map(|group| fold_of[group]).collect()
}
