//! Who gives way when the KV cache is full: the newest of the lowest class.

use hearth_domain::Priority;

/// The place in `running` of the one that gives way.
pub(crate) fn victim(running: impl Iterator<Item = (Priority, u64)>) -> Option<usize> {
    running.enumerate().max_by_key(|(_, rank)| *rank).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_the_lowest_class_gives_way() {
        let running = [
            (Priority::Interactive, 9),
            (Priority::Batch, 1),
            (Priority::Batch, 2),
            (Priority::Stream, 8),
        ];
        assert_eq!(victim(running.into_iter()), Some(2));
        assert_eq!(victim(std::iter::empty()), None);
    }
}
