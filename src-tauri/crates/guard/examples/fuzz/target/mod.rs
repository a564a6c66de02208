//! Texts of all kinds thrown at forms, scan, stream filter and placeholders, and what must be true of
//! each. Shared by the example, which runs as long as it is told, and by the test of the crate. A text
//! is made of one number, so that a failure can be repeated. Says nothing of how good the findings are.

mod codes;
mod draw;
mod fragments;
mod names;
mod places;
mod shrink;
mod streams;
mod texts;

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use draw::Draw;
use hearth_guard::Guard;

/// Where to begin, and when to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The number of the first text; the next ones follow it.
    pub(crate) seed: u64,
    /// No text is begun later than this.
    pub(crate) lasting: Duration,
    /// So many texts at most.
    pub(crate) texts: u64,
    /// So many at a time.
    pub(crate) threads: usize,
}

/// A text of which something was not true.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Makes the text again.
    pub(crate) seed: u64,
    /// The least of it that fails still.
    pub(crate) text: String,
    /// What was not true of that.
    pub(crate) reason: String,
}

/// A number nobody knows beforehand.
pub(crate) fn fresh_seed() -> u64 {
    RandomState::new().build_hasher().finish() >> 16
}

/// Tries texts until the time is over or something fails. How many were tried, and the failure.
pub(crate) fn run(plan: &Plan) -> (u64, Option<Failure>) {
    let guard = Guard::all();
    let (next, began) = (AtomicU64::new(0), Instant::now());
    let failure: Mutex<Option<Failure>> = Mutex::new(None);
    let found = || failure.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        while began.elapsed() < plan.lasting && found().is_none() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= plan.texts {
                return;
            }
            if let Some(failed) = try_one(&guard, plan.seed.wrapping_add(number)) {
                found().get_or_insert(failed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..plan.threads {
            scope.spawn(work);
        }
    });
    let tried = next.into_inner().min(plan.texts);
    (tried, failure.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn try_one(guard: &Guard, seed: u64) -> Option<Failure> {
    let text = texts::text(&mut Draw::new(seed));
    check(guard, seed, &text).err()?;
    let text = shrink::least(&text, |text| check(guard, seed, text).is_err());
    let reason = check(guard, seed, &text).err().unwrap_or_default();
    Some(Failure { seed, text, reason })
}

/// Everything that must be true of a text. A panic is a reason like any other.
fn check(guard: &Guard, seed: u64, text: &str) -> Result<(), String> {
    let all = AssertUnwindSafe(|| {
        places::check(guard, &mut Draw::new(seed), text)?;
        streams::check(&mut Draw::new(seed), text)?;
        names::check(guard, &mut Draw::new(seed), text)
    });
    catch_unwind(all).unwrap_or_else(|panic| {
        let told = panic.downcast_ref::<String>().map(String::as_str);
        let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panic: {}", told.unwrap_or("without words")))
    })
}

/// The reason, unless it holds.
fn holds(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason()) }
}
