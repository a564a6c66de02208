//! Finding text in conversations.

use std::{sync::Arc, time::Duration};

use hearth_domain::{Piece, Role, SearchHit, SearchPage, SearchRequest, terms::Query};
use hearth_store::Found;

use crate::{
    App, Error, Result,
    snippet::{self, Form},
};

/// Hits of a page unless asked for otherwise, and at most.
const USUAL: u32 = 30;
const MOST: u32 = 100;
/// Between two steps of indexing others get their turn to write.
const BREATH: Duration = Duration::from_millis(10);

impl App {
    /// Conversations and messages that hold the words; nothing where no word is asked for.
    ///
    /// # Errors
    /// A limit out of range, or a database that cannot be read.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchPage> {
        let limit = request.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::OutOfRange("limit"));
        }
        let query = Query::parse(&request.query);
        self.db
            .read(move |r| {
                let (found, more) = r.search(&query, &request, limit as usize)?;
                let hits = found.into_iter().map(|found| hit(&query, found)).collect();
                Ok(SearchPage { hits, more })
            })
            .await
    }

    /// Indexes what an older version wrote, in the background and in small steps; what is left
    /// when the program ends is done the next time.
    pub(crate) fn index_older_messages(self: &Arc<Self>) {
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            let mut steps = 0_u32;
            while app.check_open().is_ok() {
                match app.db.write(|w| w.search_index_step()).await {
                    Ok(true) => steps += 1,
                    Ok(false) => break,
                    Err(error) => {
                        tracing::warn!(code = error.code().as_str(), "indexing stopped");
                        return;
                    }
                }
                tokio::time::sleep(BREATH).await;
            }
            if steps > 0 {
                tracing::info!(steps, "older messages were indexed");
            }
        });
    }
}

fn hit(query: &Query, found: Found) -> SearchHit {
    let Found { conversation, title, archived, when, message } = found;
    let title = snippet::whole(query, &title);
    let (id, role, pieces) = match message {
        Some(message) => {
            let form = match message.role {
                Role::Assistant => Form::Markdown,
                _ => Form::Plain,
            };
            let pieces = snippet::best(query, &message.content, form);
            (Some(message.id), Some(message.role), pieces)
        }
        None => (None, None, Vec::<Piece>::new()),
    };
    SearchHit { conversation, title, archived, message: id, role, pieces, when }
}
