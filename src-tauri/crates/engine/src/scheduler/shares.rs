//! What the lower classes are owed: parts of the time in which they were passed over.
//!
//! A class that could compute and was left out of a step for the sake of more urgent ones earns a
//! part of what the step took, and may spend it on steps that it makes longer.

use hearth_domain::Priority;

use super::class;

/// The part of the time that each class keeps beside more urgent ones.
const PART: [f64; class::CLASSES] = [0.0, 0.0, 0.10, 0.05];
/// Seconds that a class can be owed at most, so that it never takes them all at once for long.
const MOST: f64 = 0.25;

/// Seconds owed to each class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shares([f64; class::CLASSES]);

impl Shares {
    /// What a class may spend.
    pub(crate) fn owed(&self, class: Priority) -> f64 {
        self.0[class::index(class)].max(0.0)
    }

    /// A class had something to do in a step that took so long, and was not favoured.
    pub(crate) fn earn(&mut self, class: Priority, seconds: f64) {
        let place = class::index(class);
        self.0[place] = (self.0[place] + seconds * PART[place]).min(MOST);
    }

    /// A class made a step longer by so much. Nobody owes more than one such step.
    pub(crate) fn spend(&mut self, class: Priority, seconds: f64) {
        let place = class::index(class);
        self.0[place] = (self.0[place] - seconds).max(-MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_passed_over_earns_its_part_and_no_hoard() {
        let mut shares = Shares::default();
        shares.earn(Priority::Background, 2.0);
        assert!((shares.owed(Priority::Background) - 0.1).abs() < 1e-9);
        shares.spend(Priority::Background, 0.3);
        assert!(shares.owed(Priority::Background) <= 0.0);
        shares.earn(Priority::Background, 1000.0);
        assert!(shares.owed(Priority::Background) <= MOST);
        shares.earn(Priority::Stream, 1000.0);
        assert!(shares.owed(Priority::Stream) <= 0.0);
    }
}
