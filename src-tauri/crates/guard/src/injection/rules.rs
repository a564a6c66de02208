//! Applies the families and the structural rules to the forms of a text. What comes out is evidence;
//! `score` in `mod.rs` makes one number of it.

use std::ops::Range;

use super::{
    concept::{self, COUNT, Concept},
    family::{FAMILIES, Family},
    structure::{self, Structure},
};
use crate::{
    lexicon::{Hit, Lexicon},
    view::{Form, Views},
};

const LEXICONS: &[&str] = &[
    include_str!("lexicon/en.txt"),
    include_str!("lexicon/de.txt"),
    include_str!("lexicon/fr.txt"),
    include_str!("lexicon/es.txt"),
    include_str!("lexicon/pt.txt"),
    include_str!("lexicon/it.txt"),
    include_str!("lexicon/nl_sv.txt"),
    include_str!("lexicon/pl_cs.txt"),
    include_str!("lexicon/ru_uk.txt"),
    include_str!("lexicon/tr_vi_id.txt"),
    include_str!("lexicon/ar_fa_hi_bn.txt"),
    include_str!("lexicon/zh_ja_ko.txt"),
];

/// A rule that holds somewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fired {
    pub(crate) rule: &'static str,
    /// Its place in the table of all rules, for the trained head.
    pub(crate) index: usize,
    pub(crate) weight: f32,
    /// Bytes of the original.
    pub(crate) range: Range<usize>,
}

/// What the rules say about a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    /// Each rule at most once, where it held first.
    pub(crate) fired: Vec<Fired>,
    /// The words of the lexicons in the plain form.
    pub(crate) hits: Vec<Hit>,
    /// Words of the lexicons in the form in which something was undone, where rules held in it.
    pub(crate) undone: Vec<Hit>,
    /// Whether rules held only in a form in which something was undone.
    pub(crate) disguised: bool,
    /// Comparisons that were made: a count of the work, for the test of linear time.
    pub(crate) steps: u64,
}

/// The rules, ready to be applied.
#[derive(Debug)]
pub(crate) struct Rules {
    lexicon: Lexicon,
    /// The concepts that each family needs, a bit for each.
    needs: Vec<u64>,
    structures: Vec<Structure>,
}

impl Rules {
    pub(crate) fn new() -> Self {
        let lexicon = Lexicon::read(LEXICONS, concept::NAMES);
        let needs = |family: &Family| concepts(family.needs.iter().map(|need| *need as u8));
        let needs = FAMILIES.iter().map(needs).collect();
        Self { lexicon, needs, structures: structure::structures() }
    }

    /// What holds in the forms of a text.
    pub(crate) fn evidence(&self, views: &Views<'_>) -> Evidence {
        let mut evidence = Evidence::default();
        for view in views.derived() {
            let hits = self.lexicon.hits(&view.text);
            let by_concept = sort(&hits);
            let named = concepts(hits.iter().map(|hit| hit.concept));
            let before = evidence.fired.len();
            for (index, family) in FAMILIES.iter().enumerate() {
                let missing = self.needs[index] & !named != 0;
                if missing || evidence.fired.iter().any(|fired| fired.index == index) {
                    continue;
                }
                if let Some(range) = place(family, &by_concept, &mut evidence.steps) {
                    let range = view.original(range);
                    let Family { id: rule, weight, .. } = *family;
                    evidence.fired.push(Fired { rule, index, weight, range });
                }
            }
            for (index, structure) in self.structures.iter().enumerate() {
                let index = index + FAMILIES.len();
                if evidence.fired.iter().any(|fired| fired.index == index) {
                    continue;
                }
                if let Some(found) = structure.find(&view.text) {
                    let range = view.original(found);
                    let (rule, weight) = (structure.id, structure.weight);
                    evidence.fired.push(Fired { rule, index, weight, range });
                }
            }
            if view.form == Form::Plain {
                evidence.hits = hits;
            } else if evidence.fired.len() > before {
                evidence.disguised = true;
                evidence.undone = hits;
            }
        }
        evidence
    }
}

/// A bit for each of these concepts.
fn concepts(concepts: impl Iterator<Item = u8>) -> u64 {
    const { assert!(COUNT <= 64) };
    concepts.fold(0, |all, concept| all | 1 << concept)
}

/// The hits of each concept, by place.
fn sort(hits: &[Hit]) -> Vec<Vec<Hit>> {
    let mut by_concept = vec![Vec::new(); COUNT];
    for hit in hits {
        if let Some(places) = by_concept.get_mut(hit.concept as usize) {
            places.push(*hit);
        }
    }
    by_concept
}

/// Where a family holds first, in bytes of the form; each concept that it needs is named.
fn place(family: &Family, hits: &[Vec<Hit>], steps: &mut u64) -> Option<Range<usize>> {
    let (first, others) = family.needs.split_first()?;
    for anchor in &hits[*first as usize] {
        let mut range = anchor.start..anchor.end;
        let mut last = *anchor;
        let all = others.iter().all(|need| {
            *steps += 1;
            let from = if family.ordered { &last } else { anchor };
            let Some(hit) = nearest(&hits[*need as usize], from, family) else { return false };
            range = range.start.min(hit.start)..range.end.max(hit.end);
            last = hit;
            true
        });
        if all {
            return Some(range.start as usize..range.end as usize);
        }
    }
    None
}

/// The nearest hit that does not share letters with `from`, near enough.
fn nearest(hits: &[Hit], from: &Hit, family: &Family) -> Option<Hit> {
    let reach = family.within * 2;
    let after = hits.partition_point(|hit| hit.start < from.end);
    let longest = |first: &Hit| {
        let same = hits[after..].iter().take(4).filter(|hit| hit.start == first.start);
        same.max_by_key(|hit| hit.end).copied()
    };
    let next =
        hits.get(after).and_then(longest).filter(|hit| hit.at.saturating_sub(from.at) <= reach + 2);
    if next.is_some() || family.ordered {
        return next;
    }
    // Hits are sorted by their beginning and are short: one that ends before is near by.
    let before = hits.partition_point(|hit| hit.start < from.start);
    let mut earlier = hits[..before].iter().rev().take(4);
    let near = |hit: &&Hit| hit.end <= from.start && from.at.saturating_sub(hit.at) <= reach + 2;
    earlier.find(near).copied()
}

/// Whether a concept is named at all.
pub(crate) fn named(evidence: &Evidence, concept: Concept) -> bool {
    evidence.hits.iter().any(|hit| hit.concept == concept as u8)
}
