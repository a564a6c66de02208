//! What a person decides about a finding afterwards: the model may read it, may read its whole kind,
//! or reads a name from now on. And what of a message the model reads.

use std::sync::Arc;

use hearth_domain::{
    ConversationId, GuardAction, GuardDecision, GuardFinding, Message, MessageFindings, MessageId,
    Role,
};
use hearth_store::{Reader, Writer};

use super::{Guards, Masking, Note, output::placed};
use crate::{App, Error, Result, chat};

impl App {
    /// Decides about the finding at a place of a message's list.
    ///
    /// # Errors
    /// An unknown message or finding, one that cannot be masked, or a database that cannot be
    /// written.
    pub async fn guard_decide(
        &self,
        message: MessageId,
        finding: u32,
        decision: GuardDecision,
    ) -> Result<MessageFindings> {
        let (guards, now) = (Arc::clone(&self.guards), self.now());
        let decided = self
            .db
            .write(move |w| {
                let message = w.message(message)?;
                let Some(note) = decide(w, &message, finding as usize, decision)? else {
                    return Ok(None);
                };
                Note::append(w, &guards, now, &[note])?;
                Ok(findings_now(w, message.conversation, [message.id])?.pop())
            })
            .await?;
        decided.ok_or(Error::OutOfRange("finding"))
    }

    /// The text of a message as the model reads it: with names in place of what is masked, behind
    /// what it carries.
    ///
    /// # Errors
    /// An unknown message, or a database that cannot be read.
    pub async fn message_as_read(&self, message: MessageId) -> Result<String> {
        self.db
            .read(move |r| {
                let message = r.message(message)?;
                let masking = Masking::read(r, message.conversation)?;
                let texts = message.attachments.iter().map(|it| r.attachment_text(it.id));
                let texts: Vec<_> = texts.collect::<hearth_store::Result<_>>()?;
                let text = chat::as_read(&texts, &message.content);
                Ok(masking.map_or_else(|| text.clone(), |masking| masking.conceal(&text)))
            })
            .await
    }
}

/// What was found in these messages, with what the person has decided since.
pub(crate) fn findings_now(
    r: &Reader<'_>,
    of: ConversationId,
    messages: impl IntoIterator<Item = MessageId>,
) -> hearth_store::Result<Vec<MessageFindings>> {
    let mut all = r.findings_of(messages)?;
    if !all.is_empty()
        && let Some(masking) = Masking::read(r, of)?
    {
        for finding in all.iter_mut().flat_map(|it| &mut it.findings) {
            finding.action = masking.now(finding);
        }
    }
    Ok(all)
}

/// Changes names and list; what the log says of it, or `None` where that cannot be decided.
fn decide(
    w: &mut Writer<'_>,
    message: &Message,
    at: usize,
    decision: GuardDecision,
) -> hearth_store::Result<Option<Note>> {
    let mut findings = w.findings(message.id)?;
    let Some(finding) = findings.get(at).cloned() else { return Ok(None) };
    let mut masking = match Masking::read(w, message.conversation)? {
        Some(masking) => masking,
        None => Masking::random()?,
    };
    let log = match decision {
        GuardDecision::Allow => "allow",
        GuardDecision::AllowKind => "allow_kind",
        GuardDecision::Mask => "mask",
    };
    let note = Note::decided(&finding, log);
    if finding.document.is_some() {
        if decision == GuardDecision::Mask {
            return Ok(None);
        }
        // A passage is not kept with its answer: the next one is to read such passages.
        let names = names_of_kind(w, message.conversation, &finding)?;
        masking.allow_kind(finding.kind, names);
        masking.save(w, message.conversation)?;
    } else if message.role == Role::Assistant {
        if decision == GuardDecision::Mask || !reveal(w, message, &mut findings, at, &masking)? {
            return Ok(None);
        }
    } else {
        match decision {
            GuardDecision::Allow => match &finding.name {
                Some(name) => masking.allow(name),
                None => findings[at].action = GuardAction::Allow,
            },
            GuardDecision::AllowKind => {
                let names = names_of_kind(w, message.conversation, &finding)?;
                masking.allow_kind(finding.kind, names);
            }
            GuardDecision::Mask => {
                if !can_be_masked(&finding) {
                    return Ok(None);
                }
                let Some(value) = value(w, message, &finding)? else { return Ok(None) };
                let name = masking.mask(finding.kind, &finding.label, &value);
                (findings[at].name, findings[at].action) = (Some(name), GuardAction::Mask);
            }
        }
        masking.save(w, message.conversation)?;
    }
    w.findings_save(&MessageFindings { message: message.id, findings })?;
    Ok(Some(note))
}

/// Only what has a value and a place: an attack is no value.
fn can_be_masked(finding: &GuardFinding) -> bool {
    use hearth_domain::GuardKind::{Pii, Secrets};
    matches!(finding.kind, Pii | Secrets) && finding.end > finding.start
}

/// What stands where something was found.
fn value(
    r: &Reader<'_>,
    message: &Message,
    finding: &GuardFinding,
) -> hearth_store::Result<Option<String>> {
    let text = match finding.attachment {
        Some(id) => r.attachment_text(id)?.text,
        None => message.content.clone(),
    };
    let (start, count) = (finding.start as usize, finding.end.saturating_sub(finding.start));
    let value: String = text.chars().skip(start).take(count as usize).collect();
    Ok((!value.is_empty()).then_some(value))
}

/// Every name that stands for a value of this kind in the conversation.
fn names_of_kind(
    r: &Reader<'_>,
    of: ConversationId,
    like: &GuardFinding,
) -> hearth_store::Result<Vec<String>> {
    let messages = r.messages(of)?;
    let all = r.findings_of(messages.iter().map(|message| message.id))?;
    let same = all.into_iter().flat_map(|it| it.findings).filter(|it| it.kind == like.kind);
    Ok(same.filter_map(|it| it.name).collect())
}

/// Puts the value of a masked place of an answer in the place of its name, everywhere in it.
fn reveal(
    w: &mut Writer<'_>,
    message: &Message,
    findings: &mut [GuardFinding],
    at: usize,
    masking: &Masking,
) -> hearth_store::Result<bool> {
    let Some(name) = findings[at].name.clone() else { return Ok(false) };
    let Some(value) = masking.output.value(&name).map(str::to_owned) else { return Ok(false) };
    let content = message.content.replace(&name, &value);
    w.message_edit(message.id, &content)?;
    let start = findings[at].start;
    let length = u32::try_from(value.chars().count()).unwrap_or(u32::MAX);
    let shown = &mut findings[at];
    (shown.action, shown.name, shown.end) = (GuardAction::Allow, None, start + length);
    let placeable = |it: &&mut GuardFinding| it.name.is_some() && it.document.is_none();
    for other in findings.iter_mut().filter(placeable) {
        if let Some(moved) = placed(other, &content) {
            *other = moved;
        }
    }
    Ok(true)
}

impl Guards {
    /// What is left of the findings of an answer whose text was written anew by a person.
    pub(crate) fn after_edit(findings: &[GuardFinding], content: &str) -> Vec<GuardFinding> {
        let kept = |it: &GuardFinding| match it.document {
            Some(_) => Some(it.clone()),
            None => placed(it, content),
        };
        findings.iter().filter_map(kept).collect()
    }
}
