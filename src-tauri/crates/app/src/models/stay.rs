//! Which of the loaded models stay beside one that comes. Pure: what is loaded, how large and how idle,
//! is given. Not here: loading, and letting models go that nothing is asked of (`warm`).

use hearth_domain::{EngineState, Fit, ModelId, Timestamp};
use hearth_engine::Room;

/// What all models take together unless the person says otherwise: so many parts …
const PARTS: u64 = 3;
/// … of this many of the computer's memory.
const OF_MEMORY: u64 = 4;

/// A model that is loaded, or just being loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    id: ModelId,
    memory: u64,
    /// Since when nothing runs; `None` while something does.
    idle_since: Option<Timestamp>,
    /// It is the one that people asked for last.
    front: bool,
    /// Its memory is not taken yet.
    coming: bool,
}

impl Held {
    /// One that is being loaded and will take so much.
    pub(super) fn coming(id: ModelId, memory: u64) -> Self {
        Self { id, memory, idle_since: None, front: true, coming: true }
    }

    /// Those that are warm, of the states of all; the first is the one in front.
    pub(super) fn all(states: &[EngineState]) -> Vec<Self> {
        let held = states.iter().enumerate().filter_map(|(at, state)| {
            let (id, memory) = state.loaded()?;
            let idle_since = match state {
                EngineState::Ready { idle_since, .. } => Some(*idle_since),
                _ => None,
            };
            let (id, memory, front) = (id.clone(), memory.total(), at == 0);
            Some(Self { id, memory, idle_since, front, coming: false })
        });
        held.collect()
    }

    pub(super) fn is(&self, id: &ModelId) -> bool {
        self.id == *id
    }

    /// What goes first is lowest: idle ones before those that answer, a program's before a
    /// person's, and then the one that was idle for longest.
    fn worth(&self) -> (bool, bool, Timestamp) {
        (self.idle_since.is_none(), self.front, self.idle_since.unwrap_or(Timestamp(i64::MAX)))
    }
}

/// Bytes that all models may take together, by the setting in MiB.
pub(super) fn budget(memory_mib: u32, room: &Room) -> u64 {
    match memory_mib {
        0 if room.total == 0 => u64::MAX,
        0 => room.total / OF_MEMORY * PARTS,
        mib => u64::from(mib) << 20,
    }
}

/// Those that stay beside a model that needs so many bytes. `room` is what is free now, with all of them
/// in memory. One that fits beside none of them is loaded alone; whether it fits at all is asked
/// before.
pub(super) fn who_stays(
    mut held: Vec<Held>,
    needed: u64,
    mut room: Room,
    budget: u64,
) -> Vec<ModelId> {
    held.sort_by_key(|one| std::cmp::Reverse(one.worth()));
    loop {
        let sum =
            |of: fn(&&Held) -> bool| held.iter().filter(of).map(|one| one.memory).sum::<u64>();
        let together = sum(|_| true).saturating_add(needed);
        let to_take = sum(|one| one.coming).saturating_add(needed);
        if together <= budget && room.fit(to_take) == Fit::Fits {
            break;
        }
        let Some(goes) = held.pop() else { break };
        if !goes.coming {
            room = room.with_returned(goes.memory);
        }
    }
    held.into_iter().map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn held(id: &str, gib: u64, idle_since: Option<i64>, front: bool) -> Held {
        let idle_since = idle_since.map(Timestamp);
        let id = ModelId(id.into());
        Held { id, memory: gib * GIB, idle_since, front, coming: false }
    }

    fn room(available: u64) -> Room {
        Room { total: 32 * GIB, available: available * GIB, swap: 0 }
    }

    fn names(ids: &[ModelId]) -> Vec<&str> {
        ids.iter().map(|id| id.0.as_str()).collect()
    }

    #[test]
    fn all_stay_while_there_is_room() {
        let all = vec![held("own", 4, Some(5), true), held("other", 4, Some(1), false)];
        let stay = who_stays(all, 4 * GIB, room(20), budget(0, &room(20)));
        assert_eq!(names(&stay), ["own", "other"]);
    }

    #[test]
    fn the_one_that_was_idle_for_longest_goes_first_and_the_person_s_last_of_the_idle() {
        let all = || {
            vec![
                held("own", 4, Some(0), true),
                held("late", 4, Some(9), false),
                held("early", 4, Some(3), false),
                held("busy", 4, None, false),
            ]
        };
        let beside = |needed: u64, available| {
            let stay = who_stays(all(), needed * GIB, room(available), u64::MAX);
            stay.into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(beside(4, 5), ["busy", "own", "late", "early"]);
        assert_eq!(beside(4, 2), ["busy", "own", "late"]);
        assert_eq!(beside(8, 4), ["busy", "own"]);
        assert_eq!(beside(12, 4), ["busy"]);
        assert_eq!(beside(16, 4), [""; 0]);
    }

    #[test]
    fn one_that_is_just_being_loaded_stays_while_there_is_room_for_both() {
        let all =
            || vec![held("idle", 4, Some(5), false), Held::coming(ModelId("own".into()), 4 * GIB)];
        let beside = |available| {
            let stay = who_stays(all(), 4 * GIB, room(available), u64::MAX);
            stay.into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(beside(9), ["own", "idle"]);
        assert_eq!(beside(5), ["own"], "what the idle one gives back is enough");
        assert_eq!(beside(4), [""; 0], "one of them alone");
    }

    #[test]
    fn together_they_take_no_more_than_the_person_allows() {
        let all = vec![held("own", 4, Some(5), true), held("other", 4, Some(1), false)];
        let stay = |mib| who_stays(all.clone(), 2 * GIB, room(20), budget(mib, &room(20)));
        assert_eq!(names(&stay(10 << 10)), ["own", "other"]);
        assert_eq!(names(&stay((10 << 10) - 1)), ["own"]);
        assert_eq!(names(&stay(1)), [""; 0], "a larger one is loaded alone");
    }

    #[test]
    fn a_computer_that_does_not_say_what_it_has_keeps_them_all() {
        let all = vec![held("own", 4, Some(5), true)];
        let stay = who_stays(all, 64 * GIB, Room::default(), budget(0, &Room::default()));
        assert_eq!(names(&stay), ["own"]);
    }
}
