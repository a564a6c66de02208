//! `hearth`: the command line of Hearth. Wiring only; see `args.rs` for what there is.

mod args;
mod commands;
mod failure;
mod log;
mod out;
mod passphrase;
mod program;
mod signals;

use std::process::ExitCode;

use clap::Parser;
use hearth_app::{answer_as_child, settle_waiting};

use crate::{args::Args, out::Out};

fn main() -> ExitCode {
    if answer_as_child() {
        return ExitCode::SUCCESS;
    }
    settle_waiting();
    let args = Args::parse();
    log::start(args.global.log);
    let out = Out::new(args.global.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return out.failure(&failure::Failure::Runtime(error)),
    };
    let done = runtime.block_on(commands::run(args, out));
    // What still blocks (a read from a terminal) must not keep the program alive.
    runtime.shutdown_background();
    match done {
        Ok(code) => code,
        Err(failure) => out.failure(&failure),
    }
}
