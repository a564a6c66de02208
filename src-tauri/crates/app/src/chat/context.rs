//! What a question would take of the context, part by part.
//!
//! Exact where the template treats every message alike, else an estimate (a few tokens a message).
//! What was counted once is known by the names and sizes of messages: at a key press only the
//! field is read and counted. It never waits for answers that run. Not here: how tokens are
//! counted, and what is left out.

mod count;

use hearth_domain::{ContextUse, ConversationConfig, ModelId, Role};
use hearth_store::{MessageOutline, Reader};

use super::{ContextQuestion, history, send::check_text_size, setting::Setting};
use crate::{App, Result, db::blocking, models::WarmModel};
use count::{Sum, count, count_instructions, in_order, instructions, with_question};

/// Messages that are read at once to be counted.
const PIECE: usize = 256;

/// What comes before the question.
struct Before {
    setting: Setting,
    branch: Vec<MessageOutline>,
}

impl App {
    /// The parts of the context in tokens, as the loaded model counts; `None` while none is
    /// loaded. Where something would be left out the parts are those of the whole.
    ///
    /// # Errors
    /// An unknown conversation, message or attachment, an oversized text, or a database that
    /// cannot be read.
    pub async fn context_measure(&self, question: ContextQuestion) -> Result<Option<ContextUse>> {
        check_text_size(&question.text)?;
        if self.engine.loaded().is_none() {
            return Ok(None);
        }
        // One at a time: the second finds what the first has counted.
        let _alone = self.alone.measuring.lock().await;
        let asked = question.clone();
        let Before { setting, branch } = self.db.read(move |r| before(r, &asked)).await?;
        let Some(warm) = self.counting_model(setting.model.as_ref()).await? else {
            return Ok(None);
        };
        let Some(counter) = warm.model.counter() else { return Ok(None) };
        let said = history::by_speaker(branch);
        let mut sum = Sum::default();
        if said.first().is_none_or(|(role, _)| *role != Role::System) {
            let mut begin = instructions(&setting.instructions);
            warm.instruct(&mut begin);
            let counter = counter.clone();
            sum.turns = blocking(move || count_instructions(&counter, &begin)).await?;
        }
        let mut parts = in_order(said, sum.turns.last().map(|(role, _)| *role));
        while !parts.is_empty() {
            let rest = parts.split_off(PIECE.min(parts.len()));
            let (counter, piece) = (counter.clone(), std::mem::replace(&mut parts, rest));
            let more = self.db.read(move |r| Ok(count(r, &counter, &piece))).await??;
            sum.extend(more);
        }
        let wanted = setting.sampling.max_tokens;
        let used = move |r: &Reader<'_>| Ok(with_question(r, &counter, sum, &question, wanted));
        self.db.read(used).await?.map(Some)
    }

    /// The model that would answer, where it is warm, else the one that people asked for last.
    async fn counting_model(&self, wanted: Option<&ModelId>) -> Result<Option<WarmModel>> {
        let wanted = wanted.cloned().map_or_else(|| self.default_model(), Ok)?;
        match self.warm_model_of(&wanted).await? {
            Some(warm) => Ok(Some(warm)),
            None => self.warm_model().await,
        }
    }
}

fn before(r: &Reader<'_>, question: &ContextQuestion) -> hearth_store::Result<Before> {
    let (config, leaf) = match question.conversation {
        Some(id) => {
            let conversation = r.conversation(id)?;
            (conversation.config, question.parent.or(conversation.head))
        }
        None => {
            let persona = question.persona.or(r.settings()?.generation.persona);
            let asked = question.instructions.as_deref().map(str::trim);
            let instructions = asked.filter(|text| !text.is_empty()).map(str::to_owned);
            (ConversationConfig { persona, instructions, ..Default::default() }, None)
        }
    };
    let setting = Setting::of(r, &config)?;
    let branch = leaf.map(|leaf| r.branch_outline(leaf)).transpose()?.unwrap_or_default();
    Ok(Before { setting, branch })
}
