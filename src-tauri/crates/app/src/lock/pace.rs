//! How fast passphrases can be tried: one at a time, and after a few wrong ones only after a wait
//! that doubles. What a guess costs for someone who has the file is the work that the file asks
//! for; this is for someone who has only the keyboard.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::{Error, Result, StoreError};

/// Wrong ones that cost no wait: fingers slip.
const FREE: u32 = 3;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(64);

/// Counts wrong passphrases. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Pace(Arc<Mutex<Tries>>);

impl Pace {
    /// Runs one attempt, unless it comes too soon.
    ///
    /// # Errors
    /// [`Error::TriedTooSoon`] without having looked at the passphrase, [`Error::PassphraseWrong`]
    /// with the wait that follows, or what else went wrong.
    pub(crate) async fn attempt<T>(&self, attempt: impl Future<Output = Result<T>>) -> Result<T> {
        // Held while the attempt runs: many at once would be no slower than one.
        let mut tries = self.0.lock().await;
        tries.may_try(Instant::now())?;
        match attempt.await {
            Ok(value) => {
                *tries = Tries::default();
                Ok(value)
            }
            Err(Error::Store(StoreError::PassphraseWrong)) => {
                Err(Error::PassphraseWrong { wait: tries.failed(Instant::now()) })
            }
            Err(other) => Err(other),
        }
    }
}

#[derive(Debug, Default)]
struct Tries {
    wrong: u32,
    not_before: Option<Instant>,
}

impl Tries {
    fn may_try(&self, now: Instant) -> Result<()> {
        match self.not_before.and_then(|then| then.checked_duration_since(now)) {
            Some(wait) if !wait.is_zero() => Err(Error::TriedTooSoon { wait }),
            _ => Ok(()),
        }
    }

    /// Counts a wrong one; the wait before the next.
    fn failed(&mut self, now: Instant) -> Duration {
        self.wrong = self.wrong.saturating_add(1);
        let wait = match self.wrong.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(6)).min(LONGEST),
        };
        self.not_before = now.checked_add(wait);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_58_a_thousand_passphrases_take_more_than_half_a_day() {
        let (mut tries, mut now) = (Tries::default(), Instant::now());
        let begin = now;
        for _ in 0..1_000 {
            if let Err(Error::TriedTooSoon { wait }) = tries.may_try(now) {
                now += wait;
            }
            tries.may_try(now).unwrap();
            tries.failed(now);
        }
        assert!(now - begin > Duration::from_secs(12 * 60 * 60), "{:?}", now - begin);
    }

    #[test]
    fn the_wait_begins_after_a_few_slips_and_grows_to_about_a_minute() {
        let mut tries = Tries::default();
        let waits: Vec<_> = (0..12).map(|_| tries.failed(Instant::now()).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 64, 64, 64]);
    }

    #[tokio::test]
    async fn a_try_that_comes_too_soon_is_not_looked_at_and_a_right_one_forgives() {
        let pace = Pace::default();
        let wrong = || async { Err::<(), _>(Error::Store(StoreError::PassphraseWrong)) };
        for _ in 0..FREE {
            let refused = pace.attempt(wrong()).await;
            assert!(matches!(refused, Err(Error::PassphraseWrong { .. })), "{refused:?}");
        }
        let untouched = async { panic!("it was looked at") };
        let refused: Result<()> = pace.attempt(untouched).await;
        assert!(matches!(refused, Err(Error::TriedTooSoon { .. })), "{refused:?}");
        pace.0.lock().await.not_before = None;
        pace.attempt(async { Ok(()) }).await.unwrap();
        let refused = pace.attempt(wrong()).await.unwrap_err();
        assert!(matches!(refused, Error::PassphraseWrong { wait } if wait.is_zero()));
    }
}
