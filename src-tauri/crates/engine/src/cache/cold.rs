//! The cold tier: states on disk, so that a conversation goes on after a restart without being read
//! again. The engine knows a [`ColdStore`] and a thread that waits for the disk in the owner's place.
//!
//! What is not found, torn or refused is a miss: the tokens are read again. Not here: files, keys
//! and limits, which are the store's.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use hearth_domain::ConversationId;
use zeroize::Zeroizing;

use super::{
    key::{BlockKey, Fingerprint},
    warm::Piece,
};
use crate::{Error, owner::Command, prepare::Prepared};

/// Bytes a second that a disk gives, before it was measured.
const USUAL_SPEED: f64 = 200e6;
/// How much a new measurement counts against the older ones.
const NEW_WEIGHT: f64 = 0.3;
/// What finding and opening costs, in seconds.
const OPENING: f64 = 0.005;
/// Conversations whose lists are remembered.
const REMEMBERED: usize = 64;

/// Which state of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceName {
    /// Its name.
    pub key: BlockKey,
    /// The first position.
    pub start: u32,
    /// The position after the last.
    pub end: u32,
}

/// Keeps states on disk. What it keeps must be unreadable once its conversation is deleted, and what
/// it gives must be exactly what it was given: the engine trusts the bytes.
pub trait ColdStore: Send + Sync {
    /// What there is of a conversation for this model. Blocks.
    fn list(&self, conversation: ConversationId, model: &Fingerprint) -> Vec<PieceName>;

    /// The bytes of a piece; `None` for whatever reason they cannot be had. Blocks.
    fn read(
        &self,
        conversation: ConversationId,
        model: &Fingerprint,
        name: &PieceName,
    ) -> Option<Zeroizing<Vec<u8>>>;

    /// Keeps a piece, and forgets those that it replaces; `false` where it was not kept. Blocks.
    fn write(
        &self,
        conversation: ConversationId,
        model: &Fingerprint,
        piece: (PieceName, Zeroizing<Vec<u8>>),
        replaces: &[BlockKey],
    ) -> bool;
}

/// What is known to be on disk of one conversation.
#[derive(Clone, Default)]
pub(crate) struct Listed {
    ranges: HashMap<BlockKey, (usize, usize)>,
}

impl Listed {
    pub(crate) fn range(&self, key: BlockKey) -> Option<(usize, usize)> {
        self.ranges.get(&key).copied()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = PieceName> + '_ {
        self.ranges.iter().map(|(key, (start, end))| name(*key, *start, *end))
    }

    /// Adds the positions at which its pieces end.
    pub(crate) fn add_ends(&self, ends: &mut BTreeMap<usize, usize>) {
        for (_, end) in self.ranges.values() {
            *ends.entry(*end).or_default() += 1;
        }
    }
}

pub(crate) fn name(key: BlockKey, start: usize, end: usize) -> PieceName {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    PieceName { key, start: number(start), end: number(end) }
}

enum Job {
    /// Finds out what is there, then hands the request back.
    Look {
        conversation: ConversationId,
        prepared: Box<Prepared>,
    },
    /// Reads these, then hands the request back with them.
    Read {
        conversation: ConversationId,
        names: Vec<PieceName>,
        prepared: Box<Prepared>,
    },
    /// Keeps one.
    Write {
        conversation: ConversationId,
        piece: (PieceName, Zeroizing<Vec<u8>>),
        replaces: Vec<BlockKey>,
    },
    End,
}

struct Shared {
    listed: Mutex<HashMap<ConversationId, Listed>>,
    /// Bytes a second, reading and deciphering.
    speed: Mutex<f64>,
    writing: AtomicBool,
}

/// The thread that waits for the disk. Ends when dropped, after what it was given.
pub(crate) struct Keeper {
    jobs: Sender<Job>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(crate) fn start(
        store: Arc<dyn ColdStore>,
        model: Fingerprint,
        owner: Sender<Command>,
    ) -> Result<Self, Error> {
        let (jobs, inbox) = mpsc::channel();
        let shared = Arc::new(Shared {
            listed: Mutex::default(),
            speed: Mutex::new(USUAL_SPEED),
            writing: AtomicBool::new(false),
        });
        let work = Work { store, model, owner, shared: Arc::clone(&shared) };
        let thread = thread::Builder::new()
            .name("hearth-cache".into())
            .spawn(move || work.run(&inbox))
            .map_err(|_| Error::NoThread)?;
        Ok(Self { jobs, shared, thread: Some(thread) })
    }

    /// What is known of a conversation; `None` before the disk was asked.
    pub(crate) fn listed(&self, conversation: ConversationId) -> Option<Listed> {
        lock(&self.shared.listed).get(&conversation).cloned()
    }

    pub(crate) fn look(&self, conversation: ConversationId, prepared: Box<Prepared>) {
        // The thread outlives this handle.
        let _ = self.jobs.send(Job::Look { conversation, prepared });
    }

    pub(crate) fn read(
        &self,
        conversation: ConversationId,
        names: Vec<PieceName>,
        prepared: Box<Prepared>,
    ) {
        let _ = self.jobs.send(Job::Read { conversation, names, prepared });
    }

    /// Whether the last piece is still on its way to the disk.
    pub(crate) fn is_writing(&self) -> bool {
        self.shared.writing.load(Ordering::SeqCst)
    }

    pub(crate) fn write(
        &self,
        conversation: ConversationId,
        piece: (PieceName, Zeroizing<Vec<u8>>),
        replaces: Vec<BlockKey>,
    ) {
        // Known from now on, so that it is not handed over twice.
        if let Some(listed) = lock(&self.shared.listed).get_mut(&conversation) {
            let name = piece.0;
            listed.ranges.insert(name.key, (name.start as usize, name.end as usize));
        }
        self.shared.writing.store(true, Ordering::SeqCst);
        let _ = self.jobs.send(Job::Write { conversation, piece, replaces });
    }

    /// Whether bringing these bytes back is clearly cheaper than reading the tokens again.
    pub(crate) fn is_worth(&self, bytes: u64, tokens: usize, tokens_per_second: f64) -> bool {
        let disk = bytes as f64 / *lock(&self.shared.speed) + OPENING;
        disk < 0.5 * tokens as f64 / tokens_per_second.max(1e-3)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.jobs.send(Job::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    store: Arc<dyn ColdStore>,
    model: Fingerprint,
    owner: Sender<Command>,
    shared: Arc<Shared>,
}

impl Work {
    fn run(&self, inbox: &Receiver<Job>) {
        while let Ok(job) = inbox.recv() {
            match job {
                Job::Look { conversation, prepared } => {
                    self.guarded(|| self.look(conversation));
                    self.hand_back(prepared);
                }
                Job::Read { conversation, names, mut prepared } => {
                    self.guarded(|| self.read(conversation, &names, &mut prepared));
                    prepared.cache.fetched = true;
                    self.hand_back(prepared);
                }
                Job::Write { conversation, piece, replaces } => {
                    self.guarded(|| self.write(conversation, piece, &replaces));
                    self.shared.writing.store(false, Ordering::SeqCst);
                    let _ = self.owner.send(Command::Wake);
                }
                Job::End => return,
            }
        }
    }

    /// A panic of the store is a miss like any other.
    fn guarded(&self, work: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::warn!("the store of the prompt cache failed");
        }
    }

    /// The owner goes on with the request; where it is gone, the request was told so.
    fn hand_back(&self, prepared: Box<Prepared>) {
        let _ = self.owner.send(Command::Ready(prepared));
    }

    fn look(&self, conversation: ConversationId) {
        let names = self.store.list(conversation, &self.model);
        let ranges = names.into_iter().filter(|name| name.start < name.end);
        let ranges = ranges.map(|name| (name.key, (name.start as usize, name.end as usize)));
        let mut listed = lock(&self.shared.listed);
        if listed.len() >= REMEMBERED {
            listed.clear();
        }
        listed.insert(conversation, Listed { ranges: ranges.collect() });
    }

    /// Reads as far as it goes: what comes behind a gap is of no use.
    fn read(&self, conversation: ConversationId, names: &[PieceName], prepared: &mut Prepared) {
        for name in names {
            let began = Instant::now();
            let Some(bytes) = self.store.read(conversation, &self.model, name) else {
                if let Some(listed) = lock(&self.shared.listed).get_mut(&conversation) {
                    listed.ranges.remove(&name.key);
                }
                return;
            };
            self.measure(bytes.len(), began);
            let piece = Piece { start: name.start as usize, end: name.end as usize, bytes };
            prepared.cache.pieces.insert(name.key, Arc::new(piece));
        }
    }

    fn measure(&self, bytes: usize, began: Instant) {
        let seconds = began.elapsed().as_secs_f64();
        if seconds > 0.0 {
            let mut speed = lock(&self.shared.speed);
            *speed += NEW_WEIGHT * (bytes as f64 / seconds - *speed);
        }
    }

    fn write(
        &self,
        conversation: ConversationId,
        piece: (PieceName, Zeroizing<Vec<u8>>),
        replaces: &[BlockKey],
    ) {
        // What was refused once stays in the list, and is not tried again until it is missed.
        let kept = self.store.write(conversation, &self.model, piece, replaces);
        let mut listed = lock(&self.shared.listed);
        let Some(listed) = listed.get_mut(&conversation) else { return };
        if kept {
            for key in replaces {
                listed.ranges.remove(key);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
