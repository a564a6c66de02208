//! Words that stand in too many passages to be read for a search: found out once, then passed over.
//!
//! Finding out means reading the list up to where it is too long, which takes longer than all the rest
//! of a search. Kept in memory only; an index of which a part has changed is asked again.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::terms::Concept;

/// Words at most; nobody asks for so many that are frequent.
const MOST: usize = 4096;
/// What was found holds until one in so many passages came or went.
const CHANGED: u64 = 40;

/// The words, each with how often passages had come and gone when it was found.
#[derive(Debug, Default)]
pub(super) struct Frequent(Mutex<HashMap<String, u64>>);

impl Frequent {
    /// Whether a concept stands in too many of so many passages, as far as is known. `changes` counts those
    /// that came and went since the beginning.
    pub(super) fn has(&self, concept: &Concept, passages: usize, changes: u64) -> bool {
        let then = self.words().get(&name(concept)).copied();
        then.is_some_and(|then| changes.saturating_sub(then) * CHANGED <= passages as u64)
    }

    /// Notes that it does now.
    pub(super) fn note(&self, concept: &Concept, changes: u64) {
        let mut words = self.words();
        if words.len() >= MOST {
            words.clear();
        }
        words.insert(name(concept), changes);
    }

    fn words(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Terms have no spaces.
fn name(concept: &Concept) -> String {
    concept.forms.join(" ")
}
