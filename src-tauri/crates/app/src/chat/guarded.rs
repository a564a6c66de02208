//! The guardrails around one answer of a conversation: what the model reads of an answer that goes
//! on, what readers see of what it writes, and what is kept of what was masked.

use std::collections::BTreeSet;

use hearth_domain::{
    ConversationId, GuardFinding, GuardKind, MessageFindings, MessageId, Timestamp,
};
use hearth_engine::{Begun, Turn};
use hearth_guard::placeholder::Placeholders;
use hearth_store::Writer;

use crate::{
    App,
    guard::{Guards, Known, Masking, Note, OutputFilter, PassageReport, Policy, Wanted},
};

use super::screening;
pub(super) use crate::guard::Shown;

/// Bytes that come while nothing new is said, after which an answer is ended.
const CIRCLING: usize = 2048;

/// What stands between the model and the readers of one answer.
pub(super) struct Guarded {
    filter: OutputFilter,
    policy: Policy,
    masking: Option<Masking>,
    /// Names that stay names in what is shown.
    withheld: BTreeSet<String>,
    /// Kinds that could not be looked for in the question.
    failed: Vec<GuardKind>,
    /// What was found in passages that the answer was to read.
    passages: Vec<GuardFinding>,
    /// Bytes since the text began to go round in circles.
    circling: usize,
}

impl Guarded {
    /// For an answer to these turns.
    pub(super) fn new(
        app: &App,
        policy: Policy,
        (masking, withheld): (Option<Masking>, BTreeSet<String>),
        (turns, fence): (&[Turn], Option<&str>),
        failed: Vec<GuardKind>,
    ) -> Self {
        let masks = policy.masks_output();
        // Names of what is masked need a mark that nobody can guess.
        let fresh = || masks.then(Masking::random).and_then(hearth_store::Result::ok);
        let masking = masking.or_else(fresh);
        let read = || turns.iter().map(|turn| (turn.role, turn.content.as_str()));
        let known = || Known::of(read()).fenced(fence);
        let output = masking.as_ref().map(|masking| masking.output.clone());
        let wanted = Wanted {
            clean: policy.cleans_output(),
            mask: masks.then(known),
            output: output.unwrap_or_default(),
            names: masking.as_ref().map(|masking| masking.names.clone()),
            withheld: withheld.clone(),
        };
        let filter = OutputFilter::new(&app.guards, wanted);
        Self { filter, policy, masking, withheld, failed, passages: Vec::new(), circling: 0 }
    }

    /// Whether nothing more may be shown: something could not be looked at where that is promised.
    pub(super) fn withholds(&self) -> bool {
        self.policy.promises() && !self.failed().is_empty()
    }

    /// The names of the conversation are these now; some of them stay names in what is shown.
    pub(super) fn take_names(
        &mut self,
        app: &App,
        (masking, withheld): (Masking, BTreeSet<String>),
        turns: &[Turn],
    ) {
        let (policy, failed) = (self.policy.clone(), std::mem::take(&mut self.failed));
        *self = Self::new(app, policy, (Some(masking), withheld), (turns, None), failed);
    }

    /// The turns carry passages now: their names are known to the filter, and what was found in them
    /// is told with the answer.
    pub(super) fn take_passages(
        &mut self,
        app: &App,
        read: (&[Turn], Option<&str>),
        report: PassageReport,
    ) {
        let PassageReport { masking, findings, failed } = report;
        let failed = [std::mem::take(&mut self.failed), failed].concat();
        let (policy, withheld) = (self.policy.clone(), std::mem::take(&mut self.withheld));
        let names = (masking, withheld);
        *self = Self { passages: findings, ..Self::new(app, policy, names, read, failed) };
    }

    /// Puts names in place of what is masked in this conversation.
    pub(super) fn conceal(&self, turns: &mut [Turn]) {
        screening::conceal(turns, self.masking.as_ref(), &self.policy);
    }

    /// A text with names in place of what is masked, by the names of the passages that are read with it
    /// where there are some.
    pub(super) fn concealed(&self, text: &str, passages: Option<&Masking>) -> String {
        let masking = passages.or(self.masking.as_ref());
        masking.map_or_else(|| text.to_owned(), |masking| masking.conceal_by(&self.policy, text))
    }

    /// What an answer that goes on says so far, as the model reads it.
    pub(super) fn resume_after(&mut self, content: &str, reasoning: &str) -> Begun {
        let read = |text| self.concealed(text, None);
        let begun = Begun { content: read(content), reasoning: read(reasoning) };
        self.filter.resume_after(&begun.content, &begun.reasoning);
        begun
    }

    /// Takes what the engine gave.
    pub(super) fn push(&mut self, text: &str, reasoning: &str) -> Shown {
        let shown = self.filter.push(text, reasoning);
        self.circling = if shown.repeats { self.circling + text.len() } else { 0 };
        shown
    }

    /// Whether it goes round in circles for too long.
    pub(super) fn circles(&self) -> bool {
        self.circling > CIRCLING
    }

    /// The answer ended.
    pub(super) fn finish(&mut self) -> Shown {
        self.filter.finish()
    }

    /// Kinds that could not be looked for, in question or answer.
    pub(super) fn failed(&self) -> Vec<GuardKind> {
        let mut failed = self.failed.clone();
        failed.extend(self.filter.failed());
        failed.sort_unstable();
        failed.dedup();
        failed
    }

    /// What was masked in the answer.
    pub(super) fn masked_in(&self, content: &str) -> MaskedAnswer {
        let (findings, names) = self.filter.masked_in(content);
        let failed = self.filter.failed();
        let (passages, actor) = (self.passages.clone(), self.policy.actor());
        MaskedAnswer { findings, names, failed, passages, content: content.to_owned(), actor }
    }
}

/// What is kept of what was masked in an answer.
pub(super) struct MaskedAnswer {
    findings: Vec<GuardFinding>,
    names: Placeholders,
    failed: Vec<GuardKind>,
    passages: Vec<GuardFinding>,
    content: String,
    /// Who asked, as the audit log has it.
    actor: &'static str,
}

impl MaskedAnswer {
    /// Saves it with the answer; returns all that was found in it, also before it went on.
    pub(super) fn save(
        self,
        w: &mut Writer<'_>,
        guards: &Guards,
        (of, message): (ConversationId, MessageId),
        now: Timestamp,
    ) -> hearth_store::Result<Vec<GuardFinding>> {
        let mut findings = Guards::after_edit(&w.findings(message)?, &self.content);
        let mut notes = Note::in_channel(self.actor, "model_output", &self.findings);
        notes.extend(self.failed.iter().map(|it| Note::failed(self.actor, "model_output", *it)));
        if !self.passages.is_empty() {
            // An answer that goes on has read anew.
            findings.retain(|it| it.document.is_none());
        }
        if !self.findings.is_empty() {
            let mut masking = match Masking::read(w, of)? {
                Some(masking) => masking,
                None => Masking::random()?,
            };
            masking.output = self.names;
            masking.save(w, of)?;
            findings.extend(self.findings);
            findings.sort_by_key(|it| it.start);
        }
        findings.extend(self.passages);
        w.findings_save(&MessageFindings { message, findings: findings.clone() })?;
        Note::append(w, guards, now, &notes)?;
        Ok(findings)
    }
}
