//! The child's part of measuring: the most telling figures first, the rest while there is time.

use std::time::{Duration, Instant};

use hearth_llama::worker::{Job, Kind};
use serde_json::Value;

use super::{Answer, Question, StepCost, Tuning, bandwidth, bench::Bench};
use crate::{Error, load};

/// The kind of work.
pub(crate) const KIND: Kind = Kind { name: "measure", work };

/// Widths of steps.
const WIDTHS: [u32; 4] = [1, 2, 4, 8];
/// Tokens read at once that are tried.
const BATCHES: [u32; 3] = [128, 256, 512];
/// Tokens that each sequence holds before its steps are timed.
const DEPTH: u32 = 32;
/// A setting must be better by more than one part in this many to be worth more threads or tokens.
const WORTH: u128 = 30;

fn work(job: &Job) -> Option<Value> {
    let question: Question = job.body()?;
    let answer: Answer = measure(job, &question).map_err(|error| error.code());
    serde_json::to_value(answer).ok()
}

fn measure(job: &Job, question: &Question) -> Result<Tuning, Error> {
    let end = Instant::now() + Duration::from_millis(question.millis);
    job.note("load");
    let mut bench = Bench::load(&question.path, end)?;
    let candidates = candidates(question.cores);
    let repeats = if question.thorough { 64 } else { 12 };
    let mut found = Tuning {
        bytes_per_token: bench.weights() + u64::from(DEPTH) * bench.kv_bytes_per_token(),
        load_ms: bench.load_ms,
        batch: load::BATCH,
        ..Tuning::default()
    };
    job.note("threads");
    // The first step pays what only the first step costs.
    bench.threads(question.cores)?;
    let first = bench.read(1, 1, 1)?;
    let chunk = affordable(first, &bench);
    found.threads_batch = fastest(&candidates, |threads| {
        bench.threads(threads)?;
        bench.clear()?;
        bench.read(1, chunk, chunk)
    })?;
    found.threads = fastest(&candidates, |threads| {
        bench.clear()?;
        bench.threads(question.cores)?;
        bench.read(1, DEPTH, DEPTH)?;
        bench.threads(threads)?;
        bench.widths(1, DEPTH, repeats).map(|micros| Duration::from_micros(micros.into()))
    })?;
    job.note("steps");
    for width in WIDTHS {
        bench.clear()?;
        bench.threads(question.cores)?;
        bench.read(width, DEPTH, DEPTH)?;
        bench.threads(found.threads)?;
        let micros = bench.widths(width, DEPTH, repeats)?;
        found.steps.push(StepCost { width, micros });
    }
    job.note("reading");
    bench.threads(found.threads_batch)?;
    reading(&mut bench, &mut found, chunk, if question.thorough { 3 } else { 1 })?;
    job.note("memory");
    let time = bench.left().min(Duration::from_secs(3));
    found.bandwidth = bandwidth::read_speed(found.bytes_per_token, found.threads, time);
    job.note("cache");
    found.kv_q8_pays = cache(bench, &found)?;
    Ok(found)
}

/// One, half of them, all but one, all.
fn candidates(cores: u32) -> Vec<u32> {
    let mut all = vec![1, cores / 2, cores.saturating_sub(1), cores];
    all.retain(|threads| *threads > 0);
    all.sort_unstable();
    all.dedup();
    all
}

/// The first candidate that none of those after it beats by much.
fn fastest(
    candidates: &[u32],
    mut time: impl FnMut(u32) -> Result<Duration, Error>,
) -> Result<u32, Error> {
    let mut best: Option<(u32, u128)> = None;
    for threads in candidates {
        let taken = time(*threads)?.as_nanos();
        if best.is_none_or(|(_, least)| taken + taken / WORTH < least) {
            best = Some((*threads, taken));
        }
    }
    Ok(best.map_or(1, |(threads, _)| threads))
}

/// Tokens that are read in about half a second, by what the first one took.
fn affordable(first: Duration, bench: &Bench) -> u32 {
    // Tokens that are read together cost about a third of one alone.
    let each = (first / 3).max(Duration::from_micros(1));
    let budget = bench.left().min(Duration::from_secs(8)) / 16;
    let tokens = budget.as_micros() / each.as_micros().max(1);
    u32::try_from(tokens).unwrap_or(u32::MAX).clamp(16, BATCHES[0])
}

/// How fast prompts are read, and in pieces of which size.
fn reading(bench: &mut Bench, found: &mut Tuning, chunk: u32, repeats: u32) -> Result<(), Error> {
    let mut best: Option<(u32, u128)> = None;
    for batch in BATCHES.into_iter().filter(|batch| chunk == BATCHES[0] || *batch == BATCHES[0]) {
        let tokens = if chunk == BATCHES[0] { load::BATCH } else { chunk };
        let mut least = Duration::MAX;
        for _ in 0..repeats {
            bench.clear()?;
            let taken = bench.read(1, tokens, batch.min(tokens))?;
            least = least.min(taken);
            if bench.left() < taken * 4 {
                break;
            }
        }
        let each = least.as_nanos() / u128::from(tokens);
        if best.is_none_or(|(_, fastest)| each + each / WORTH < fastest) {
            best = Some((batch, each));
        }
        if bench.left() < least * 2 {
            break;
        }
    }
    if let Some((batch, each)) = best {
        found.batch = batch;
        let rate = 1_000_000_000 / each.max(1);
        found.prefill_per_second = u32::try_from(rate).unwrap_or(u32::MAX);
    }
    Ok(())
}

/// Whether a cache of eight bits is as fast where there is something in it.
fn cache(mut bench: Bench, found: &Tuning) -> Result<Option<bool>, Error> {
    // Twice so many tokens are read in a quarter of the time that is left.
    let tokens = bench.left().as_secs().saturating_mul(found.prefill_per_second.into()) / 8;
    let depth = u32::try_from(tokens).unwrap_or(u32::MAX).min(2048) / 256 * 256;
    if depth < 512 {
        return Ok(None);
    }
    let timed = |bench: &mut Bench| -> Result<u32, Error> {
        bench.clear()?;
        bench.threads(found.threads_batch)?;
        bench.read(1, depth, found.batch)?;
        bench.threads(found.threads)?;
        bench.widths(1, depth, 12)
    };
    let sixteen = timed(&mut bench)?;
    // A model whose heads such a cache does not fit has none.
    let Ok(mut bench) = bench.with_q8() else { return Ok(Some(false)) };
    let eight = timed(&mut bench)?;
    Ok(Some(eight <= sixteen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_tried_from_one_to_all_and_none_twice() {
        assert_eq!(candidates(1), [1]);
        assert_eq!(candidates(2), [1, 2]);
        assert_eq!(candidates(8), [1, 4, 7, 8]);
    }

    #[test]
    fn more_threads_are_taken_only_where_they_are_worth_it() {
        let with = |times: &'static [u64]| {
            let mut times = times.iter();
            let time = move |_| Ok(Duration::from_micros(*times.next().unwrap()));
            fastest(&[1, 2, 4], time).unwrap()
        };
        assert_eq!(with(&[1000, 990, 985]), 1);
        assert_eq!(with(&[1000, 600, 590]), 2);
        assert_eq!(with(&[1000, 600, 400]), 4);
        assert_eq!(with(&[1000, 2000, 4000]), 1);
    }
}
