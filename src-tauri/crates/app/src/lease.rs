//! The one lease for CPU-heavy work: one holder at a time, the most urgent waiter next.
//!
//! It is held by threads for slices of at most about 50 ms, never across an `await`.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use hearth_domain::{ComputeLease, LeaseGuard, Priority};

/// The lease of this process.
#[derive(Clone, Default)]
pub(crate) struct CpuLease(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    held: bool,
    next_ticket: u64,
    waiting: Vec<(Priority, u64)>,
}

struct Guard(Arc<Shared>);

impl LeaseGuard for Guard {}

impl ComputeLease for CpuLease {
    fn acquire(&self, priority: Priority) -> Box<dyn LeaseGuard> {
        let mut state = lock(&self.0.state);
        let mine = (priority, state.next_ticket);
        state.next_ticket += 1;
        state.waiting.push(mine);
        while state.held || state.waiting.iter().min() != Some(&mine) {
            state = self.0.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.retain(|ticket| *ticket != mine);
        state.held = true;
        Box::new(Guard(Arc::clone(&self.0)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        lock(&self.0.state).held = false;
        self.0.freed.notify_all();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;

    #[test]
    fn the_most_urgent_waiter_computes_next() {
        let lease = CpuLease::default();
        let held = lease.acquire(Priority::Background);
        let (done, order) = mpsc::channel();
        let workers: Vec<_> = [Priority::Background, Priority::Batch, Priority::Interactive]
            .into_iter()
            .map(|priority| {
                let (lease, done) = (lease.clone(), done.clone());
                thread::spawn(move || {
                    let guard = lease.acquire(priority);
                    done.send(priority).unwrap();
                    drop(guard);
                })
            })
            .collect();
        while lock(&lease.0.state).waiting.len() < 3 {
            thread::yield_now();
        }
        drop(held);
        for worker in workers {
            worker.join().unwrap();
        }
        let order: Vec<_> = order.try_iter().collect();
        assert_eq!(order, [Priority::Interactive, Priority::Batch, Priority::Background]);
    }
}
