//! Documents: what people put in, the queue in which it is read, finding passages, and what an answer
//! cites of them.
//!
//! The way of a file: `walk` sees it, `sync` says whether it is new, `scan` puts it into the queue,
//! `work` has it read, cut and embedded, one step a transaction. `watch` looks again, `search` asks the
//! index. The text of documents is nowhere but in the encrypted database.

mod attached;
mod collections;
mod embeddings;
mod files;
mod index;
mod ingest;
mod pace;
mod pages;
mod pieces;
pub(crate) mod plain;
mod progress;
mod report;
mod rerank;
mod rows;
mod scan;
mod search;
mod shelf;
mod sync;
mod tags;
mod usage;
mod walk;
mod watch;
mod work;

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64},
    },
};

use hearth_domain::{
    Collection, ComputeLease, ErrorCode, FileCounts, FileId, LibraryEvent, Secret,
};
use hearth_rag::worker::Worker;
use tokio::sync::{Notify, watch as channel};
use tokio_util::sync::CancellationToken;

pub use embeddings::{EmbeddingModel, Embeddings, LongText};
pub use files::FileQuestion;
pub use pages::PageQuestion;
pub(crate) use pieces::{Piece, pieces};
pub use rerank::Reranked;
pub(crate) use search::{Asking, Retrieved, Scope};
use shelf::Shelf;
pub use tags::TagChange;
pub(crate) use work::ATTEMPTS;

use crate::{app::lock, hub::Topic};

/// The topic that tells how the queue goes on.
pub(crate) const TOPIC: &str = "library";

/// The parts of the library that live in memory.
pub(crate) struct Library {
    /// Something may wait in the queue.
    wake: Notify,
    /// Grows with every file that has its fate.
    settled: channel::Sender<u64>,
    /// Passages embedded since the program began.
    embedded: AtomicU64,
    /// Whether somebody works on the queue.
    working: AtomicBool,
    /// Why the queue waits, where it is let do nothing.
    held: Mutex<Option<ErrorCode>>,
    /// Files that were taken and could not be put back.
    owed: Mutex<Vec<i64>>,
    /// The index and the embedder, once they are needed.
    shelf: tokio::sync::OnceCell<Arc<Shelf>>,
    /// Reads files in a child process.
    reader: Mutex<Worker>,
    /// Reads and paints in another one for a person who waits, beside a file that is being read; one at
    /// a time.
    pub(crate) foreground: Mutex<Worker>,
    /// Passwords that people gave, until the file is read.
    passwords: Mutex<HashMap<FileId, Secret<String>>>,
    /// One look at a time.
    looking: tokio::sync::Mutex<()>,
    /// Asks for a look through everything.
    look: Notify,
    topic: Arc<Topic>,
    lease: Arc<dyn ComputeLease>,
    end: CancellationToken,
}

impl Library {
    /// `program` is started again to read files.
    pub(crate) fn new(topic: Arc<Topic>, lease: Arc<dyn ComputeLease>, program: &Path) -> Self {
        Self {
            wake: Notify::new(),
            settled: channel::channel(0).0,
            embedded: AtomicU64::new(0),
            working: AtomicBool::new(false),
            held: Mutex::default(),
            owed: Mutex::default(),
            shelf: tokio::sync::OnceCell::new(),
            reader: Mutex::new(Worker::new(program)),
            foreground: Mutex::new(Worker::new(program)),
            passwords: Mutex::default(),
            looking: tokio::sync::Mutex::new(()),
            look: Notify::new(),
            topic,
            lease,
            end: CancellationToken::new(),
        }
    }

    /// Ends what works in the background; a file that is being read waits for the next start.
    pub(crate) fn end(&self) {
        self.end.cancel();
    }

    fn tell(&self, event: &LibraryEvent) {
        self.topic.push(event);
    }

    /// Wakes who works on the queue.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Notes why the queue can do nothing, or that it can again.
    fn hold(&self, fault: Option<ErrorCode>) {
        if std::mem::replace(&mut *lock(&self.held), fault) != fault {
            self.changed();
        }
    }

    /// The counts of a collection, with the reason where those that wait are held up.
    fn told(&self, of: &Collection) -> FileCounts {
        let held = lock(&self.held).filter(|_| of.counts.waiting > 0 && !of.paused);
        FileCounts { held, ..of.counts }
    }

    /// Says that files have their fate, or wait again.
    fn changed(&self) {
        self.settled.send_modify(|times| *times += 1);
    }
}
