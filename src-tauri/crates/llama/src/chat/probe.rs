//! Trying a stranger's template in a child process, under a limit of memory and time. What is not
//! here: what happens to a model whose template fails; the caller says so.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{ChatMessage, ChatTemplate, RenderOptions};
use crate::{Error, start};

/// The hidden first argument with which a program of ours becomes the worker.
pub const WORKER_ARGUMENT: &str = "__render-template";

/// A job larger than this is no template.
const LARGEST_JOB: u64 = 16 << 20;

/// How long the parent sleeps between two looks at the child.
const LOOK: Duration = Duration::from_millis(5);

/// What a template may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes beyond what the worker needs to run at all. Windows has no such limit.
    pub memory: u64,
    /// Time in all.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 256 << 20, time: Duration::from_secs(5) }
    }
}

#[derive(Serialize, Deserialize)]
struct Job {
    source: String,
    memory: u64,
    seconds: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Good,
    Invalid,
    TooCostly,
}

/// Renders a short conversation with `source` in a child process. `worker_exe` is a program that
/// calls [`worker_main`] when its first argument is [`WORKER_ARGUMENT`].
///
/// # Errors
/// [`Error::TemplateInvalid`], [`Error::TemplateTooCostly`], or [`Error::ProbeFailed`] where the child
/// did not start or did not speak.
pub fn probe(worker_exe: &Path, source: &str, limits: &Limits) -> Result<(), Error> {
    let job = Job {
        source: source.to_owned(),
        memory: limits.memory,
        seconds: limits.time.as_secs().saturating_add(1),
    };
    let job = serde_json::to_vec(&job).map_err(|_| Error::ProbeFailed)?;
    let mut child = command(worker_exe).spawn().map_err(|_| Error::ProbeFailed)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else {
        stop(&mut child);
        return Err(Error::ProbeFailed);
    };
    // A child that does not read must not hold the parent. A failed write shows in the verdict.
    let writer = thread::spawn(move || drop(stdin.write_all(&job)));
    let reader = thread::spawn(move || {
        let mut reply = String::new();
        let _ = stdout.take(4096).read_to_string(&mut reply);
        reply
    });
    let status = wait(&mut child, limits.time);
    let _ = writer.join();
    let reply = reader.join().map_err(|_| Error::ProbeFailed)?;
    judge(status, &reply)
}

fn command(worker_exe: &Path) -> Command {
    let mut command = Command::new(worker_exe);
    command.arg(WORKER_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        // CREATE_NO_WINDOW: a desktop program must not flash a console.
        command.creation_flags(0x0800_0000);
    }
    command
}

/// Waits for the end of the child, and makes it end when its time is over.
fn wait(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < time {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => thread::sleep(LOOK),
            Err(_) => break,
        }
    }
    stop(child);
    None
}

fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn judge(status: Option<ExitStatus>, reply: &str) -> Result<(), Error> {
    match (status, serde_json::from_str(reply)) {
        (Some(status), Ok(verdict)) if status.success() => match verdict {
            Verdict::Good => Ok(()),
            Verdict::Invalid => Err(Error::TemplateInvalid),
            Verdict::TooCostly => Err(Error::TemplateTooCostly),
        },
        // It ended well and said nothing: this is not our worker.
        (Some(status), _) if status.success() => Err(Error::ProbeFailed),
        // Too slow, out of stack, out of memory: all ways of costing too much.
        _ => Err(Error::TemplateTooCostly),
    }
}

/// The worker: reads a job from standard input, limits itself, renders, and prints the verdict.
pub fn worker_main() {
    let verdict = work().unwrap_or(Verdict::Invalid);
    if let Ok(reply) = serde_json::to_string(&verdict) {
        let mut out = io::stdout();
        let _ = out.write_all(reply.as_bytes()).and_then(|()| out.flush());
    }
}

fn work() -> Option<Verdict> {
    let mut job = Vec::new();
    io::stdin().lock().take(LARGEST_JOB).read_to_end(&mut job).ok()?;
    let job: Job = serde_json::from_slice(&job).ok()?;
    // Started before the limit holds, so that the limit is the template's alone.
    start::init().ok()?;
    limit(&job);
    Some(match try_all(&job.source) {
        Ok(()) => Verdict::Good,
        Err(Error::OutOfMemory) => Verdict::TooCostly,
        Err(_) => Verdict::Invalid,
    })
}

/// Renders the shapes of conversation that Hearth makes.
fn try_all(source: &str) -> Result<(), Error> {
    let template = ChatTemplate::from_source(source, "<s>", "</s>")?;
    let turn = |role, content| ChatMessage { role, content };
    let (hello, hi) = (turn("user", "Hello"), turn("assistant", "Hi"));
    let long = [hello.clone(), hi, turn("user", "And then?")];
    for messages in [&[hello][..], &long[..]] {
        let rendered = template.render(messages, &RenderOptions::default())?;
        let _ = rendered.parse("Hi", true);
    }
    Ok(())
}

#[cfg(unix)]
fn limit(job: &Job) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let set = |resource, most: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    };
    set(Resource::Cpu, job.seconds);
    set(Resource::Core, 0);
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
