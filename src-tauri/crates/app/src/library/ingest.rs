//! Putting something in: noted, looked through, and followed until each file has its fate.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use hearth_domain::{
    CollectionId, ErrorCode, FileCounts, IngestReport, IngestStarted, JobId, LibraryEvent, Source,
    SourceId, SourceKind, Timestamp,
};
use hearth_store::{JobStatus, NewJob, Reader, Writer};
use serde_json::json;
use uuid::Uuid;

use super::{
    report, rows,
    scan::{self, Scan, Scanned},
    usage::{self, Usage},
};
use crate::{App, Error, Result, db::blocking, hub::Topic, webhooks};

/// What jobs of this kind are called.
const KIND: &str = "ingest";
/// Paths that are put in at once.
const PATHS: usize = 10_000;
/// Between two events of progress.
const PACE: Duration = Duration::from_millis(200);

/// Something that was put in and is looked through.
struct Ingest {
    job: JobId,
    collection: CollectionId,
    sources: Vec<SourceId>,
    /// Paths at which there was nothing.
    missing: Vec<PathBuf>,
    topic: Arc<Topic>,
    begun: Instant,
    before: (Usage, u64),
}

impl App {
    /// Puts files, folders and files of rows into a collection. When this returns they are noted on
    /// disk; `ingest/<job>` tells what becomes of them, and they are looked after from now on.
    ///
    /// # Errors
    /// An unknown collection, no path at all, paths of which none is there, or a database that
    /// cannot be written.
    pub async fn library_add(
        self: &Arc<Self>,
        collection: CollectionId,
        paths: Vec<PathBuf>,
    ) -> Result<IngestStarted> {
        self.check_open()?;
        if paths.is_empty() || paths.len() > PATHS {
            return Err(Error::OutOfRange("paths"));
        }
        let looked = blocking(move || Ok::<_, Error>(look_at(paths))).await?;
        let (there, missing) = looked;
        if there.is_empty() {
            return Err(Error::DocumentMissing);
        }
        let (job, now) = (JobId(Uuid::now_v7()), self.now());
        let new = NewJob {
            id: job,
            kind: KIND.to_owned(),
            payload: json!({ "collection": collection }),
            parent: None,
            created: now,
        };
        let sources = self
            .db
            .write(move |w| {
                w.collection(collection)?;
                let sources = put(w, collection, &there, now)?;
                w.job_insert(&new)?;
                w.job_start(job, now)?;
                Ok(sources)
            })
            .await?;
        let topic = self.hub.open(&format!("ingest/{job}"));
        let before = (usage::read(), self.library.embedded.load(Ordering::SeqCst));
        let ingest =
            Ingest { job, collection, sources, missing, topic, begun: Instant::now(), before };
        self.work_on_queue();
        // The system is asked to tell of changes in it from now on.
        self.library.look.notify_one();
        self.tasks.spawn(Arc::clone(self).follow(ingest));
        Ok(IngestStarted { collection, job })
    }

    async fn follow(self: Arc<Self>, ingest: Ingest) {
        let end = self.library.end.clone();
        let outcome = tokio::select! {
            outcome = self.see_through(&ingest) => outcome,
            () = end.cancelled() => Err(Error::ShuttingDown),
        };
        let (job, now) = (ingest.job, self.now());
        let (status, error) = match &outcome {
            Ok(_) => (JobStatus::Succeeded, None),
            Err(Error::ShuttingDown) => (JobStatus::Interrupted, None),
            Err(error) => (JobStatus::Failed, Some(error.code())),
        };
        let collection = ingest.collection;
        let ended = webhooks::Job { id: job, kind: KIND, collection, status, error };
        let report = outcome.as_ref().ok().cloned();
        let save = move |w: &mut Writer<'_>| {
            w.job_finish(job, status, error, now)?;
            webhooks::of_job(w, &ended, report.as_ref(), now)
        };
        match self.db.write(save).await {
            Ok(told) => self.told_webhooks(told),
            Err(error) => {
                tracing::warn!(code = error.code().as_str(), "the end of a job was not saved");
            }
        }
        ingest.topic.push(&match outcome {
            Ok(report) => LibraryEvent::Finished { report },
            Err(error) => LibraryEvent::Failed { code: error.code(), message: error.to_string() },
        });
        ingest.topic.end();
        self.invalidate(&["library"]);
    }

    async fn see_through(self: &Arc<Self>, ingest: &Ingest) -> Result<IngestReport> {
        let mut removed = 0;
        for source in &ingest.sources {
            removed += self.look_through(*source, Some(&ingest.topic)).await?.removed;
        }
        self.invalidate(&["library"]);
        self.wait_for_fates(ingest).await?;
        let sources = ingest.sources.clone();
        let mut report = self.db.read(move |r| report::of(r, &sources)).await?;
        for path in &ingest.missing {
            let missing = report::skipped(path, "", ErrorCode::DocumentUnreadable);
            report.skipped.push(missing);
            report.skipped_count += 1;
        }
        let now = usage::read();
        report.removed = removed;
        report.embedded = self.library.embedded.load(Ordering::SeqCst) - ingest.before.1;
        report.seconds = ingest.begun.elapsed().as_secs_f64();
        report.cpu_seconds = now.cpu_seconds - ingest.before.0.cpu_seconds;
        report.peak_rss_bytes = now.peak_bytes;
        Ok(report)
    }

    /// Waits until nothing of what was put in waits any more.
    async fn wait_for_fates(&self, ingest: &Ingest) -> Result<()> {
        let mut settled = self.library.settled.subscribe();
        let collection = ingest.collection;
        loop {
            settled.borrow_and_update();
            let sources = ingest.sources.clone();
            let counts =
                move |r: &Reader<'_>| Ok((r.collection(collection)?, of_sources(r, &sources)?));
            let (whole, ours) = self.db.read(counts).await?;
            ingest.topic.push(&LibraryEvent::Progress {
                collection,
                counts: self.library.told(&whole),
                done: ours.files - ours.waiting,
                total: ours.files,
            });
            if ours.waiting == 0 {
                return Ok(());
            }
            tokio::time::sleep(PACE).await;
            if settled.changed().await.is_err() {
                return Err(Error::ShuttingDown);
            }
        }
    }

    /// Looks through one source and wakes whoever reads.
    pub(super) async fn look_through(
        &self,
        source: SourceId,
        topic: Option<&Arc<Topic>>,
    ) -> Result<Scanned> {
        let _alone = self.library.looking.lock().await;
        let sources = self.db.read(|r| r.sources()).await?;
        let found = sources.into_iter().find(|(_, known, _)| known.id == source);
        let Some((collection, known, path)) = found else { return Ok(Scanned::default()) };
        let except = self.folder.path().to_owned();
        let scan = Scan { collection, source, kind: known.kind, path, except, now: self.now() };
        let (db, topic) = (self.db.clone(), topic.cloned());
        let scanned = blocking(move || {
            scan::run(db.store(), &scan, |files| {
                if let Some(topic) = &topic {
                    topic.push(&LibraryEvent::Scanning { files });
                }
            })
        })
        .await?;
        if scanned.is_change() {
            self.library.wake.notify_one();
            self.library.changed();
            if scanned.removed > 0 {
                self.forget_in_index().await?;
            }
        }
        Ok(scanned)
    }
}

fn of_sources(r: &Reader<'_>, sources: &[SourceId]) -> hearth_store::Result<FileCounts> {
    let mut sum = FileCounts::default();
    for source in sources {
        let counts = r.source_counts(*source)?;
        sum.files += counts.files;
        sum.waiting += counts.waiting;
    }
    Ok(sum)
}

/// Paths that are there, as the system calls them, and those that are not.
fn look_at(paths: Vec<PathBuf>) -> (Vec<(PathBuf, SourceKind)>, Vec<PathBuf>) {
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for path in paths {
        match path.canonicalize() {
            Ok(real) => {
                let kind = rows::kind_of(&real);
                there.push((real, kind));
            }
            Err(_) => missing.push(path),
        }
    }
    (there, missing)
}

/// Notes what was put in. A folder that is there already holds what lies in it; a new folder takes
/// in what was put in before.
fn put(
    w: &mut Writer<'_>,
    collection: CollectionId,
    there: &[(PathBuf, SourceKind)],
    now: Timestamp,
) -> hearth_store::Result<Vec<SourceId>> {
    let mut sources = Vec::new();
    for (path, kind) in there {
        let known = w.sources_of(collection)?;
        let holds = |(source, folder): &&(Source, PathBuf)| {
            source.kind == SourceKind::Folder && folder != path && is_within(path, folder)
        };
        let source = match known.iter().find(holds) {
            Some((holder, _)) if *kind != SourceKind::Rows => holder.id,
            _ => {
                let id = SourceId(Uuid::now_v7());
                let id = w.source_put(collection, id, (path, *kind), now)?;
                if *kind == SourceKind::Folder {
                    let inner = known.iter().filter(|(source, inner)| {
                        source.id != id && source.kind != SourceKind::Rows && is_within(inner, path)
                    });
                    for (inner, _) in inner {
                        w.source_absorb(inner.id, id)?;
                    }
                }
                id
            }
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

fn is_within(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder)
}
