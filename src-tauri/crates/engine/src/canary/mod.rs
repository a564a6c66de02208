//! The canary: a file that was never loaded here is loaded once in a child process. A file that ends
//! a process ends that one; what the child found is the file's verdict. What is not here: keeping
//! verdicts, and which files need one.

mod work;

use std::{
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::Duration,
};

use hearth_domain::{ErrorCode, ModelId};
use hearth_llama::worker::{self, Failed, Limits};
use serde::{Deserialize, Serialize};
use tokio::task;

pub(crate) use self::work::KIND;
use crate::{Engine, Error, Footprint, ModelFacts, board::Board, stage::Place};

/// Loading and its steps take no longer than this where the file is small, …
const TIME: Duration = Duration::from_secs(60);
/// … and a second more for so many bytes of it.
const BYTES_PER_SECOND: u64 = 20 << 20;
/// Address space beyond the file and its copies: threads, heaps, what a system maps by itself.
const MORE_MEMORY: u64 = 2 << 30;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The model's name in the program.
    pub id: ModelId,
    /// Its shown name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Give way to whatever else wants the processor.
    pub gently: bool,
    /// Whether a person asks for it, and is told how far it is.
    pub front: bool,
}

/// A file that was loaded, computed and ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its memory.
    pub footprint: Footprint,
    /// Whether the state of a sequence can be saved and brought back.
    pub restorable: bool,
    /// How long reading it took, in milliseconds.
    pub load_ms: u64,
}

/// What the child is asked.
#[derive(Serialize, Deserialize)]
struct Question {
    path: PathBuf,
    threads: u32,
    parallel: u32,
}

/// What the child answers: what it found, or the code of what was refused.
type Answer = Result<Tried, ErrorCode>;

/// Keeps the engine's state at "loading" until the load that follows a trial has its own.
pub struct Announced(Option<Board>);

impl Announced {
    /// Hands over to the load.
    pub(crate) fn take(mut self) -> Option<Place> {
        self.0.take().map(|board| board.place)
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        if let Some(board) = self.0.as_ref().filter(|board| board.is_loading()) {
            board.empty();
        }
    }
}

impl Engine {
    /// Loads a file in a child process, takes a few steps with it and lets it go. While no other
    /// model is there, the state tells of it as of a load, until what is returned is dropped.
    ///
    /// # Errors
    /// [`Error::File`] where the header is refused; [`Error::Crashes`] and [`Error::Refused`] are the
    /// file's fault, [`Error::TrialTooSlow`], [`Error::Untried`] and [`Error::LoadCancelled`] are not:
    /// a computer that is busy enough makes every file slow.
    pub async fn try_model(&self, trial: Trial) -> Result<(Tried, Announced), Error> {
        let worker = self.worker_exe().ok_or(Error::Untried)?;
        let told = trial.front && !self.holds_any();
        let board = told.then(|| self.board(true, &trial.id, &trial.name));
        let announced = Announced(board.clone());
        let stop = self.begin_trial(&trial.id);
        let tell = board.clone();
        let trying = task::spawn_blocking(move || {
            let facts = ModelFacts::new(hearth_llama::gguf::read(&trial.path)?);
            let mut heard = |note: Option<&str>| {
                if let (Some(board), Some(progress)) = (&tell, note.and_then(progress)) {
                    board.loading(progress);
                }
                !stop.load(Ordering::SeqCst)
            };
            in_child(&worker, &trial, &facts, &mut heard)
        });
        let tried = trying.await.map_err(|_| Error::Panicked)?;
        match (&tried, &board) {
            (Err(Error::LoadCancelled), Some(board)) => board.empty(),
            (Err(error), Some(board)) => board.failed(error),
            _ => {}
        }
        Ok((tried?, announced))
    }
}

fn in_child(
    worker: &Path,
    trial: &Trial,
    facts: &ModelFacts,
    heard: &mut dyn FnMut(Option<&str>) -> bool,
) -> Result<Tried, Error> {
    let question = Question {
        path: trial.path.clone(),
        threads: crate::load::physical_cores(),
        parallel: crate::ModelSpec::DEFAULT_PARALLEL,
    };
    let answer: Result<Answer, Failed> =
        worker::run(worker, KIND.name, &question, &limits(facts, trial.gently), heard);
    match answer {
        Ok(Ok(tried)) => Ok(tried),
        Ok(Err(code)) => Err(Error::Refused(code)),
        Err(failed) => Err(from_failed(failed)),
    }
}

/// What a file may cost while it is tried: mapped once, copied once, and the rest.
fn limits(facts: &ModelFacts, gently: bool) -> Limits {
    let memory = facts.file_size.saturating_mul(2).saturating_add(facts.memory_needed);
    let seconds = facts.file_size / BYTES_PER_SECOND;
    Limits {
        memory: memory.saturating_add(MORE_MEMORY),
        time: TIME.saturating_add(Duration::from_secs(seconds)),
        gently,
    }
}

pub(crate) fn from_failed(failed: Failed) -> Error {
    match failed {
        Failed::NotStarted | Failed::NotOurs => Error::Untried,
        Failed::Stopped => Error::LoadCancelled,
        Failed::TooSlow { .. } => Error::TrialTooSlow,
        // A system that runs short of memory picks whom it ends: that says nothing of the file.
        Failed::Died { killed: true, .. } => Error::Refused(ErrorCode::OutOfMemory),
        Failed::Died { at, .. } => {
            tracing::warn!(phase = phase(&at), "a model ended the process that tried it");
            Error::Crashes
        }
    }
}

/// The word before the number.
fn phase(note: &str) -> &str {
    note.split(' ').next().unwrap_or_default()
}

/// Trying is half of loading; the notes say how far it is.
fn progress(note: &str) -> Option<f32> {
    let loaded = |part: f32| 0.05 + 0.3 * part.clamp(0.0, 1.0);
    match phase(note) {
        "estimate" => Some(0.0),
        "load" => Some(loaded(note.split(' ').nth(1)?.parse().ok()?)),
        "decode" => Some(0.4),
        "state" => Some(0.48),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_become_progress_that_only_grows() {
        let notes = ["estimate", "load 0.0", "load 0.5", "load 1.0", "decode", "state"];
        let told: Vec<_> = notes.iter().filter_map(|note| progress(note)).collect();
        assert_eq!(told.len(), notes.len());
        assert!(told.is_sorted() && told.iter().all(|part| (0.0..=0.5).contains(part)));
        assert_eq!(progress("load of noise"), None);
    }

    #[test]
    fn a_child_that_the_system_ended_says_nothing_of_the_file() {
        let died = |killed| from_failed(Failed::Died { at: "load 0.3".into(), killed });
        assert_eq!(died(true).code(), ErrorCode::OutOfMemory);
        assert_eq!(died(false).code(), ErrorCode::ModelCrashes);
    }
}
