//! How fast a model is on this computer, measured in a child process: which number of threads, how
//! long a step of so many tokens takes, how fast prompts are read. What is not here: when it is
//! measured, and keeping what was found.

mod bandwidth;
mod bench;
mod work;

use std::{path::PathBuf, sync::Arc, time::Duration};

use hearth_domain::ErrorCode;
use hearth_llama::worker::{self, Failed, Limits};
use serde::{Deserialize, Serialize};
use tokio::task;

pub(crate) use self::work::KIND;
use crate::{Engine, Error, ModelFacts, canary::from_failed, load};

/// Measuring in idle time takes no longer than this, loading included, …
const IDLE_TIME: Duration = Duration::from_secs(18);
/// … and measuring that a person waits for no longer than this.
const ASKED_TIME: Duration = Duration::from_secs(60);
/// The last step may begin just before the end.
const LAST_STEP: Duration = Duration::from_secs(30);

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// The model's file; one that was tried before.
    pub path: PathBuf,
    /// A person waits: longer, with more repeats, and without giving way.
    pub thorough: bool,
}

/// The cost of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCost {
    /// Sequences that each get a token in it.
    pub width: u32,
    /// Microseconds.
    pub micros: u32,
}

/// What was found. Whole numbers, so that two findings can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tuning {
    /// Threads for steps of single tokens.
    pub threads: u32,
    /// Threads for reading prompts.
    pub threads_batch: u32,
    /// Tokens that are read at once: the fewest at which reading is about as fast as it gets.
    pub batch: u32,
    /// The cost of steps by their width, narrowest first.
    pub steps: Vec<StepCost>,
    /// Tokens of a prompt that are read in a second.
    pub prefill_per_second: u32,
    /// Whether single tokens come as fast with a cache of eight bits as with one of sixteen;
    /// unknown where there was no time to find out.
    pub kv_q8_pays: Option<bool>,
    /// Bytes that these threads read in a second from memory of the size of the weights.
    pub bandwidth: u64,
    /// Bytes that a step of one token reads.
    pub bytes_per_token: u64,
    /// Milliseconds that reading the file took.
    pub load_ms: u32,
}

impl Tuning {
    /// Tokens a second of one answer.
    #[must_use]
    pub fn decode_per_second(&self) -> f64 {
        let one = self.steps.iter().find(|step| step.width == 1 && step.micros > 0);
        one.map_or(0.0, |step| 1e6 / f64::from(step.micros))
    }

    /// What one answer gets out of the memory's speed, 0 to 1 and in a cache also above.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub fn share_of_bandwidth(&self) -> Option<f64> {
        let used = self.decode_per_second() * self.bytes_per_token as f64;
        (self.bandwidth > 0 && used > 0.0).then(|| used / self.bandwidth as f64)
    }
}

/// What the child is asked.
#[derive(Serialize, Deserialize)]
struct Question {
    path: PathBuf,
    cores: u32,
    thorough: bool,
    millis: u64,
}

type Answer = Result<Tuning, ErrorCode>;

impl Engine {
    /// Measures a model in a child process; `go_on` is asked all the while and ends it with `false`.
    ///
    /// # Errors
    /// As [`Engine::try_model`].
    pub async fn measure(
        &self,
        measurement: Measurement,
        go_on: Arc<dyn Fn() -> bool + Send + Sync>,
    ) -> Result<Tuning, Error> {
        let worker = self.worker_exe().ok_or(Error::Untried)?;
        let measuring = task::spawn_blocking(move || {
            let Measurement { path, thorough } = measurement;
            let facts = ModelFacts::new(hearth_llama::gguf::read(&path)?);
            let time = if thorough { ASKED_TIME } else { IDLE_TIME };
            let question = Question {
                path,
                cores: load::physical_cores(),
                thorough,
                millis: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            };
            let limits = Limits {
                // Of a file that was tried: enough for it, and an end all the same.
                memory: facts.file_size.saturating_add(facts.memory_needed).saturating_mul(3)
                    + (4 << 30),
                time: time + LAST_STEP,
                gently: !thorough,
            };
            let answer: Result<Answer, Failed> =
                worker::run(&worker, KIND.name, &question, &limits, &mut |_| go_on());
            answer.map_err(not_measured)?.map_err(Error::Refused)
        });
        measuring.await.map_err(|_| Error::Panicked)?
    }
}

/// A file that was tried is not to blame for a computer that is too busy.
fn not_measured(failed: Failed) -> Error {
    match failed {
        Failed::TooSlow { .. } => Error::NotMeasured,
        other => from_failed(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_the_bandwidth_is_what_single_tokens_read() {
        let tuning = Tuning {
            steps: vec![StepCost { width: 1, micros: 10_000 }],
            bandwidth: 20_000_000_000,
            bytes_per_token: 100_000_000,
            ..Tuning::default()
        };
        assert!((tuning.decode_per_second() - 100.0).abs() < 1e-9);
        assert!((tuning.share_of_bandwidth().unwrap() - 0.5).abs() < 1e-9);
        assert_eq!(Tuning::default().share_of_bandwidth(), None);
    }
}
