//! What streams carry. Topics: `generation/<id>` ([`ChatEvent`]) and `app` ([`AppEvent`]).
//!
//! The same JSON goes over a Tauri channel and over server-sent events. Variants are added, never
//! changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    EngineState, ErrorCode, FinishReason, GenerationId, GuardKind, MessageFindings, MessageId,
    MessageSources, MessageStatus, Model, Omitted, Timing, TraceId, Usage,
};

/// An event with its number in its stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Envelope<E> {
    /// 0, 1, 2, … without a gap. Subscribe again from `seq + 1` after a loss.
    pub seq: u64,
    /// The event.
    pub event: E,
}

/// The life of one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatEvent {
    /// The request was taken; the answer will be this message.
    Started {
        /// The message being written.
        message_id: MessageId,
    },
    /// The model is being read first.
    Loading {
        /// 0 to 1.
        progress: f32,
    },
    /// It waits for others.
    Queued {
        /// How many are before it.
        ahead: u32,
    },
    /// The prompt is being read.
    PromptProgress {
        /// Tokens read.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// Documents are searched for the answer.
    Searching {
        /// Whether some that were attached are made searchable first, which takes a while for long ones.
        indexing: bool,
    },
    /// Documents are being read part by part, before the answer begins.
    ReadingParts {
        /// Parts read.
        done: u32,
        /// Parts in all; they are fewer where the notes on them are read once more.
        total: u32,
    },
    /// More of the answer.
    Delta {
        /// Text to add to the content.
        text: String,
        /// Text to add to the reasoning.
        reasoning: String,
    },
    /// What was sent so far was not the answer: this stands in its place.
    Rewritten {
        /// The content so far.
        text: String,
        /// The reasoning so far.
        reasoning: String,
    },
    /// What the guardrails found, in the question or in the answer.
    Findings {
        /// Of which message, and what.
        found: MessageFindings,
    },
    /// What the answer rests on; comes at its end, or instead of it where no document answers.
    Sources {
        /// What was searched and what is cited.
        sources: MessageSources,
    },
    /// Something the person should know.
    Notice {
        /// What.
        notice: Notice,
    },
    /// The end, also after a cancel.
    Finished {
        /// The message as saved.
        message_id: MessageId,
        /// Why the model stopped.
        reason: FinishReason,
        /// How the message was saved.
        status: MessageStatus,
        /// Tokens.
        usage: Usage,
        /// Speed.
        timing: Timing,
    },
    /// The end by an error; what was written before it is kept.
    Failed {
        /// What.
        code: ErrorCode,
        /// A sentence in English, for logs and developers.
        message: String,
        /// Joins it with the log.
        trace_id: TraceId,
        /// Whether the text so far is on disk.
        saved: bool,
    },
}

impl ChatEvent {
    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Failed { .. })
    }
}

/// Something that an answer should tell the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// The conversation did not fit the context.
    ContextOmitted(Omitted),
    /// The chat template of the model could not be used; a built-in one was.
    TemplateReplaced,
    /// The text cannot be saved just now; it is kept in memory.
    SavingFailed {
        /// Why.
        error: ErrorCode,
    },
    /// A detector of the guardrails failed: the text was not looked at for this.
    GuardFailed {
        /// For what.
        kinds: Vec<GuardKind>,
    },
    /// The answer went round in circles and was ended.
    RepetitionEnded,
    /// Attached documents are too long to be read whole: the passages that fit the question are.
    DocumentsSearched {
        /// Their names.
        names: Vec<String>,
    },
}

/// What became of a model file that the system or a command line handed to the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OpenedModel {
    /// It is among the models now.
    Added {
        /// Which.
        model: Box<Model>,
    },
    /// It is not; nothing was changed.
    Refused {
        /// Why.
        code: ErrorCode,
    },
}

/// What every window and tab wants to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppEvent {
    /// What is loaded changed.
    Engine {
        /// The state of the model that people asked for last.
        engine: EngineState,
        /// Those of the models beside it.
        beside: Vec<EngineState>,
    },
    /// Cached queries with these tags are stale.
    Invalidated {
        /// Names of the cache tags of the command table.
        tags: Vec<String>,
    },
    /// An answer began; other windows may follow it.
    GenerationStarted {
        /// Its stream.
        generation: GenerationId,
        /// Where.
        conversation: crate::ConversationId,
        /// Whether a program asked: nobody waits for the answer at a window.
        program: bool,
    },
    /// Show this conversation (another process asked for it).
    ShowConversation {
        /// Which.
        conversation: crate::ConversationId,
    },
    /// A link wants this text in the field. It is only ever put there: the person sends it.
    DraftOffered {
        /// What.
        text: String,
    },
    /// A link wanted what links may not do. Nothing was done.
    LinkRefused,
    /// A model file came from outside the page.
    ModelOpened {
        /// What became of it.
        opened: OpenedModel,
    },
    /// Begin a conversation (the tray asked for it).
    BeginAsked {
        /// With whom; `null` is nobody.
        persona: Option<crate::PersonaId>,
    },
    /// Show the settings (the tray asked for them).
    SettingsAsked,
    /// The main window is to be closed, and the person has yet to say what that means.
    CloseAsked,
    /// The main window goes: what is written in it is kept now.
    Leaving,
    /// The data is being locked: save what is written now, and show nothing of it any more.
    Locked,
    /// Nothing happened; the stream is alive.
    Heartbeat,
}
