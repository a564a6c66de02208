//! `hearth ingest`: puts files, folders and files of rows into a collection, and waits until each has
//! its fate.

use std::{cell::Cell, path::PathBuf, process::ExitCode};

use hearth_api::ApiError;
use hearth_domain::{Collection, ErrorCode, FileCounts, IngestReport, IngestStarted, LibraryEvent};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{
    args::{Global, Ingest},
    failure::Failure,
    out::Out,
    program::Program,
    signals::Signals,
};

/// Files that are named for people; programs get all of them.
const NAMED: usize = 20;

pub(super) async fn run(global: &Global, ingest: &Ingest, out: Out) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen().map_err(Failure::Runtime)?;
    let paths = absolute(&ingest.paths)?;
    let program = Program::open(global, out).await?;
    let put_in = put_in(&program, ingest, paths, out);
    let report = tokio::select! {
        report = put_in => report,
        // What is on disk goes on at the next start.
        _ = signals.next() => Err(Failure::Interrupted),
    };
    program.close().await;
    show(&report?, out)?;
    Ok(ExitCode::SUCCESS)
}

/// The other process may run elsewhere, so paths are made absolute here.
fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    paths.iter().map(|path| std::path::absolute(path).map_err(Failure::FileNotRead)).collect()
}

async fn put_in(
    program: &Program,
    ingest: &Ingest,
    paths: Vec<PathBuf>,
    out: Out,
) -> Result<IngestReport, Failure> {
    let name = json!({ "name": ingest.collection });
    let collection: Collection = program.call("collection_open", name).await?;
    let request = json!({ "collection": collection.id, "paths": paths });
    let started: IngestStarted = program.call("library_add", request).await?;
    let mut follow = program.follow(&format!("ingest/{}", started.job)).await?;
    let progress = Progress::start(ingest.progress, out);
    loop {
        match follow.next::<LibraryEvent>().await?.ok_or(Failure::BrokeOff)? {
            LibraryEvent::Finished { report } => return Ok(report),
            LibraryEvent::Failed { code, message } => {
                return Err(ApiError::new(code, message).into());
            }
            event => progress.show(&event)?,
        }
    }
}

/// A bar on a terminal, lines where they were asked for.
struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    out: Out,
    /// Why it waits, as it was told last.
    held: Cell<Option<ErrorCode>>,
}

impl Progress {
    fn start(lines: bool, out: Out) -> Self {
        let bar = (out.has_terminal() && !lines).then(|| {
            let form = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
            ProgressBar::new(0).with_style(form.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, lines, out, held: Cell::new(None) }
    }

    /// Says once why nothing goes on.
    fn tell_held(&self, held: Option<ErrorCode>) {
        if self.held.replace(held) == held {
            return;
        }
        let text = match held {
            None => return,
            Some(ErrorCode::DiskFull) => {
                "the disk is full; free some space, and it goes on by itself"
            }
            Some(_) => "the data cannot be written just now; it is tried again",
        };
        let note = format!("Waiting: {text}. What was read is kept.");
        match &self.bar {
            Some(bar) => bar.suspend(|| self.out.note(&note)),
            None => self.out.note(&note),
        }
    }

    fn show(&self, event: &LibraryEvent) -> Result<(), Failure> {
        if self.lines {
            let line = serde_json::to_string(event).map_err(Failure::NoJson)?;
            self.out.note(&line);
        }
        if let LibraryEvent::Progress { counts, .. } = event {
            self.tell_held(counts.held);
        }
        let Some(bar) = &self.bar else { return Ok(()) };
        match event {
            LibraryEvent::Scanning { files } => bar.set_message(format!("Looking: {files} files")),
            LibraryEvent::Progress { counts: FileCounts { chunks, .. }, done, total, .. } => {
                bar.set_message(format!("{chunks} passages"));
                bar.set_length(*total);
                bar.set_position(*done);
            }
            LibraryEvent::Finished { .. } | LibraryEvent::Failed { .. } => {}
        }
        Ok(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn show(report: &IngestReport, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(report);
    }
    let IngestReport { documents, chunks, pages, seconds, .. } = report;
    out.line(&format!(
        "{documents} documents can be searched: {chunks} passages, {pages} pages, {seconds:.1} s."
    ))?;
    for skipped in report.skipped.iter().take(NAMED) {
        out.line(&format!("Left out: {}: {}.", skipped.path, skipped.message))?;
    }
    let more = report.skipped_count.saturating_sub(NAMED as u64);
    if more > 0 { out.line(&format!("And {more} more were left out.")) } else { Ok(()) }
}
