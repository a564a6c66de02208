//! The guardrails on the way of a text: from the person or a program to the model, and from the model
//! to whoever reads. Detectors and rules are in `hearth-guard`; here is what is done with what they
//! find, and what of it is kept.
//!
//! The model is the border. What it reads has names in place of masked values, what people and
//! programs read has the values: nothing else needs to know that anything was masked.

mod anchor;
mod audit;
mod decide;
mod known;
mod masking;
mod output;
mod passages;
mod policy;
mod program;
mod screen;

use std::sync::LazyLock;

use hearth_domain::GuardKind;
use hearth_guard::{Channel, Guard, Kind, Report};
use hearth_store::AuditKey;

pub(crate) use audit::Note;
pub(crate) use decide::findings_now;
pub(crate) use known::Known;
pub(crate) use masking::Masking;
pub(crate) use output::{OutputFilter, Shown, Wanted};
pub(crate) use passages::{AsRead, PassageReport, ScreenedPassages};
pub(crate) use policy::{Policy, promises};
pub use program::TurnFinding;
pub(crate) use program::{Admitted, admit, admit_with};
pub(crate) use screen::{Screened, Text, Wishes};

/// The detectors. They know nothing of any data: one set serves the process.
static DETECTORS: LazyLock<Guard> = LazyLock::new(Guard::all);

/// The detectors, and the key of the audit log.
pub(crate) struct Guards {
    pub(crate) audit_key: AuditKey,
    /// What marks of the port's names are made from; another one in each run.
    salt: uuid::Uuid,
}

impl Guards {
    pub(crate) fn new(audit_key: AuditKey) -> Self {
        Self { audit_key, salt: uuid::Uuid::new_v4() }
    }

    /// What a text holds of these kinds. Takes a while for a long text, and the first time.
    pub(crate) fn scan(&self, text: &str, channel: Channel, kinds: &[Kind]) -> Report {
        DETECTORS.scan(text, channel, kinds)
    }
}

/// A kind of the detectors as people and programs know it.
pub(crate) fn kind_of(kind: Kind) -> GuardKind {
    match kind {
        Kind::Injection => GuardKind::Injection,
        Kind::Pii => GuardKind::Pii,
        Kind::Secrets => GuardKind::Secrets,
        Kind::Toxicity => GuardKind::Toxicity,
        Kind::Output => GuardKind::Output,
    }
}
