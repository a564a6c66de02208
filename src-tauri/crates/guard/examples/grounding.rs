//! How far answers follow from passages: `cargo run --release -p hearth-guard --example grounding --
//! ROWS`. Rows are JSON lines with `id`, `answer`, `passage`; prints a JSON line of each with `score`.
//! Development only: nothing of it is in the programs.
#![allow(clippy::print_stdout, clippy::expect_used, missing_docs)]

use std::{env, fs};

use hearth_guard::grounding;

fn main() {
    let path = env::args().nth(1).expect("a file of rows");
    let file = fs::read_to_string(path).expect("the rows can be read");
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
        let field = |name: &str| row[name].as_str().expect("a row has an answer and a passage");
        let score = grounding::score(field("answer"), field("passage"));
        println!("{}", serde_json::json!({ "id": field("id"), "score": score }));
    }
}
