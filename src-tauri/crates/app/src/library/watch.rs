//! Looking again: when the program starts, every few minutes, and soon after the system says that a
//! file changed. What the system says is a hint only: events are lost, come late, or not at all on
//! network folders; the look decides.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use hearth_domain::SourceKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::{App, Result};

/// Between two looks that nobody asked for.
const EVERY: Duration = Duration::from_secs(300);
/// A program that saves a file does so in several steps.
const CALM: Duration = Duration::from_secs(2);

/// The folders that the system tells about.
struct Hints {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
}

impl App {
    /// Reads what waits and keeps everything that was put in as it is on the disk, until the program
    /// ends. Called once, by the host that stays.
    pub fn keep_library(self: &Arc<Self>) {
        self.work_on_queue();
        self.tasks.spawn(look_again(Arc::clone(self)));
    }
}

async fn look_again(app: Arc<App>) {
    let mut hints = Hints::new(&app);
    let end = app.library.end.clone();
    loop {
        let looking = look_everywhere(&app, &mut hints);
        tokio::select! {
            looked = looking => if let Err(error) = looked {
                tracing::warn!(code = error.code().as_str(), "folders were not looked through");
            },
            () = end.cancelled() => return,
        }
        app.rest_embedder();
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.library.look.notified() => tokio::select! {
                () = tokio::time::sleep(CALM) => {}
                () = end.cancelled() => return,
            },
            () = end.cancelled() => return,
        }
    }
}

async fn look_everywhere(app: &Arc<App>, hints: &mut Hints) -> Result<()> {
    let sources = app.db.read(|r| r.sources()).await?;
    let folders = sources.iter().filter(|(_, source, _)| source.kind == SourceKind::Folder);
    hints.follow(folders.map(|(_, _, path)| path.clone()).collect());
    if !sources.is_empty() {
        // Passages of an older embedder are made anew, and the first question need not wait.
        app.shelf().await?;
    }
    let mut changed = false;
    for (_, source, _) in sources {
        changed |= app.look_through(source.id, None).await?.is_change();
    }
    if changed {
        app.invalidate(&["library"]);
    }
    Ok(())
}

impl Hints {
    fn new(app: &Arc<App>) -> Self {
        let app = Arc::downgrade(app);
        let told = move |event: notify::Result<notify::Event>| {
            // Reading a file is none of it: we read them ourselves.
            let only_read = event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_)));
            if let (false, Some(app)) = (only_read, app.upgrade()) {
                app.library.look.notify_one();
            }
        };
        let watcher = notify::recommended_watcher(told);
        if let Err(error) = &watcher {
            tracing::info!(kind = ?error.kind, "the system does not tell of changed files");
        }
        Self { watcher: watcher.ok(), watched: BTreeSet::new() }
    }

    /// Follows these folders and no others. One that cannot be followed is looked through anyway.
    fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.watched.difference(&folders) {
            let _ = watcher.unwatch(gone);
        }
        for new in folders.difference(&self.watched) {
            if watcher.watch(new, RecursiveMode::Recursive).is_err() {
                tracing::info!("a folder cannot be followed; it is looked through now and then");
            }
        }
        self.watched = folders;
    }
}
