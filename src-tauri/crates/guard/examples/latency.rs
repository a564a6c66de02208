//! How long texts take when all kinds are looked for at once, as the programs do: `cargo run --release
//! -p hearth-guard --example latency -- ROWS [--rules-only]`. Prints a JSON line a row: microseconds
//! the first time, when rules are still compiled and caches empty, and the median of the next times.
//! Development only: nothing of it is in the programs.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::{env, fs, hint::black_box, time::Instant};

use hearth_guard::{Channel, Guard, Kind};

const KINDS: [Kind; 4] = [Kind::Injection, Kind::Pii, Kind::Secrets, Kind::Toxicity];
/// Rounds after the first.
const ROUNDS: usize = 5;

fn main() {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().expect("a file of rows");
    let rules_only = arguments.next().is_some_and(|it| it == "--rules-only");
    let guard = if rules_only { Guard::rules_only() } else { Guard::all() };
    let file = fs::read_to_string(path).expect("the rows can be read");
    let texts: Vec<(String, String)> = file.lines().map(row).collect();
    let mut taken = vec![Vec::new(); texts.len()];
    for _ in 0..=ROUNDS {
        for ((_, text), taken) in texts.iter().zip(&mut taken) {
            let before = Instant::now();
            black_box(guard.scan(text, Channel::Document, &KINDS));
            taken.push(before.elapsed().as_micros());
        }
    }
    for ((id, _), taken) in texts.iter().zip(&mut taken) {
        let first = taken.remove(0);
        taken.sort_unstable();
        let median = taken[ROUNDS / 2];
        println!("{}", serde_json::json!({ "id": id, "first": first, "us": median }));
    }
}

fn row(line: &str) -> (String, String) {
    let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
    let field = |name: &str| row[name].as_str().expect("a row has an id and a text").to_owned();
    (field("id"), field("text"))
}
