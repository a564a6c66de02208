//! A line of JSON for each request to the port, in a file a day: when, with which key, by which way in, how
//! it ended and how long it took. Never content: no body, no name, no part of an address that the caller
//! chose. Kept for as many days as the settings say; with 0 none is written, and what there was is removed.

mod seen;

use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, HttpBody},
    http::{Method, StatusCode},
    response::Response,
};
use futures::StreamExt;
use hearth_app::App;
use serde::Serialize;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};
use tracing_appender::{
    non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};

pub(crate) use self::seen::{Seen, note_tokens};

/// Bytes of one day; what is more is left out, so that no program fills the disk.
const DAY_BYTES: u64 = 64 * 1024 * 1024;
/// Lines that may wait for the disk; more are left out, so that no request waits for it.
const WAITING: usize = 4096;

/// The log of one port.
pub(crate) struct RequestLog {
    app: Arc<App>,
    kept: Mutex<Kept>,
}

/// What is kept, and for how many days; `None` before the first request.
#[derive(Default)]
struct Kept {
    days: Option<u32>,
    open: Option<Open>,
}

/// The files.
struct Open {
    lines: NonBlocking,
    /// Writes what waits when it is dropped.
    _writer: WorkerGuard,
}

impl RequestLog {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app, kept: Mutex::default() }
    }

    /// Stays with a request until its answer has left; `network` where it came from another computer.
    pub(crate) fn follow(self: &Arc<Self>, id: &str, method: &Method, network: bool) -> Followed {
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            _ => "OTHER",
        };
        Followed {
            log: Arc::clone(self),
            id: id.to_owned(),
            method,
            network,
            begin: Instant::now(),
            seen: Arc::default(),
        }
    }

    fn write(&self, line: &Line<'_>) {
        let days = self.app.settings_watch().borrow().server.log_days;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.days != Some(days) {
            // The old one has written all before the new one begins, or nothing is kept.
            *kept = Kept::default();
            *kept = Kept { days: Some(days), open: self.begin(days) };
        }
        let Some(open) = &mut kept.open else { return };
        let Ok(mut text) = serde_json::to_vec(line) else { return };
        text.push(b'\n');
        // It goes to a thread and cannot fail here.
        let _ = open.lines.write_all(&text);
    }

    fn begin(&self, days: u32) -> Option<Open> {
        let folder = self.app.data_folder().logs();
        if days == 0 {
            if let Err(error) = forget(&folder) {
                tracing::warn!(kind = ?error.kind(), "the log of requests cannot be removed");
            }
            return None;
        }
        match files(&folder, days) {
            Ok(files) => {
                let lines = NonBlockingBuilder::default().buffered_lines_limit(WAITING);
                let (lines, writer) = lines.finish(Day { files, date: None, bytes: 0 });
                Some(Open { lines, _writer: writer })
            }
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "the log of requests cannot be written");
                None
            }
        }
    }
}

/// Removes what was written while it was to be kept.
fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn files(folder: &Path, days: u32) -> io::Result<RollingFileAppender> {
    fs::create_dir_all(folder)?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("requests")
        .filename_suffix("jsonl")
        // That of today, and those of the days before.
        .max_log_files(days as usize + 1);
    files.build(folder).map_err(io::Error::other)
}

/// The file of the day, up to its limit.
struct Day<W> {
    files: W,
    date: Option<Date>,
    bytes: u64,
}

impl<W: Write> Write for Day<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let today = OffsetDateTime::now_utc().date();
        if self.date != Some(today) {
            (self.date, self.bytes) = (Some(today), 0);
        }
        self.bytes = self.bytes.saturating_add(line.len() as u64);
        if self.bytes <= DAY_BYTES {
            self.files.write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.files.flush()
    }
}

/// A request until its end.
pub(crate) struct Followed {
    log: Arc<RequestLog>,
    id: String,
    method: &'static str,
    network: bool,
    begin: Instant,
    seen: Arc<Seen>,
}

/// What is written of a request.
#[derive(Serialize)]
struct Line<'a> {
    /// When it came, RFC 3339.
    time: String,
    /// As in `x-request-id`.
    id: &'a str,
    /// The id of its key, `given` for that of the run, `browser`; null where it had none that is good.
    key: Option<&'a str>,
    /// Whether it came from another computer.
    network: bool,
    method: &'a str,
    /// As the table of routes has it; null where it is none of it.
    path: Option<&'a str>,
    status: u16,
    /// Milliseconds until the head of the answer was there.
    first_ms: u64,
    /// Milliseconds until all of it had left.
    ms: u64,
    /// Of the body.
    bytes: u64,
    /// Whether all of it was taken; a caller may leave before.
    whole: bool,
    /// Tokens that were read and written for it; null where no model was asked.
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Followed {
    /// Where routes note what they know.
    pub(crate) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Writes the line when the answer has left.
    pub(crate) fn until_the_end(self, answer: Response) -> Response {
        let (status, first) = (answer.status(), self.begin.elapsed());
        // Files of the user interface, and whether the port is there, would only hide the rest.
        if self.seen.way().is_none() && status.is_success() {
            return answer;
        }
        let mut ending = Ending { followed: self, status, first, bytes: 0, whole: false };
        if let Some(size) = answer.body().size_hint().exact() {
            (ending.bytes, ending.whole) = (size, true);
            return answer;
        }
        answer.map(|body| {
            let parts = futures::stream::unfold(
                (body.into_data_stream(), ending),
                |(mut parts, mut ending)| async move {
                    let part = parts.next().await;
                    match &part {
                        Some(Ok(part)) => ending.bytes += part.len() as u64,
                        Some(Err(_)) => {}
                        None => ending.whole = true,
                    }
                    part.map(|part| (part, (parts, ending)))
                },
            );
            Body::from_stream(parts)
        })
    }
}

/// Writes the line when it is dropped.
struct Ending {
    followed: Followed,
    status: StatusCode,
    first: Duration,
    bytes: u64,
    whole: bool,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let Followed { log, id, method, network, begin, seen } = &self.followed;
        let took = begin.elapsed();
        let begun = OffsetDateTime::now_utc() - took;
        let tokens = seen.tokens();
        log.write(&Line {
            time: begun.format(&Rfc3339).unwrap_or_default(),
            id,
            key: seen.key(),
            network: *network,
            method,
            path: seen.way(),
            status: self.status.as_u16(),
            first_ms: milliseconds(self.first),
            ms: milliseconds(took),
            bytes: self.bytes,
            whole: self.whole,
            prompt_tokens: tokens.map(|(read, _)| read),
            completion_tokens: tokens.map(|(_, written)| written),
        });
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_day_is_larger_than_its_limit() {
        let mut day = Day { files: Vec::new(), date: None, bytes: 0 };
        day.write_all(b"one\n").unwrap();
        day.bytes = DAY_BYTES - 4;
        day.write_all(b"two\n").unwrap();
        day.write_all(b"three\n").unwrap();
        assert_eq!(day.files, b"one\ntwo\n");
        day.date = None;
        day.write_all(b"four\n").unwrap();
        assert!(day.files.ends_with(b"four\n"));
    }
}
