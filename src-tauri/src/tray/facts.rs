//! What the tray knows about the program when it draws itself: read from the use cases, never
//! kept longer than until the next look.

use std::sync::Arc;

use hearth_api::{ApiError, Autostart};
use hearth_app::{App, ConversationFilter, Costs};
use hearth_domain::{ConversationId, EngineState, PersonaId};

/// Conversations in the menu.
const RECENT: usize = 5;

/// How far the program is, and what it can tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Facts {
    /// The data is still being opened.
    #[default]
    Opening,
    /// The data cannot be opened.
    Refused,
    /// The data is locked.
    Locked,
    /// The data is open.
    Open(Box<Open>),
}

/// The facts of a program whose data is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Open {
    /// What the model does that people asked for last.
    pub(crate) engine: EngineState,
    /// What those beside it do.
    pub(crate) beside: Vec<EngineState>,
    /// What is in lists.
    pub(crate) lists: Lists,
    /// What the program costs, where it could be measured.
    pub(crate) costs: Option<Costs>,
    /// Whether background work is paused.
    pub(crate) paused: bool,
    /// The port.
    pub(crate) port: Port,
    /// Start on login, as the system says.
    pub(crate) login: Autostart,
    /// Whether a passphrase was set.
    pub(crate) lockable: bool,
}

/// What costs a look into the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lists {
    /// The model that is used unless another is named.
    pub(crate) model: Option<DefaultModel>,
    /// The conversations last written in, with their titles.
    pub(crate) recent: Vec<(ConversationId, String)>,
    /// The personas by name.
    pub(crate) personas: Vec<PersonaName>,
}

/// The model that is used unless another is named.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefaultModel {
    /// Its shown name.
    pub(crate) name: String,
    /// Bytes of memory that it would take.
    pub(crate) memory: u64,
    /// Whether its file is there.
    pub(crate) present: bool,
}

/// A persona as the menu names it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PersonaName {
    /// Which.
    pub(crate) id: PersonaId,
    /// What the person named it.
    pub(crate) name: String,
    /// Which of those that come with Hearth it is; its name is translated.
    pub(crate) preset: Option<String>,
}

/// The port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// It is off.
    Off,
    /// It listens here.
    At(String),
    /// It is wanted and does not listen.
    Failed,
}

impl Lists {
    /// Reads them.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub(crate) async fn read(app: &Arc<App>) -> Result<Self, ApiError> {
        let models = app.model_list().await?;
        let model = models.into_iter().find(|model| model.is_default).map(|model| DefaultModel {
            name: model.name,
            memory: model.memory_needed,
            present: model.present,
        });
        let limit = u32::try_from(RECENT).ok();
        let filter = ConversationFilter { limit, ..ConversationFilter::default() };
        let mut recent = app.conversation_list(filter).await?.items;
        // The list begins with the pinned ones; here only the time counts.
        recent.sort_by_key(|conversation| std::cmp::Reverse(conversation.updated));
        recent.truncate(RECENT);
        let personas = app.persona_list().await?.into_iter().map(|persona| PersonaName {
            id: persona.id,
            name: persona.draft.name,
            preset: persona.preset,
        });
        Ok(Self {
            model,
            recent: recent.into_iter().map(|one| (one.id, one.title)).collect(),
            personas: personas.collect(),
        })
    }
}

impl Port {
    /// The port now.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub(crate) async fn read(app: &Arc<App>) -> Result<Self, ApiError> {
        let status = app.server_status();
        Ok(match (status.enabled, status.url) {
            (false, _) => Self::Off,
            (true, Some(url)) => Self::At(url),
            (true, None) => Self::Failed,
        })
    }
}
