//! Who enters, and who gives a place up: for one more urgent, or because the KV cache is full.

use std::time::Duration;

use hearth_domain::Priority;

/// A program's request leaves one in the background its place for so long; a person's does not.
const SETTLED: Duration = Duration::from_secs(5);

/// A running request, as the decision sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Its class.
    pub(crate) class: Priority,
    /// Its age.
    pub(crate) order: u64,
    /// Cells of the cache that it has or should find.
    pub(crate) claim: usize,
    /// How long it has had its place.
    pub(crate) held: Duration,
}

/// What there is to give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Whether a sequence is free.
    pub(crate) sequence: bool,
    /// Cells of the cache in all.
    pub(crate) cells: usize,
}

/// What becomes of the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It begins.
    Begin,
    /// The running request of this place waits instead; then look again.
    Displace(usize),
    /// It waits.
    Wait,
}

/// Decides on a request of this class that wants so many cells.
pub(crate) fn entry(class: Priority, wanted: usize, running: &[Seat], room: Room) -> Entry {
    let claimed: usize = running.iter().map(|seat| seat.claim).sum();
    let fits = claimed + wanted <= room.cells || running.is_empty();
    if room.sequence && fits {
        return Entry::Begin;
    }
    let yields = |seat: &Seat| displaces(class, seat, running);
    let yielding: usize = running.iter().filter(|seat| yields(seat)).map(|seat| seat.claim).sum();
    let stay = running.iter().any(|seat| !yields(seat));
    // Nobody is sent away in vain.
    if stay && claimed - yielding + wanted > room.cells {
        return Entry::Wait;
    }
    let places = running.iter().enumerate().filter(|(_, seat)| yields(seat));
    let place = places.max_by_key(|(_, seat)| (seat.class, seat.order)).map(|(place, _)| place);
    place.map_or(Entry::Wait, Entry::Displace)
}

/// Whether a newcomer may take the place of a running request: a person's that of any program, a
/// program's that of work in the background, which keeps one place for a while.
fn displaces(class: Priority, seat: &Seat, running: &[Seat]) -> bool {
    if class >= seat.class {
        return false;
    }
    let background = running.iter().filter(|other| other.class == Priority::Background).count();
    let last_of_many = background == 1 && running.len() > 1;
    class == Priority::Interactive
        || seat.class == Priority::Background && seat.held >= SETTLED && !last_of_many
}

/// Who gives way when the KV cache is full: the newest of the lowest class.
pub(crate) fn victim(running: impl Iterator<Item = (Priority, u64)>) -> Option<usize> {
    running.enumerate().max_by_key(|(_, rank)| *rank).map(|(place, _)| place)
}

/// Whether a step that works for these classes is stopped for a newcomer: one that works for no
/// person gives way to a person, one in the background to everybody. What it did is done again, a
/// part of a second at most.
pub(crate) fn gives_way(step: &[Priority], newcomer: Priority) -> bool {
    let yields = |class: &Priority| match class {
        Priority::Interactive => false,
        Priority::Stream | Priority::Batch => newcomer == Priority::Interactive,
        Priority::Background => newcomer < Priority::Background,
    };
    !step.is_empty() && step.iter().all(yields)
}

#[cfg(test)]
mod tests {
    use Priority::{Background, Batch, Interactive, Stream};

    use super::*;

    const FULL: Room = Room { sequence: false, cells: 1000 };

    fn seat(class: Priority, order: u64) -> Seat {
        Seat { class, order, claim: 100, held: Duration::from_secs(60) }
    }

    #[test]
    fn the_newest_of_the_lowest_class_gives_way() {
        let running = [(Interactive, 9), (Batch, 1), (Batch, 2), (Stream, 8)];
        assert_eq!(victim(running.into_iter()), Some(2));
        assert_eq!(victim(std::iter::empty()), None);
    }

    #[test]
    fn a_person_takes_the_place_of_a_program_and_not_of_a_person() {
        let running = [seat(Interactive, 0), seat(Stream, 1), seat(Batch, 2), seat(Batch, 3)];
        assert_eq!(entry(Interactive, 100, &running, FULL), Entry::Displace(3));
        assert_eq!(entry(Interactive, 100, &running[..2], FULL), Entry::Displace(1));
        assert_eq!(entry(Interactive, 100, &running[..1], FULL), Entry::Wait);
    }

    #[test]
    fn a_program_takes_the_place_of_work_in_the_background_but_not_of_all_of_it() {
        let running = [seat(Batch, 0), seat(Background, 1), seat(Background, 2)];
        assert_eq!(entry(Stream, 100, &running, FULL), Entry::Displace(2));
        assert_eq!(entry(Batch, 100, &running[..2], FULL), Entry::Wait);
        assert_eq!(entry(Batch, 100, &running[1..2], FULL), Entry::Displace(0));
        let fresh = [Seat { held: Duration::from_secs(1), ..running[1] }];
        assert_eq!(entry(Batch, 100, &fresh, FULL), Entry::Wait);
        assert_eq!(entry(Interactive, 100, &fresh, FULL), Entry::Displace(0));
    }

    #[test]
    fn nobody_is_sent_away_where_that_makes_no_room() {
        let big = Seat { claim: 900, ..seat(Interactive, 0) };
        let running = [big, seat(Batch, 1)];
        let free = Room { sequence: true, cells: 1000 };
        assert_eq!(entry(Interactive, 300, &running, free), Entry::Wait);
        assert_eq!(entry(Interactive, 100, &running, free), Entry::Displace(1));
        assert_eq!(entry(Interactive, 5000, &[], free), Entry::Begin, "alone it may try");
    }

    #[test]
    fn a_step_gives_way_to_a_person_and_one_in_the_background_to_everybody() {
        assert!(gives_way(&[Stream, Batch, Background], Interactive));
        assert!(!gives_way(&[Stream, Interactive], Interactive));
        assert!(!gives_way(&[Batch], Stream));
        assert!(gives_way(&[Background], Batch));
        assert!(!gives_way(&[Background], Background));
        assert!(!gives_way(&[], Interactive));
    }
}
