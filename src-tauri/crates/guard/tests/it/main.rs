//! The guardrails from outside.

#[path = "../../examples/fuzz/target/mod.rs"]
mod target;

use std::time::Duration;

/// The number of the first text, to repeat a run that failed.
const SEED: &str = "HEARTH_FUZZ_SEED";

#[test]
fn sixty_seconds_of_random_texts_break_nothing() {
    let asked = std::env::var(SEED).ok().and_then(|it| it.parse().ok());
    let seed = asked.unwrap_or_else(target::fresh_seed);
    println!("{SEED}={seed}");
    let lasting = Duration::from_secs(60);
    let plan = target::Plan { seed, lasting, texts: u64::MAX, threads: 2 };
    let (texts, failure) = target::run(&plan);
    if let Some(failure) = failure {
        panic!("{SEED}={}: {}\n{:?}", failure.seed, failure.reason, failure.text);
    }
    assert!(texts > 0);
    println!("{texts} texts");
}
