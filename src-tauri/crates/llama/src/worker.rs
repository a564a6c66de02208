//! Work that may end a process, in a child of the same program: one mode, one transport.
//!
//! The parent writes one line (the job) and keeps the pipe open; the child says notes, one a line,
//! and at last what it found. A child whose parent is gone ends itself. What is not here: the kinds
//! of work. What this does not protect from: a file that takes the child over can say what it
//! likes, but it can write no file, has no key, and leaves the parent's memory alone.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::start;

/// The hidden first argument with which a program of ours becomes the worker.
pub const WORKER_ARGUMENT: &str = "__worker";

/// A job larger than this is none of ours.
const LARGEST_JOB: u64 = 16 << 20;
/// All that a child may say.
const MOST_SAID: u64 = 1 << 20;
/// How long the parent sleeps between two looks at the child.
const LOOK: Duration = Duration::from_millis(5);
/// How long a child that said its last may take to end.
const LAST: Duration = Duration::from_secs(5);

/// What a job may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of address space beyond what the worker needs to run at all. Linux alone has such a
    /// limit.
    pub memory: u64,
    /// Time in all.
    pub time: Duration,
    /// Give way to whatever else wants the processor.
    pub gently: bool,
}

/// Why a job gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// There is no such program, or the system starts no more.
    NotStarted,
    /// It ended well and said nothing that was asked: this is not our worker.
    NotOurs,
    /// The caller said stop.
    Stopped,
    /// Its time was over.
    TooSlow {
        /// What it said last.
        at: String,
    },
    /// It died.
    Died {
        /// What it said last.
        at: String,
        /// It was ended from outside without a reason, as a system short of memory does.
        killed: bool,
    },
}

/// A kind of work that a worker knows.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Does it; `None` where the job is not of this kind.
    pub work: fn(&Job) -> Option<Value>,
}

/// A job, seen from the child.
#[derive(Serialize, Deserialize)]
pub struct Job {
    kind: String,
    memory: u64,
    seconds: u64,
    gently: bool,
    body: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Note(String),
    Done(Value),
}

/// Runs a job in a child process. `worker_exe` is a program that calls [`worker_main`] when its first
/// argument is [`WORKER_ARGUMENT`]. `heard` gets each note, and nothing at every look between them;
/// it stops the child with `false`.
///
/// # Errors
/// [`Failed`] says how it ended without an answer.
pub fn run<B: Serialize, R: DeserializeOwned>(
    worker_exe: &Path,
    kind: &str,
    body: &B,
    limits: &Limits,
    heard: &mut dyn FnMut(Option<&str>) -> bool,
) -> Result<R, Failed> {
    let cores = thread::available_parallelism().map_or(1, usize::from) as u64;
    let job = Job {
        kind: kind.to_owned(),
        memory: limits.memory,
        // Time of all threads together.
        seconds: limits.time.as_secs().saturating_add(1).saturating_mul(cores),
        gently: limits.gently,
        body: serde_json::to_value(body).map_err(|_| Failed::NotOurs)?,
    };
    let mut line = serde_json::to_vec(&job).map_err(|_| Failed::NotOurs)?;
    line.push(b'\n');
    let mut child = command(worker_exe).spawn().map_err(|_| Failed::NotStarted)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else {
        stop(&mut child);
        return Err(Failed::NotStarted);
    };
    let (hold, held) = mpsc::channel::<()>();
    // A child that does not read must not hold the parent. The pipe stays open until `hold` goes.
    let writer = thread::spawn(move || {
        let _ = stdin.write_all(&line);
        let _ = held.recv();
    });
    let (say, said) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stdout.take(MOST_SAID)).lines() {
            if line.map_or(true, |line| say.send(line).is_err()) {
                return;
            }
        }
    });
    let outcome = follow(&mut child, &said, limits.time, heard);
    stop(&mut child);
    drop(hold);
    let _ = writer.join();
    let _ = reader.join();
    serde_json::from_value(outcome?).map_err(|_| Failed::NotOurs)
}

fn command(worker_exe: &Path) -> Command {
    let mut command = Command::new(worker_exe);
    command.arg(WORKER_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Where the key and the data are is no business of a file that is being tried.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HEARTH_") {
            command.env_remove(name);
        }
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        // CREATE_NO_WINDOW: a desktop program must not flash a console.
        command.creation_flags(0x0800_0000);
    }
    command
}

/// Listens until the child has said its last, is gone, or its time is over.
fn follow(
    child: &mut Child,
    said: &Receiver<String>,
    time: Duration,
    heard: &mut dyn FnMut(Option<&str>) -> bool,
) -> Result<Value, Failed> {
    let began = Instant::now();
    let (mut at, mut done) = (String::new(), None);
    loop {
        let go_on = match said.recv_timeout(LOOK) {
            Ok(line) => match serde_json::from_str(&line) {
                Ok(Line::Note(note)) => {
                    let go_on = heard(Some(&note));
                    at = note;
                    go_on
                }
                Ok(Line::Done(value)) => {
                    done = Some(value);
                    true
                }
                Err(_) => true,
            },
            Err(RecvTimeoutError::Timeout) => heard(None),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if !go_on {
            return Err(Failed::Stopped);
        }
        if began.elapsed() >= time {
            return Err(Failed::TooSlow { at });
        }
    }
    let status = wait(child, LAST);
    match (status, done) {
        (Some(status), Some(done)) if status.success() => Ok(done),
        (Some(status), None) if status.success() => Err(Failed::NotOurs),
        (status, _) => Err(Failed::Died { at, killed: status.is_some_and(killed) }),
    }
}

fn wait(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < time {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => thread::sleep(LOOK),
            Err(_) => return None,
        }
    }
    None
}

/// Does nothing to a child that has ended.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    const SIGKILL: i32 = 9;
    status.signal() == Some(SIGKILL)
}

#[cfg(not(unix))]
fn killed(_status: ExitStatus) -> bool {
    false
}

impl Job {
    /// What is to be worked on.
    #[must_use]
    pub fn body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.body.clone()).ok()
    }

    /// Says what is done now. Nobody listens any more where it cannot be said.
    pub fn note(&self, what: &str) {
        say(&Line::Note(what.to_owned()));
    }
}

fn say(line: &Line) {
    if let Ok(mut text) = serde_json::to_vec(line) {
        text.push(b'\n');
        let mut out = io::stdout();
        let _ = out.write_all(&text).and_then(|()| out.flush());
    }
}

/// The worker: reads a job from standard input, limits itself, works, and says what it found.
pub fn worker_main(kinds: &[Kind]) {
    if let Some(found) = work(kinds) {
        say(&Line::Done(found));
    }
}

fn work(kinds: &[Kind]) -> Option<Value> {
    let mut job = Vec::new();
    io::stdin().lock().take(LARGEST_JOB).read_until(b'\n', &mut job).ok()?;
    let job: Job = serde_json::from_slice(&job).ok()?;
    let kind = kinds.iter().find(|kind| kind.name == job.kind)?;
    end_with_parent();
    if job.gently {
        give_way();
    }
    // Started before the limit holds, so that the limit is the job's alone.
    start::init().ok()?;
    limit(&job);
    (kind.work)(&job)
}

/// The parent holds the other end of the pipe until it has its answer.
fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(1);
    });
}

/// For the whole process: threads to come inherit it.
#[cfg(target_os = "linux")]
fn give_way() {
    const NICE: i32 = 15;
    let _ = rustix::process::setpriority_process(None, NICE);
}

/// Elsewhere there is no safe call for it.
#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(unix)]
fn limit(job: &Job) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let set = |resource, most: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    };
    set(Resource::Cpu, job.seconds);
    set(Resource::Core, 0);
    // It answers through a pipe and has nothing to write.
    set(Resource::Fsize, 0);
    if let Some(used) = address_space() {
        set(Resource::As, used.saturating_add(job.memory));
    }
}

#[cfg(not(unix))]
fn limit(_job: &Job) {}

/// Bytes of address space in use; known on Linux alone, and elsewhere the limit means other things.
#[cfg(unix)]
fn address_space() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
