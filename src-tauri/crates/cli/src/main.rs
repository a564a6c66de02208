//! `hearth`: the command line of Hearth. Wiring only; see `args.rs` for what there is.

mod args;
mod commands;
mod failure;
mod log;
mod out;
mod passphrase;
mod program;
mod signals;
mod terminal;

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use hearth_app::{answer_as_child, settle_waiting};
use tokio::runtime::Runtime;

use crate::{args::Args, out::Out};

/// What hangs holds the program no longer than this.
const LAST_WORK: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    if answer_as_child() {
        return ExitCode::SUCCESS;
    }
    settle_waiting();
    let args = Args::parse();
    log::start(args.global.log);
    let out = Out::new(args.global.json);
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return out.failure(&failure::Failure::Runtime(error)),
    };
    let done = runtime.block_on(commands::run(args, out));
    end(runtime);
    match done {
        Ok(code) => code,
        Err(failure) => out.failure(&failure),
    }
}

/// Waits for the work that outlives a command: connections of the database that are closed above
/// all. The C libraries take themselves down when the program exits, and a thread that is inside
/// one of them at that moment brings it down with a broken heap.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(LAST_WORK);
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use tokio::runtime::Runtime;

    #[test]
    fn what_still_works_in_the_background_ends_before_the_program() {
        let runtime = Runtime::new().unwrap();
        let (ended, at_end) = mpsc::channel();
        let (begun, at_begin) = mpsc::channel();
        runtime.spawn_blocking(move || {
            begun.send(()).unwrap();
            thread::sleep(Duration::from_millis(200));
            ended.send(()).unwrap();
        });
        at_begin.recv().unwrap();
        super::end(runtime);
        assert!(at_end.try_recv().is_ok());
    }
}
