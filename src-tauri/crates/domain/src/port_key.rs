//! Keys of the port: what programs may do with each, how much, for how long.
//!
//! The key itself is never here: it is shown once, and kept as a keyed hash.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CollectionId, FolderId, ModelId, PortKeyId, PortProfile, Timestamp};

/// Something that a key opens.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum PortScope {
    /// Answers of models.
    Chat,
    /// Vectors of texts.
    Embeddings,
    /// Searching and reading documents, and answers from them.
    Documents,
    /// Conversations that are kept: reading and changing them, and with [`PortScope::Chat`] asking in them.
    Conversations,
    /// Loading and unloading models, and what they cost.
    Models,
    /// Figures about the running program.
    Metrics,
    /// What the owner can change: documents, models, settings. Never keys or the lock; conversations
    /// have a scope of their own.
    Admin,
}

impl PortScope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Chat,
        Self::Embeddings,
        Self::Documents,
        Self::Conversations,
        Self::Models,
        Self::Metrics,
        Self::Admin,
    ];

    /// What a key opens unless told otherwise: what programs written for other servers expect.
    pub const USUAL: [Self; 2] = [Self::Chat, Self::Embeddings];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embeddings => "embeddings",
            Self::Documents => "documents",
            Self::Conversations => "conversations",
            Self::Models => "models",
            Self::Metrics => "metrics",
            Self::Admin => "admin",
        }
    }
}

/// What a key may do. `None` in a list means everything there is, an empty list nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PortRights {
    /// What it opens.
    pub scopes: Vec<PortScope>,
    /// The models that it may use.
    pub models: Option<Vec<ModelId>>,
    /// The collections that it may search.
    pub collections: Option<Vec<CollectionId>>,
    /// The folder whose conversations it reaches, and in which lie those that it begins; every
    /// conversation unless given.
    pub folder: Option<FolderId>,
    /// Requests that it may begin in a minute.
    pub requests_per_minute: Option<u32>,
    /// Tokens that it may have read and written in a minute.
    pub tokens_per_minute: Option<u32>,
    /// Tokens that it may have read and written in a day of UTC.
    pub tokens_per_day: Option<u32>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Its guardrails; those of the port unless given.
    pub profile: Option<PortProfile>,
}

impl Default for PortRights {
    fn default() -> Self {
        Self {
            scopes: PortScope::USUAL.to_vec(),
            models: None,
            collections: None,
            folder: None,
            requests_per_minute: None,
            tokens_per_minute: None,
            tokens_per_day: None,
            expires: None,
            profile: None,
        }
    }
}

impl PortRights {
    /// Everything that serves programs: not what changes the program itself, and not what its owner said.
    #[must_use]
    pub fn full() -> Self {
        let own = [PortScope::Admin, PortScope::Conversations];
        let scopes = PortScope::ALL.into_iter().filter(|scope| !own.contains(scope));
        Self { scopes: scopes.collect(), ..Self::default() }
    }

    /// Whether this is open.
    #[must_use]
    pub fn opens(&self, scope: PortScope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether this model may be used.
    #[must_use]
    pub fn allows_model(&self, model: &ModelId) -> bool {
        self.models.as_ref().is_none_or(|models| models.contains(model))
    }

    /// Whether this collection may be searched.
    #[must_use]
    pub fn allows_collection(&self, collection: CollectionId) -> bool {
        self.collections.as_ref().is_none_or(|all| all.contains(&collection))
    }

    /// Whether conversations of this folder are reached; `None` are those that lie in none.
    #[must_use]
    pub fn allows_folder(&self, folder: Option<FolderId>) -> bool {
        self.folder.is_none_or(|own| Some(own) == folder)
    }

    /// Checks what cannot be.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        const LISTED: usize = 256;
        let limits = [
            (self.requests_per_minute, "requests_per_minute"),
            (self.tokens_per_minute, "tokens_per_minute"),
            (self.tokens_per_day, "tokens_per_day"),
        ];
        if self.scopes.is_empty() || self.scopes.len() > PortScope::ALL.len() {
            return Err("scopes");
        }
        if self.models.as_ref().is_some_and(|models| models.len() > LISTED) {
            return Err("models");
        }
        if self.collections.as_ref().is_some_and(|all| all.len() > LISTED) {
            return Err("collections");
        }
        // Who may change everything is not held back by a list of it.
        let held = self.models.is_some() || self.collections.is_some() || self.folder.is_some();
        if self.opens(PortScope::Admin) && held {
            return Err("scopes");
        }
        limits.iter().find(|(limit, _)| *limit == Some(0)).map_or(Ok(()), |(_, name)| Err(*name))
    }
}

/// What a person says of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PortKeyDraft {
    /// For whom it is; 1 to 80 characters, each name once.
    pub name: String,
    /// What it may do.
    #[serde(default)]
    #[ts(optional, as = "Option<PortRights>")]
    pub rights: PortRights,
}

/// A key of the port, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PortKey {
    /// Which.
    pub id: PortKeyId,
    /// For whom it is.
    pub name: String,
    /// What it may do.
    pub rights: PortRights,
    /// Its last characters, to tell it from others.
    pub hint: String,
    /// When it was made.
    pub created: Timestamp,
    /// When a program last came with it; kept with its use, some seconds later.
    pub last_used: Option<Timestamp>,
    /// What was done with it.
    pub used: KeyUse,
}

/// What was done with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct KeyUse {
    /// Requests that were let in.
    pub requests: u64,
    /// Tokens that were read.
    pub prompt_tokens: u64,
    /// Tokens that were written.
    pub completion_tokens: u64,
}

impl KeyUse {
    /// Both together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            requests: self.requests + more.requests,
            prompt_tokens: self.prompt_tokens + more.prompt_tokens,
            completion_tokens: self.completion_tokens + more.completion_tokens,
        }
    }

    /// Tokens that were read and written.
    #[must_use]
    pub fn tokens(self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }
}

/// What was done with a key on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct KeyUseDay {
    /// Days since 1970-01-01, UTC.
    pub day: u32,
    /// What was done.
    #[serde(flatten)]
    pub used: KeyUse,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_key_that_says_nothing_of_itself_opens_chat_and_embeddings_alone() {
        let rights: PortRights = serde_json::from_str("{}").unwrap();
        assert_eq!(rights, PortRights::default());
        let open = PortScope::ALL.into_iter().filter(|scope| rights.opens(*scope));
        assert_eq!(open.collect::<Vec<_>>(), PortScope::USUAL);
        let full = PortRights::full();
        assert!(!full.opens(PortScope::Admin) && !full.opens(PortScope::Conversations));
    }

    #[test]
    fn an_empty_list_allows_nothing_and_no_list_allows_all() {
        let model = ModelId("m".into());
        let rights = PortRights { models: Some(Vec::new()), ..PortRights::default() };
        assert!(!rights.allows_model(&model) && PortRights::default().allows_model(&model));
    }

    #[test]
    fn a_key_that_is_held_to_a_folder_reaches_no_other_and_not_what_lies_in_none() {
        let (own, other) = (FolderId(Uuid::from_u128(1)), FolderId(Uuid::from_u128(2)));
        let held = PortRights { folder: Some(own), ..PortRights::default() };
        assert!(held.allows_folder(Some(own)));
        assert!(!held.allows_folder(Some(other)) && !held.allows_folder(None));
        let free = PortRights::default();
        assert!(free.allows_folder(Some(other)) && free.allows_folder(None));
    }

    #[test]
    fn a_limit_of_nothing_and_a_key_that_opens_nothing_are_refused() {
        let never = PortRights { requests_per_minute: Some(0), ..PortRights::default() };
        assert_eq!(never.validate(), Err("requests_per_minute"));
        let closed = PortRights { scopes: Vec::new(), ..PortRights::default() };
        assert_eq!(closed.validate(), Err("scopes"));
        assert_eq!(PortRights::full().validate(), Ok(()));
        let scopes = vec![PortScope::Admin];
        let walled = PortRights { scopes, models: Some(Vec::new()), ..PortRights::default() };
        assert_eq!(walled.validate(), Err("scopes"));
    }

    #[test]
    fn each_scope_has_the_name_that_it_is_written_with() {
        for scope in PortScope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }
}
