//! Throws texts at forms, scan, stream filter and placeholders: `cargo run --release -p hearth-guard
//! --example fuzz -- [--seconds 600] [--seed N] [--texts N] [--threads N]`. Prints a JSON line of what
//! was tried; where something fails, the seed of the text, the least of it that fails still, and why,
//! and ends with 1. `--seed N --texts 1` tries that text again.
//! Development only: nothing of it is in the programs.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, missing_docs)]

#[path = "fuzz/target/mod.rs"]
mod target;

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

fn main() -> ExitCode {
    let mut plan = target::Plan {
        seed: target::fresh_seed(),
        lasting: Duration::from_secs(600),
        texts: u64::MAX,
        threads: 2,
    };
    let mut arguments = env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|it| it.parse().ok()).expect("a number");
        match name.as_str() {
            "--seconds" => plan.lasting = Duration::from_secs(value),
            "--seed" => plan.seed = value,
            "--texts" => plan.texts = value,
            "--threads" => plan.threads = usize::try_from(value).expect("a small number"),
            _ => panic!("{name} is not known"),
        }
    }
    eprintln!("seed {}", plan.seed);
    let began = Instant::now();
    let (texts, failure) = target::run(&plan);
    let seconds = began.elapsed().as_secs();
    let failed = failure.as_ref().map(|it| it.seed);
    let line = serde_json::json!({
        "seed": plan.seed, "texts": texts, "seconds": seconds, "failed": failed,
    });
    println!("{line}");
    let Some(failure) = failure else { return ExitCode::SUCCESS };
    eprintln!("--seed {} --texts 1: {}\n{:?}", failure.seed, failure.reason, failure.text);
    ExitCode::FAILURE
}
