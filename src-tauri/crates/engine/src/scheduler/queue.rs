//! The order in which waiting requests are taken: by class, then by age.

use hearth_domain::Priority;

#[derive(Debug)]
struct Entry<T> {
    priority: Priority,
    order: u64,
    item: T,
}

/// Requests that wait for a sequence.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    entries: Vec<Entry<T>>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Adds a request; `order` grows with the time of asking.
    pub(crate) fn push(&mut self, priority: Priority, order: u64, item: T) {
        let entry = Entry { priority, order, item };
        let at = self.entries.partition_point(|other| rank(other) <= rank(&entry));
        self.entries.insert(at, entry);
    }

    /// The next request, without taking it.
    pub(crate) fn first(&self) -> Option<&T> {
        self.entries.first().map(|entry| &entry.item)
    }

    /// Takes the next request.
    pub(crate) fn pop(&mut self) -> Option<T> {
        if self.entries.is_empty() { None } else { Some(self.entries.remove(0).item) }
    }

    /// Forgets those that no longer wait.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.entries.retain(|entry| keep(&entry.item));
    }

    /// Visits every request with the number of those before it.
    pub(crate) fn for_each(&mut self, mut visit: impl FnMut(usize, &mut T)) {
        for (ahead, entry) in self.entries.iter_mut().enumerate() {
            visit(ahead, &mut entry.item);
        }
    }
}

/// Smaller goes first. Ageing would lower the first number with the time waited.
fn rank<T>(entry: &Entry<T>) -> (Priority, u64) {
    (entry.priority, entry.order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_goes_before_a_program_and_the_older_before_the_newer() {
        let mut queue = Queue::new();
        queue.push(Priority::Batch, 1, "batch");
        queue.push(Priority::Interactive, 3, "second person");
        queue.push(Priority::Interactive, 2, "first person");
        queue.push(Priority::Background, 0, "title");
        assert_eq!(queue.first(), Some(&"first person"));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["first person", "second person", "batch", "title"]);
    }
}
