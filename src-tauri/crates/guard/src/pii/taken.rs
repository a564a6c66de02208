//! Places of a text that are taken by a finding: the first that asks for one has it. Not which rule asks
//! first.

use std::{collections::BTreeMap, ops::Range};

use super::Hit;

/// Where each place that is taken begins, with its end. None overlaps another.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Those of these hits, which do not overlap.
    pub(super) fn of(hits: &[Hit]) -> Self {
        Self(hits.iter().map(|hit| (hit.start, hit.end)).collect())
    }

    /// Takes the place of a hit; false where one has some of it.
    pub(super) fn take(&mut self, hit: &Hit) -> bool {
        let free = self.is_free(&(hit.start..hit.end));
        if free {
            self.0.insert(hit.start, hit.end);
        }
        free
    }

    /// Whether nothing has any of a place.
    pub(super) fn is_free(&self, place: &Range<usize>) -> bool {
        let before = self.0.range(..place.end).next_back();
        before.is_none_or(|(_, end)| *end <= place.start)
    }
}
