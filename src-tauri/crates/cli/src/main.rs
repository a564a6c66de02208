//! `hearth`: the command line of Hearth. Wiring only; see `args.rs` for what there is.

mod args;
mod commands;
mod failure;
mod log;
mod out;
mod passphrase;
mod program;
mod signals;

use std::{env, process::ExitCode};

use clap::Parser;
use hearth_app::{WORKER_ARGUMENT, settle_waiting, worker_main};

use crate::{args::Args, out::Out};

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|first| first == WORKER_ARGUMENT) {
        worker_main();
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
