//! The list of conversations, page by page.

use hearth_domain::{Conversation, ConversationPage, FolderId, Timestamp};
use rusqlite::params;

use super::conversation::{COLUMNS, conversation};
use crate::{Reader, Result};

/// The first page has every pinned conversation.
const PINNED: &str = "pinned = 1 ORDER BY updated DESC";
/// The rest comes by age.
const BY_AGE: &str = "pinned = 0 AND updated < ?4 ORDER BY updated DESC LIMIT ?5";
/// Those of the same millisecond as the last of a page: the next page begins below it.
const SAME_AGE: &str = "pinned = 0 AND updated = ?4";

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 500;

/// Which page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Only those last changed before this; pinned ones are on the first page alone.
    pub before: Option<Timestamp>,
    /// How many that are not pinned, at most (50 unless named, 500 at the most).
    pub limit: Option<u32>,
    /// Only those whose title holds this text.
    pub query: Option<String>,
    /// Only those in this folder.
    pub folder: Option<FolderId>,
    /// Those that were put away instead of the others.
    pub archived: bool,
}

/// Each with and without a folder has a statement of its own, so that each has its index.
fn sql(part: &str, in_folder: bool) -> String {
    let folder = if in_folder { "folder = ?3" } else { "?3 IS NULL" };
    format!(
        "SELECT {COLUMNS} FROM conversation WHERE deleted_at IS NULL AND archived = ?2
         AND {folder} AND title LIKE ?1 ESCAPE '\\' AND {part}"
    )
}

/// A pattern for LIKE that finds the text itself, whatever it holds.
fn pattern(query: Option<&str>) -> String {
    let escaped = query.unwrap_or_default().trim().chars().fold(String::new(), |mut all, c| {
        if matches!(c, '%' | '_' | '\\') {
            all.push('\\');
        }
        all.push(c);
        all
    });
    format!("%{escaped}%")
}

impl Reader<'_> {
    /// A page of the list: pinned ones first, then by the time of the last message.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn conversation_list(&self, filter: &ConversationFilter) -> Result<ConversationPage> {
        let (pattern, archived) = (pattern(filter.query.as_deref()), filter.archived);
        let folder = filter.folder.map(|id| id.0.into_bytes());
        let limit = filter.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT);
        let sql = |part| sql(part, folder.is_some());
        let mut items = match filter.before {
            Some(_) => Vec::new(),
            None => self.conversations(&sql(PINNED), params![pattern, archived, folder])?,
        };
        let before = filter.before.map_or(i64::MAX, |before| before.0);
        let asked = params![pattern, archived, folder, before, limit];
        let mut page = self.conversations(&sql(BY_AGE), asked)?;
        let full = page.len() == limit as usize;
        let next = page.last().filter(|_| full).map(|last| last.updated);
        if let Some(edge) = next {
            page.retain(|item| item.updated != edge);
            let asked = params![pattern, archived, folder, edge.0];
            page.extend(self.conversations(&sql(SAME_AGE), asked)?);
        }
        items.append(&mut page);
        Ok(ConversationPage { items, next })
    }

    fn conversations(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Conversation>> {
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map(params, conversation)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

/// Every statement of the list with the index that it is to use.
#[cfg(test)]
pub(super) fn statements() -> Vec<(String, &'static str)> {
    let with = |in_folder: bool, index| {
        [PINNED, BY_AGE, SAME_AGE].map(|part| (sql(part, in_folder), index))
    };
    [with(false, "conversation_by_age"), with(true, "conversation_by_folder")].concat()
}
