//! Short names for the classes of those who wait.

use std::time::Duration;

use hearth_domain::Priority;

/// How many classes there are.
pub(crate) const CLASSES: usize = Priority::ALL.len();
/// Every class, the most urgent first.
pub(crate) const ALL: [Priority; CLASSES] = Priority::ALL;
/// Waiting this long raises by one class.
pub(crate) const RISE: Duration = Priority::RISE;

/// The place of a class in a table; the most urgent is 0.
pub(crate) fn index(class: Priority) -> usize {
    class.level()
}

/// The class as it counts after waiting so long; 0 is the most urgent.
pub(crate) fn level(class: Priority, waited: Duration) -> usize {
    class.risen(waited)
}

/// Whether somebody reads along while the answer is written.
pub(crate) fn is_urgent(class: Priority) -> bool {
    matches!(class, Priority::Interactive | Priority::Stream)
}
