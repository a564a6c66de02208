//! The cold tier of the engine's cache: what the model read of a conversation, on disk, encrypted.
//!
//! The engine says which state of which conversation; files and keys are the store's. A failure is a
//! miss and never told to a person: the tokens are read again. Not here: what is worth keeping.

use std::sync::Arc;

use hearth_domain::{ConversationId, Settings, Timestamp};
use hearth_engine::{BlockKey, ColdStore, Fingerprint, PieceName};
use hearth_store::{StateFiles, StateName};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::{App, Clock};

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

/// The files of the data folder, under the limit of the settings.
pub(crate) struct PromptCache {
    pub(crate) files: StateFiles,
    pub(crate) settings: watch::Receiver<Settings>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Bytes on disk at most; 0 keeps nothing.
fn limit(settings: &watch::Receiver<Settings>) -> u64 {
    u64::from(settings.borrow().model.prompt_cache_mib) * MIB
}

impl PromptCache {
    fn limit(&self) -> u64 {
        limit(&self.settings)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn state(model: &Fingerprint, name: &PieceName) -> StateName {
    let (model, key) = (*model.bytes(), *name.key.bytes());
    StateName { name: key, model, first: name.start, end: name.end }
}

/// What was missed and why, without a word about what it was.
fn missed(error: &hearth_store::Error) {
    tracing::debug!(code = error.code().as_str(), "a state could not be had from disk");
}

impl App {
    /// Removes in the background what no conversation needs any more, and what is over the limit.
    pub(crate) fn sweep_states(&self) {
        let (states, settings) = (self.states.clone(), self.settings.subscribe());
        self.tasks.spawn_blocking(move || {
            let limit = limit(&settings);
            // What stays is removed the next time.
            let _ = states.shrink(limit).inspect_err(missed);
        });
    }
}

impl ColdStore for PromptCache {
    fn list(&self, conversation: ConversationId, model: &Fingerprint) -> Vec<PieceName> {
        if self.limit() == 0 {
            return Vec::new();
        }
        let found = self.files.list(conversation, model.bytes(), self.now());
        let found = found.inspect_err(missed).unwrap_or_default();
        let name = |state: StateName| PieceName {
            key: BlockKey::from_bytes(state.name),
            start: state.first,
            end: state.end,
        };
        found.into_iter().map(name).collect()
    }

    fn read(
        &self,
        conversation: ConversationId,
        model: &Fingerprint,
        name: &PieceName,
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.files.read(conversation, &state(model, name)).inspect_err(missed).ok().flatten()
    }

    fn write(
        &self,
        conversation: ConversationId,
        model: &Fingerprint,
        (name, bytes): (PieceName, Zeroizing<Vec<u8>>),
        replaces: &[BlockKey],
    ) -> bool {
        let limit = self.limit();
        if limit == 0 {
            return false;
        }
        let replaces: Vec<_> = replaces.iter().map(|key| *key.bytes()).collect();
        let piece = (state(model, &name), bytes);
        let written = self.files.write(conversation, piece, &replaces, (limit, self.now()));
        written.inspect_err(missed).is_ok()
    }
}
