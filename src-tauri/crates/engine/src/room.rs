//! Memory of the computer, and whether something fits into it. What is not here: who is asked to
//! give memory back.

use hearth_domain::Fit;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Memory of the computer, or of the container that the program runs in, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// All of it.
    pub total: u64,
    /// What can be had now without taking anything from others.
    pub available: u64,
    /// What the system can move to disk beyond that.
    pub swap: u64,
}

impl Room {
    /// Looks. All zeros where the system does not say.
    #[must_use]
    pub fn read() -> Self {
        let memory = MemoryRefreshKind::nothing().with_ram().with_swap();
        let Ok(system) = System::new_with_specifics(RefreshKind::nothing().with_memory(memory))
        else {
            return Self::default();
        };
        let whole = Self {
            total: system.total_memory(),
            available: system.available_memory(),
            swap: system.free_swap(),
        };
        match system.cgroup_limits() {
            Some(limits) if limits.total_memory > 0 => Self {
                total: whole.total.min(limits.total_memory),
                // Files that it read count as used there, and are given back at once.
                available: whole.available.min(limits.total_memory.saturating_sub(limits.rss)),
                swap: whole.swap.min(limits.free_swap),
            },
            _ => whole,
        }
    }

    /// The same with so many bytes given back first.
    #[must_use]
    pub fn with_returned(self, bytes: u64) -> Self {
        Self { available: self.available.saturating_add(bytes).min(self.total), ..self }
    }

    /// Beyond this nothing is loaded: what is available, or where others can be moved to disk, up
    /// to three quarters of the memory.
    #[must_use]
    pub fn most(&self) -> u64 {
        let movable = self.available.saturating_add(self.swap).min(self.total / 4 * 3);
        self.available.max(movable)
    }

    /// Whether so many bytes fit. A computer that does not say how much it has refuses nothing.
    #[must_use]
    pub fn fit(&self, needed: u64) -> Fit {
        if self.total == 0 || needed <= self.available / 10 * 9 {
            Fit::Fits
        } else if needed <= self.most() {
            Fit::Tight
        } else {
            Fit::TooBig
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn what_leaves_a_tenth_of_the_free_memory_fits_and_what_takes_it_is_tight() {
        let room = Room { total: 16 * GIB, available: 10 * GIB, swap: 0 };
        assert_eq!(room.fit(9 * GIB), Fit::Fits);
        assert_eq!(room.fit(10 * GIB), Fit::Tight);
        assert_eq!(room.fit(10 * GIB + 1), Fit::TooBig);
    }

    #[test]
    fn others_are_moved_to_disk_up_to_three_quarters_of_the_memory() {
        let room = Room { total: 16 * GIB, available: 4 * GIB, swap: 32 * GIB };
        assert_eq!(room.fit(12 * GIB), Fit::Tight);
        assert_eq!(room.fit(12 * GIB + 1), Fit::TooBig);
        assert_eq!(Room { swap: 2 * GIB, ..room }.fit(7 * GIB), Fit::TooBig);
    }

    #[test]
    fn what_a_loaded_model_gives_back_counts_as_free() {
        let room = Room { total: 8 * GIB, available: 2 * GIB, swap: 0 };
        assert_eq!(room.fit(4 * GIB), Fit::TooBig);
        assert_eq!(room.with_returned(3 * GIB).fit(4 * GIB), Fit::Fits);
    }

    #[test]
    fn a_system_that_does_not_say_refuses_nothing() {
        assert_eq!(Room::default().fit(u64::MAX), Fit::Fits);
    }

    #[test]
    fn this_computer_has_memory_and_not_more_of_it_free_than_it_has() {
        let room = Room::read();
        assert!(room.total > 0 && room.available > 0 && room.available <= room.total, "{room:?}");
    }
}
