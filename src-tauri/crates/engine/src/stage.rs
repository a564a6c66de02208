//! What is published of all models that are loaded: the one in front, which is the one that people
//! asked for last, and those beside it; what only programs asked for is never in front. Not here: who
//! decides what a state is.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use hearth_domain::EngineState;
use tokio::sync::watch;

/// One model on its way from being tried to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u64);

/// A place and what stands there; nothing before something was told of it.
struct Standing {
    rank: i64,
    state: Option<EngineState>,
}

impl Standing {
    /// Whether people asked for it.
    fn is_asked(&self) -> bool {
        self.rank > 0
    }
}

struct Places {
    standing: BTreeMap<Place, Standing>,
    next: u64,
    /// Ranks of places that people asked for, which are above all others, …
    asked: i64,
    /// … and of those that only programs did.
    other: i64,
}

/// All places, and whoever follows them.
pub(crate) struct Stage {
    places: Mutex<Places>,
    front: watch::Sender<EngineState>,
    beside: watch::Sender<Vec<EngineState>>,
}

impl Places {
    fn rank(&mut self, front: bool) -> i64 {
        let counter = if front { &mut self.asked } else { &mut self.other };
        *counter += 1;
        *counter
    }

    /// The one in front, where there is one, and the others; of each something was told.
    fn shown(&self) -> (EngineState, Vec<EngineState>) {
        let told = |it: &Standing| it.state.is_some();
        let mut told: Vec<_> = self.standing.values().filter(|it| told(it)).collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.rank));
        let asked = usize::from(told.first().is_some_and(|it| it.is_asked()));
        let mut states: Vec<_> = told.into_iter().filter_map(|it| it.state.clone()).collect();
        let beside = states.split_off(asked);
        (states.pop().unwrap_or(EngineState::Empty), beside)
    }

    /// What failed is told until something above it is.
    fn forget_failed(&mut self, above: Place) {
        let Some(rank) = self.standing.get(&above).map(|it| it.rank) else { return };
        let failed = |it: &Standing| matches!(it.state, Some(EngineState::Failed { .. }));
        self.standing.retain(|at, it| *at == above || it.rank > rank || !failed(it));
    }

    /// Whether people asked for it, and nothing that is told of stands above it.
    fn is_in_front(&self, place: Place) -> bool {
        let asked = self.standing.get(&place).filter(|it| it.is_asked());
        let Some(rank) = asked.map(|it| it.rank) else { return false };
        !self.standing.values().any(|it| it.state.is_some() && it.rank > rank)
    }
}

impl Default for Stage {
    fn default() -> Self {
        let places = Places { standing: BTreeMap::new(), next: 0, asked: 0, other: i64::MIN };
        let (front, beside) = (watch::channel(EngineState::Empty).0, watch::channel(Vec::new()).0);
        Self { places: Mutex::new(places), front, beside }
    }
}

impl Stage {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place of which nothing is told yet.
    pub(crate) fn add(&self, front: bool) -> Place {
        let mut places = self.places();
        let place = Place(places.next);
        places.next += 1;
        let rank = places.rank(front);
        places.standing.insert(place, Standing { rank, state: None });
        place
    }

    /// Puts a place in front.
    pub(crate) fn put_in_front(&self, place: Place) {
        let mut places = self.places();
        let rank = places.rank(true);
        if let Some(it) = places.standing.get_mut(&place) {
            it.rank = rank;
        }
        places.forget_failed(place);
        self.tell(&places);
    }

    /// The higher, the later people asked for it; below 1 where only programs did.
    pub(crate) fn rank(&self, place: Place) -> i64 {
        self.places().standing.get(&place).map_or(i64::MIN, |it| it.rank)
    }

    /// What is told of a place; empty where nothing is.
    pub(crate) fn of(&self, place: Place) -> EngineState {
        let places = self.places();
        let it = places.standing.get(&place);
        it.and_then(|it| it.state.clone()).unwrap_or(EngineState::Empty)
    }

    /// Tells something of a place. An empty one is gone; a failed one stays only in front, where
    /// somebody looks.
    pub(crate) fn publish(&self, place: Place, next: EngineState) {
        let mut places = self.places();
        let gone = match next {
            EngineState::Empty => true,
            EngineState::Failed { .. } => !places.is_in_front(place),
            EngineState::Loading { .. } | EngineState::Ready { .. } | EngineState::Busy { .. } => {
                places.forget_failed(place);
                false
            }
        };
        if gone {
            places.standing.remove(&place);
        } else if let Some(it) = places.standing.get_mut(&place) {
            it.state = Some(next);
        }
        self.tell(&places);
    }

    /// Nothing comes of a place.
    pub(crate) fn remove(&self, place: Place) {
        self.publish(place, EngineState::Empty);
    }

    fn tell(&self, places: &Places) {
        let (front, beside) = places.shown();
        // First those beside: whoever is woken by the front reads both.
        changed(&self.beside, beside);
        changed(&self.front, front);
    }

    /// The model in front.
    pub(crate) fn front(&self) -> watch::Receiver<EngineState> {
        self.front.subscribe()
    }

    /// Those beside it, the one that was asked for last first.
    pub(crate) fn beside(&self) -> watch::Receiver<Vec<EngineState>> {
        self.beside.subscribe()
    }
}

fn changed<T: PartialEq>(sender: &watch::Sender<T>, next: T) {
    sender.send_if_modified(|now| {
        let changed = *now != next;
        if changed {
            *now = next;
        }
        changed
    });
}

#[cfg(test)]
mod tests {
    use hearth_domain::{ErrorCode, MemoryUse, ModelId, Timestamp};

    use super::*;

    fn ready(name: &str) -> EngineState {
        EngineState::Ready {
            model: ModelId(name.into()),
            name: name.into(),
            idle_since: Timestamp(0),
            memory: MemoryUse::default(),
        }
    }

    fn failed(name: &str) -> EngineState {
        let (model, code) = (ModelId(name.into()), ErrorCode::OutOfMemory);
        EngineState::Failed { model, name: name.into(), code, message: String::new() }
    }

    fn seen(stage: &Stage) -> (EngineState, Vec<EngineState>) {
        (stage.front().borrow().clone(), stage.beside().borrow().clone())
    }

    #[test]
    fn what_people_ask_for_is_in_front_of_what_programs_do() {
        let stage = Stage::default();
        let own = stage.add(true);
        stage.publish(own, ready("own"));
        let theirs = stage.add(false);
        stage.publish(theirs, ready("theirs"));
        assert_eq!(seen(&stage), (ready("own"), vec![ready("theirs")]));
        stage.put_in_front(theirs);
        assert_eq!(seen(&stage), (ready("theirs"), vec![ready("own")]));
        stage.publish(own, EngineState::Empty);
        let last = stage.add(false);
        stage.publish(last, ready("last"));
        assert_eq!(seen(&stage), (ready("theirs"), vec![ready("last")]));
        stage.publish(theirs, EngineState::Empty);
        assert_eq!(seen(&stage), (EngineState::Empty, vec![ready("last")]));
    }

    #[test]
    fn a_place_of_which_nothing_is_told_hides_nothing() {
        let stage = Stage::default();
        let before = stage.add(true);
        stage.publish(before, ready("before"));
        let next = stage.add(true);
        assert_eq!(seen(&stage), (ready("before"), vec![]));
        assert!(stage.rank(next) > stage.rank(before));
    }

    #[test]
    fn a_failure_is_told_where_somebody_looks_and_until_something_else_is_asked_for() {
        let stage = Stage::default();
        let theirs = stage.add(false);
        stage.publish(theirs, failed("theirs"));
        assert_eq!(seen(&stage), (EngineState::Empty, vec![]));
        let first = stage.add(true);
        stage.publish(first, failed("first"));
        let own = stage.add(true);
        assert_eq!(seen(&stage), (failed("first"), vec![]));
        stage.publish(own, ready("own"));
        let other = stage.add(false);
        stage.publish(other, failed("other"));
        assert_eq!(seen(&stage), (ready("own"), vec![]));
        let wanted = stage.add(true);
        stage.publish(wanted, failed("wanted"));
        assert_eq!(seen(&stage), (failed("wanted"), vec![ready("own")]));
        stage.put_in_front(own);
        assert_eq!(seen(&stage), (ready("own"), vec![]));
    }
}
