//! What a request says to the cache, and what was brought for it.

use std::{collections::HashMap, sync::Arc};

use hearth_domain::ConversationId;

use super::{BlockKey, Piece, Scope};

/// The cache's part of a request.
pub(crate) struct Wanted {
    /// Whose tokens may serve it, and whom its tokens may serve.
    pub(crate) scope: Scope,
    /// Under which conversation its states are kept on disk; none leaves nothing there.
    pub(crate) conversation: Option<ConversationId>,
    /// It is only read, for a question that is still to come.
    pub(crate) ahead: bool,
    /// How many of its tokens stay whatever is answered and asked next: where a model that cannot be
    /// cut goes back to.
    pub(crate) stable: Option<usize>,
    /// What came from the disk.
    pub(crate) pieces: HashMap<BlockKey, Arc<Piece>>,
    /// Whether the disk was asked for it.
    pub(crate) fetched: bool,
}

impl Wanted {
    pub(crate) fn new(scope: Scope, conversation: Option<ConversationId>, ahead: bool) -> Self {
        let pieces = HashMap::new();
        Self { scope, conversation, ahead, stable: None, pieces, fetched: false }
    }
}
