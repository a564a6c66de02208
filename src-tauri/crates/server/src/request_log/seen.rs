//! What is only known of a request behind the door: the way it took, who was let in, and the tokens that it
//! cost. Noted where it becomes known, read where the line is written.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use axum::{extract::MatchedPath, http::Extensions};
use hearth_api::Caller;

tokio::task_local! {
    /// That of the request which this task answers.
    static NOW: Arc<Seen>;
}

/// See the module.
#[derive(Default)]
pub(crate) struct Seen {
    path: OnceLock<MatchedPath>,
    key: OnceLock<String>,
    /// A model was asked.
    counted: AtomicBool,
    read: AtomicU64,
    written: AtomicU64,
}

impl Seen {
    /// Notes which way in a request took.
    pub(crate) fn path(extensions: &Extensions) {
        if let (Some(seen), Some(path)) =
            (extensions.get::<Arc<Self>>(), extensions.get::<MatchedPath>())
        {
            let _ = seen.path.set(path.clone());
        }
    }

    /// Notes who was let in.
    pub(crate) fn caller(extensions: &Extensions, caller: &Caller) {
        let Some(seen) = extensions.get::<Arc<Self>>() else { return };
        let key = match caller {
            Caller::Key(grant) => {
                grant.key().map_or_else(|| "given".to_owned(), |id| id.to_string())
            }
            Caller::Browser => "browser".to_owned(),
            Caller::Window { .. } | Caller::Terminal => return,
        };
        let _ = seen.key.set(key);
    }

    /// Answers a request; what that finds out can be noted meanwhile.
    pub(crate) async fn during<T>(self: Arc<Self>, answering: impl Future<Output = T>) -> T {
        NOW.scope(self, answering).await
    }

    /// Where the request is noted that is answered now, for what outlives this task: a stream.
    pub(crate) fn now() -> Option<Arc<Self>> {
        NOW.try_with(Arc::clone).ok()
    }

    /// Adds tokens that were read and written.
    pub(crate) fn add_tokens(&self, read: u32, written: u32) {
        self.counted.store(true, Ordering::Relaxed);
        self.read.fetch_add(read.into(), Ordering::Relaxed);
        self.written.fetch_add(written.into(), Ordering::Relaxed);
    }

    pub(super) fn way(&self) -> Option<&str> {
        self.path.get().map(MatchedPath::as_str)
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.key.get().map(String::as_str)
    }

    /// Tokens read and written; `None` where no model was asked.
    pub(super) fn tokens(&self) -> Option<(u64, u64)> {
        let number = |of: &AtomicU64| of.load(Ordering::Relaxed);
        self.counted.load(Ordering::Relaxed).then(|| (number(&self.read), number(&self.written)))
    }
}

/// Notes tokens of the request that is answered now.
pub(crate) fn note_tokens(read: u32, written: u32) {
    if let Some(seen) = Seen::now() {
        seen.add_tokens(read, written);
    }
}
