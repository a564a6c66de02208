//! The parent: starts the child, sends it files, watches the clock, and says what became of each file
//! whatever became of the child.

use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{
    Limits, Source, WORKER_ARGUMENT,
    frame::{self, Reply, Request, Task},
};
use crate::document::Document;
use crate::extract::{Picture, Refusal};

/// Files that one child reads at most: what a reader does not give back is given back by its end.
const FILES: u32 = 256;
/// Bytes of files that one child reads at most, for the same reason.
const BYTES: u64 = 256 << 20;
/// Readers of a chain.
const READERS: u8 = 3;
/// How long a child that was told to end may take.
const PARTING: Duration = Duration::from_secs(2);
/// What the standard library says when memory ends.
const NO_MEMORY: &str = "memory allocation of";

/// Reads files, one at a time. Starts its child when there is a file to read.
#[derive(Debug)]
pub struct Worker {
    program: PathBuf,
    limits: Limits,
    child: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    replies: Receiver<Reply>,
    last_words: Option<JoinHandle<String>>,
    files: u32,
    bytes: u64,
}

/// How a try ended.
enum End {
    Reply(Reply),
    /// The child is gone; what it had before that.
    Died {
        cost: bool,
        draft: Option<Document>,
        reader: u8,
    },
    /// There is no child to be had, or the file could not be read.
    Failed(Refusal),
}

impl Worker {
    /// A worker that runs `program`, which calls [`super::worker_main`] when its first argument is
    /// [`WORKER_ARGUMENT`].
    #[must_use]
    pub fn new(program: &Path) -> Self {
        Self::with_limits(program, Limits::default())
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(program: &Path, limits: Limits) -> Self {
        Self { program: program.to_owned(), limits, child: None }
    }

    /// Reads a file to its text. Blocks until it is done, as long as the limits allow.
    ///
    /// # Errors
    /// The refusal that the person is told.
    pub fn read(&mut self, mut source: Source) -> Result<Document, Refusal> {
        let mut first = source.job().first_reader;
        loop {
            match self.attempt(&mut source, Task::Text, first) {
                End::Reply(Reply::Text(Ok(bytes))) => {
                    return Document::from_bytes(&bytes).ok_or(Refusal::Broken);
                }
                End::Reply(Reply::Text(Err(refusal))) | End::Failed(refusal) => {
                    return Err(refusal);
                }
                End::Reply(_) => return Err(Refusal::Broken),
                End::Died { draft: Some(document), .. } => return Ok(document),
                End::Died { cost: true, .. } => return Err(Refusal::TooCostly),
                End::Died { reader, .. } if reader + 1 < READERS => first = reader + 1,
                End::Died { .. } => return Err(Refusal::Broken),
            }
        }
    }

    /// Paints a page of a PDF file, counted from 0, as a picture `width` pixels wide.
    ///
    /// # Errors
    /// The refusal that the person is told.
    pub fn picture(
        &mut self,
        mut source: Source,
        page: u32,
        width: u32,
    ) -> Result<Picture, Refusal> {
        match self.attempt(&mut source, Task::Picture { page, width }, 0) {
            End::Reply(Reply::Picture(painted)) => painted,
            End::Died { cost: true, .. } => Err(Refusal::TooCostly),
            End::Failed(refusal) => Err(refusal),
            End::Reply(_) | End::Died { .. } => Err(Refusal::Broken),
        }
    }

    /// Ends the child, which gives its memory back. The next file starts another.
    pub fn rest(&mut self) {
        if let Some(running) = self.child.take() {
            running.part();
        }
    }

    fn attempt(&mut self, source: &mut Source, task: Task, first_reader: u8) -> End {
        let Some(mut running) = self.child.take().or_else(|| Running::start(&self.program)) else {
            return End::Failed(Refusal::Unreadable);
        };
        let mut job = source.job().clone();
        job.first_reader = first_reader;
        let request = Request { job, task, limits: self.limits };
        let end = running.exchange(source, &request, &self.limits);
        match end {
            End::Died { .. } | End::Failed(_) => running.kill(),
            End::Reply(_) if running.files >= FILES || running.bytes >= BYTES => running.part(),
            End::Reply(_) => self.child = Some(running),
        }
        end
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.rest();
    }
}

impl Running {
    fn start(program: &Path) -> Option<Self> {
        let mut child = command(program).spawn().ok()?;
        let input = BufWriter::new(child.stdin.take()?);
        let (output, errors) = (child.stdout.take()?, child.stderr.take()?);
        let (sender, replies) = channel();
        thread::spawn(move || {
            let mut output: ChildStdout = output;
            while let Ok(reply) = frame::read::<Reply>(&mut output) {
                if sender.send(reply).is_err() {
                    return;
                }
            }
        });
        let last_words = thread::spawn(move || last_words(errors));
        let (input, last_words) = (Some(input), Some(last_words));
        Some(Self { child, input, replies, last_words, files: 0, bytes: 0 })
    }

    /// Sends a request and its file, and waits for the result. The file is sent by a second thread, so
    /// that a child which does not take it cannot hold the first.
    fn exchange(&mut self, source: &mut Source, request: &Request, limits: &Limits) -> End {
        let Some(mut input) = self.input.take() else { return End::Failed(Refusal::Unreadable) };
        let (end, sent) = thread::scope(|scope| {
            let sending = scope.spawn(|| {
                let begun = frame::write(&mut input, request);
                let mut reader = source.reader().ok()?;
                begun.and_then(|()| frame::send(&mut input, &mut reader)).ok()
            });
            let end = self.wait(limits);
            if !matches!(end, End::Reply(_)) {
                let _ = self.child.kill();
            }
            (end, sending.join().ok().flatten())
        });
        self.input = Some(input);
        self.files += 1;
        self.bytes = self.bytes.saturating_add(sent.unwrap_or_default());
        match (end, sent) {
            (End::Reply(_), Some(sent)) if !source.is_unchanged(sent) => {
                End::Failed(Refusal::Unreadable)
            }
            (End::Reply(_), None) => End::Failed(Refusal::Unreadable),
            (end, _) => end,
        }
    }

    /// Waits for a result; a sign of life gives another [`Limits::wall`].
    fn wait(&mut self, limits: &Limits) -> End {
        let begun = Instant::now();
        let (mut draft, mut reader) = (None, 0);
        loop {
            let left = limits.whole.saturating_sub(begun.elapsed()).min(limits.wall);
            match self.replies.recv_timeout(left) {
                Ok(Reply::Page) => {}
                Ok(Reply::Reader(number)) => reader = number.min(READERS),
                Ok(Reply::Draft(bytes)) => draft = Document::from_bytes(&bytes),
                Ok(reply) => return End::Reply(reply),
                Err(RecvTimeoutError::Timeout) => return End::Died { cost: true, draft, reader },
                Err(RecvTimeoutError::Disconnected) => {
                    let cost = self.died_of_cost();
                    return End::Died { cost, draft, reader };
                }
            }
        }
    }

    /// Whether the child that is gone was ended by a limit.
    fn died_of_cost(&mut self) -> bool {
        let _ = self.child.kill();
        let status = self.child.wait().ok();
        let words = self.last_words.take().and_then(|thread| thread.join().ok());
        status.is_some_and(|status| ended_by_limit(&status))
            || words.is_some_and(|words| words.contains(NO_MEMORY))
    }

    fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Closes the pipe, on which the child ends by itself.
    fn part(mut self) {
        drop(self.input.take());
        let begun = Instant::now();
        while begun.elapsed() < PARTING {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.kill();
    }
}

/// The end of what the child says on standard error; it says something only when it dies.
fn last_words(mut errors: impl Read) -> String {
    let mut last = Vec::new();
    let mut piece = [0; 1024];
    while let Ok(count) = errors.read(&mut piece) {
        if count == 0 {
            break;
        }
        last.extend_from_slice(piece.get(..count).unwrap_or_default());
        let surplus = last.len().saturating_sub(4096);
        last.drain(..surplus);
    }
    String::from_utf8_lossy(&last).into_owned()
}

/// Processor time ended it, or the system did, for want of memory.
#[cfg(unix)]
fn ended_by_limit(status: &ExitStatus) -> bool {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;
    let signal = status.signal();
    signal == Some(Signal::XCPU.as_raw()) || signal == Some(Signal::KILL.as_raw())
}

#[cfg(not(unix))]
fn ended_by_limit(_status: &ExitStatus) -> bool {
    false
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .arg(WORKER_ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // What a system needs to start a program at all; keys and settings stay here.
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH", "SystemRoot"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        // CREATE_NO_WINDOW: a desktop program must not flash a console.
        command.creation_flags(0x0800_0000);
    }
    command
}
