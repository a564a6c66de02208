//! A question on its way to the guardrails: what is looked at, and what the model reads in the end.

use std::sync::Arc;

use hearth_domain::{AttachmentId, ConversationId, GuardAnswer, MessageId, Role};
use hearth_engine::Turn;
use hearth_store::Reader;

use super::ChatRequest;
use crate::{
    App, Result,
    db::blocking,
    guard::{Masking, Policy, Screened, Text, Wishes},
};

/// Messages before a question that are looked through for earlier ones of the person.
const BEFORE: u32 = 5;
/// Bytes of an earlier question that is read together with the new one.
const EARLIER: usize = 4096;

/// What a screening needs of the database.
struct Found {
    masking: Option<Masking>,
    texts: Vec<Text>,
    earlier: Vec<String>,
}

impl App {
    /// Looks at a question. Where the person has to say something first, or it is not let through,
    /// the audit log says so.
    pub(super) async fn screen_question(
        &self,
        request: &ChatRequest,
        policy: Policy,
    ) -> Result<Screened> {
        let (of, before, beside) = (request.conversation, request.parent, request.beside);
        let attachments = request.attachments.clone();
        let found = self
            .db
            .read(move |r| {
                Ok(Found {
                    masking: of.map(|of| Masking::read(r, of)).transpose()?.flatten(),
                    texts: attached(r, &attachments)?,
                    earlier: match beside {
                        // Another version of a question follows what that one follows.
                        Some(other) => match r.message(other)?.parent {
                            None => Vec::new(),
                            before => earlier(r, of, before)?,
                        },
                        None => earlier(r, of, before)?,
                    },
                })
            })
            .await?;
        let screened = self.screen(found, &request.text, (policy, request.guard)).await?;
        self.permitted(screened).await
    }

    /// Looks at a text that takes the place of a message's; `None` where it is an answer, which the
    /// person changes as they like. What would be asked about is noted.
    pub(crate) async fn screen_edit(
        &self,
        message: MessageId,
        text: &str,
        policy: Policy,
    ) -> Result<Option<Screened>> {
        let found = self
            .db
            .read(move |r| {
                let message = r.message(message)?;
                if message.role == Role::Assistant {
                    return Ok(None);
                }
                let carried: Vec<_> = message.attachments.iter().map(|it| it.id).collect();
                let masking = Masking::read(r, message.conversation)?;
                Ok(Some(Found { masking, texts: attached(r, &carried)?, earlier: Vec::new() }))
            })
            .await?;
        let Some(found) = found else { return Ok(None) };
        let screened = self.screen(found, text, (policy, Some(GuardAnswer::Send))).await?;
        self.permitted(screened).await.map(Some)
    }

    /// What may go on; where it may not, the audit log says so.
    async fn permitted(&self, screened: Screened) -> Result<Screened> {
        if let Err(refused) = screened.permit() {
            self.note(screened.notes()).await?;
            return Err(refused);
        }
        Ok(screened)
    }

    async fn screen(
        &self,
        found: Found,
        text: &str,
        (policy, answer): (Policy, Option<GuardAnswer>),
    ) -> Result<Screened> {
        let Found { masking, mut texts, earlier } = found;
        texts.push(Text { attachment: None, text: crate::text::without_zeros(text) });
        let (guards, wishes) = (Arc::clone(&self.guards), Wishes { policy, masking, answer });
        blocking(move || Ok::<_, crate::Error>(guards.screen(&texts, &earlier, &wishes))).await
    }
}

fn attached(r: &Reader<'_>, ids: &[AttachmentId]) -> hearth_store::Result<Vec<Text>> {
    let texts = ids.iter().map(|id| {
        let text = r.attachment_text(*id)?.text;
        Ok(Text { attachment: Some(*id), text })
    });
    texts.collect()
}

/// What the person asked just before, the oldest first; long texts are left out.
fn earlier(
    r: &Reader<'_>,
    of: Option<ConversationId>,
    parent: Option<MessageId>,
) -> hearth_store::Result<Vec<String>> {
    let Some(of) = of else { return Ok(Vec::new()) };
    let Some(leaf) = parent.or(r.conversation(of)?.head) else { return Ok(Vec::new()) };
    // What stands elsewhere is none of it; the question is refused when it is to be written.
    if r.message_conversation(leaf)? != of {
        return Err(hearth_store::Error::MessageNotFound);
    }
    let messages = r.thread_end(leaf, BEFORE, None)?.messages;
    let asked = messages.into_iter().filter(|it| it.role == Role::User);
    let mut texts: Vec<String> =
        asked.map(|it| it.content).filter(|text| text.len() <= EARLIER).collect();
    let more = texts.len().saturating_sub(2);
    texts.drain(..more);
    Ok(texts)
}

/// Puts names in place of what is masked, wherever it stands.
pub(super) fn conceal(turns: &mut [Turn], masking: Option<&Masking>, policy: &Policy) {
    let Some(masking) = masking else { return };
    for turn in turns {
        turn.content = masking.conceal_by(policy, &turn.content);
    }
}
