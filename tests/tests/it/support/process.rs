//! A program that runs beside the test and never outlives it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::wait;

/// A child that is killed when the test ends, whatever way it ends.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child =
            command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child }
    }

    /// The child itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended, and how.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be asked")
    }

    /// Asks it to end (TERM).
    pub(crate) fn ask_to_end(&self) {
        signal(self.pid(), Signal::TERM);
    }

    /// Lets it rest for so long in the middle of what it does, as a computer that is far too slow would.
    pub(crate) fn rest(&self, time: Duration) {
        signal(self.pid(), Signal::STOP);
        thread::sleep(time);
        signal(self.pid(), Signal::CONT);
    }

    /// Ends it as a power cut would (`kill -9`).
    pub(crate) fn kill(&mut self) {
        signal(self.pid(), Signal::KILL);
        self.child.wait().expect("a killed child ends");
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait::until("a program to end", || self.ended())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to any process of ours.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process has a number");
    // It may have ended by itself meanwhile.
    let _ = kill_process(pid, signal);
}

/// Reads lines in the background, so that a full pipe never blocks the child.
pub(crate) fn lines(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
