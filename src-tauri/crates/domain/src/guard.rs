//! What the guardrails tell a person: what was found in which text, and what was done about it. The
//! detectors are in `guard`; this is what is kept with a message and crosses the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AttachmentId, MessageId, Timestamp};

/// What a finding is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum GuardKind {
    /// Text that tries to override or to learn the instructions of an assistant.
    Injection,
    /// Data about a person.
    Pii,
    /// A key, a token, a password.
    Secrets,
    /// Abuse, threats, harassment.
    Toxicity,
    /// Marks and endless repetition in what a model wrote.
    Output,
}

impl GuardKind {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Injection => "injection",
            Self::Pii => "pii",
            Self::Secrets => "secrets",
            Self::Toxicity => "toxicity",
            Self::Output => "output",
        }
    }
}

/// What was done about a finding, mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    /// The person lets it through.
    Allow,
    /// It can be looked up; nothing was changed.
    Note,
    /// A name stands in its place for whoever reads next.
    Mask,
    /// It went on, with a warning.
    Warn,
    /// It goes on only when the person says so.
    Confirm,
    /// The model does not read the passage that it is in.
    Quarantine,
    /// It did not go on.
    Block,
}

impl GuardAction {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Note => "note",
            Self::Mask => "mask",
            Self::Warn => "warn",
            Self::Confirm => "confirm",
            Self::Quarantine => "quarantine",
            Self::Block => "block",
        }
    }
}

/// Something found in a text. It says where, never what: the text itself is with the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct GuardFinding {
    /// What it is about.
    pub kind: GuardKind,
    /// The rule that found it, a stable name such as `pii.email`.
    pub rule: String,
    /// What stands there: `EMAIL_ADDRESS`, `CREDIT_CARD`, `SECRET`, `INJECTION`, …
    pub label: String,
    /// The attached text it is in; `None` is the text of the message.
    pub attachment: Option<AttachmentId>,
    /// The document whose passage it is in, by its name: an answer was to read it.
    #[serde(default)]
    pub document: Option<String>,
    /// The place in code points: the first one.
    pub start: u32,
    /// The one after the last.
    pub end: u32,
    /// What was done.
    pub action: GuardAction,
    /// The name that stands for it, where one does.
    pub name: Option<String>,
}

/// What was found in one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageFindings {
    /// Which.
    pub message: MessageId,
    /// What, in the order of the text.
    pub findings: Vec<GuardFinding>,
}

/// What a person says to a question that is only sent when they say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum GuardAnswer {
    /// As it is.
    Send,
    /// With names in place of what was found.
    Mask,
}

/// What a person decides about a finding afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum GuardDecision {
    /// The model may read this value, in this conversation.
    Allow,
    /// The model may read everything of this kind, in this conversation.
    AllowKind,
    /// A name stands for this value from now on.
    Mask,
}

/// One entry of the audit log. It holds no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AuditEntry {
    /// 1, 2, 3, … without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who: `person`, `port` or `program`.
    pub actor: String,
    /// Where the text came from: `user`, `document`, `api`, `model_output`; `settings` for a change.
    pub channel: String,
    /// What it was about: the name of a kind.
    pub kind: String,
    /// The rule.
    pub rule: String,
    /// What was done.
    pub action: String,
    /// How often, in this one text.
    pub count: u32,
}

/// A page of the audit log, the newest entry first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Ask with this `before` for more; `None` where there is none.
    pub next: Option<u64>,
}

/// Which entries of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct AuditFilter {
    /// Only about this.
    #[ts(optional)]
    pub kind: Option<GuardKind>,
    /// Only with this outcome.
    #[ts(optional)]
    pub action: Option<GuardAction>,
    /// Only older than this entry.
    #[ts(optional)]
    pub before: Option<u64>,
}
