//! How work on files goes beside answers: passages are embedded one by one under the compute lease, and
//! while somebody waits for an answer nothing is, unless that answer waits for it.

use std::{sync::atomic::Ordering, thread, time::Duration};

use hearth_domain::{EngineState, Priority};
use hearth_rag::{embed::Embedder, index::Index};

use super::shelf::Shelf;
use crate::{App, Error, Result};

/// Vectors that are kept in one step.
const VECTORS: usize = 64;
/// How often to look whether the answer that somebody waits for is over.
const GIVE_WAY: Duration = Duration::from_millis(25);

/// How work on files goes beside answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// It rests while somebody waits for an answer.
    GivesWay,
    /// An answer waits for it.
    AtOnce,
}

impl Pace {
    fn priority(self) -> Priority {
        match self {
            Self::GivesWay => Priority::Background,
            Self::AtOnce => Priority::Interactive,
        }
    }
}

impl App {
    /// Gives every passage of a file its vector, in steps that are kept.
    pub(super) fn embed(&self, shelf: &Shelf, seq: i64, pace: Pace) -> Result<()> {
        let Some(embedder) = &shelf.embedder else { return Ok(()) };
        loop {
            let waiting = shelf.index.unembedded(Some(seq), VECTORS)?;
            if waiting.is_empty() {
                return Ok(());
            }
            let mut vectors = Vec::with_capacity(waiting.len());
            for passage in &waiting {
                match pace {
                    Pace::GivesWay => self.give_way(seq)?,
                    Pace::AtOnce => self.check_going_on()?,
                }
                let _turn = self.library.lease.acquire(pace.priority());
                let made = embedder.embed(&[passage.text.as_str()])?;
                vectors.extend(made.into_iter().map(|vector| (passage.passage, vector)));
            }
            shelf.index.put_vectors(&vectors)?;
            self.library.embedded.fetch_add(vectors.len() as u64, Ordering::SeqCst);
        }
    }

    /// Lets work on a file rest while somebody waits for an answer.
    fn give_way(&self, seq: i64) -> Result<()> {
        self.check_going_on()?;
        if self.is_calm() {
            return Ok(());
        }
        self.db.store().write(|w| w.queue_rest(seq, true))?;
        let waited = self.wait_for_calm();
        self.db.store().write(|w| w.queue_rest(seq, false))?;
        waited
    }

    pub(super) fn wait_for_calm(&self) -> Result<()> {
        loop {
            self.check_going_on()?;
            if self.is_calm() {
                return Ok(());
            }
            thread::sleep(GIVE_WAY);
        }
    }

    /// Whether nobody waits for an answer, and the person does not want it quiet.
    fn is_calm(&self) -> bool {
        let works = |state: &EngineState| {
            matches!(state, EngineState::Busy { .. } | EngineState::Loading { .. })
        };
        !self.is_paused() && !self.engine_states().iter().any(works)
    }

    pub(super) fn check_going_on(&self) -> Result<()> {
        if self.library.end.is_cancelled() { Err(Error::ShuttingDown) } else { Ok(()) }
    }
}
