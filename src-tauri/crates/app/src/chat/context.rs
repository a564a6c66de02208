//! What a question would take of the context, part by part.
//!
//! Exact where the template treats every message alike, else an estimate (a few tokens a message).
//! What was counted once is known by the names and sizes of messages: at a key press only the
//! field is read and counted. It never waits for answers that run. Not here: how tokens are
//! counted, and what is left out.

use hearth_domain::{AttachmentId, ContextUse, ConversationConfig, ModelId, Role};
use hearth_engine::{CountKey, TokenCounter, Turn};
use hearth_store::{MessageOutline, Reader};

use super::{
    ContextQuestion, document,
    history::{self, Documents},
    send::check_text_size,
    setting::Setting,
};
use crate::{App, Result, db::blocking, models::WarmModel, sources::BREAK};

/// Messages that are read at once to be counted.
const PIECE: usize = 256;

/// What comes before the question.
struct Before {
    setting: Setting,
    branch: Vec<MessageOutline>,
}

/// What one speaker said.
struct Part {
    /// Who spoke before.
    before: Option<Role>,
    role: Role,
    said: Vec<MessageOutline>,
}

/// A running sum.
#[derive(Default)]
struct Sum {
    /// Every turn that the model reads.
    turns: Vec<(Role, u32)>,
    documents: u32,
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
            sum.turns.extend(more.turns);
            sum.documents += more.documents;
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

/// The instructions as a turn, if there are any.
fn instructions(text: &str) -> Vec<Turn> {
    let turn = Turn::new(Role::System, text);
    if text.trim().is_empty() { Vec::new() } else { vec![turn] }
}

fn count_instructions(
    counter: &TokenCounter,
    turns: &[Turn],
) -> std::result::Result<Vec<(Role, u32)>, hearth_engine::Error> {
    let size = |turn: &Turn| {
        let key = CountKey::new([&b"instructions"[..], turn.content.as_bytes()]);
        Ok((turn.role, counter.turn(Some(key), None, turn.role, &turn.content)?))
    };
    turns.iter().map(size).collect()
}

/// Turns with who spoke before each.
fn in_order(said: Vec<(Role, Vec<MessageOutline>)>, first: Option<Role>) -> Vec<Part> {
    let mut last = first;
    let part = |(role, said)| Part { before: last.replace(role), role, said };
    said.into_iter().map(part).collect()
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

/// The name of a turn: who spoke before, and the names and sizes of its messages.
fn key(before: Option<Role>, role: Role, said: &[MessageOutline]) -> CountKey {
    let mut name = Vec::with_capacity(said.len() * 24);
    for message in said {
        name.extend_from_slice(message.id.0.as_bytes());
        name.extend_from_slice(&message.bytes.to_le_bytes());
        name.extend(message.attachments.iter().flat_map(|id| *id.0.as_bytes()));
    }
    let before = before.map_or("", Role::as_str).as_bytes();
    CountKey::new([&b"said"[..], before, role.as_str().as_bytes(), &name])
}

fn document_key(id: AttachmentId) -> CountKey {
    CountKey::new([&b"document"[..], id.0.as_bytes()])
}

/// Counts turns; only those that are not known are read.
fn count(r: &Reader<'_>, counter: &TokenCounter, parts: &[Part]) -> Result<Sum> {
    let mut sum = Sum::default();
    for Part { before, role, said } in parts {
        let key = key(*before, *role, said);
        let ids = said.iter().flat_map(|message| &message.attachments);
        let documents: Vec<_> = ids.map(|id| counter.known(document_key(*id))).collect();
        let known = counter.known(key).zip(documents.into_iter().sum::<Option<u32>>());
        let (size, documents) = match known {
            Some(known) => known,
            None => {
                let (content, documents) = read(r, counter, said)?;
                (counter.turn(Some(key), *before, *role, &content)?, documents)
            }
        };
        sum.turns.push((*role, size));
        sum.documents += documents;
    }
    Ok(sum)
}

/// What one speaker said, and how many tokens of it are documents.
fn read(r: &Reader<'_>, counter: &TokenCounter, said: &[MessageOutline]) -> Result<(String, u32)> {
    let mut documents = Documents::new();
    let mut tokens = 0;
    let mut messages = Vec::with_capacity(said.len());
    for outline in said {
        messages.push(r.message(outline.id)?);
        for id in &outline.attachments {
            let carried = r.attachment_text(*id)?;
            tokens += counter.text(Some(document_key(*id)), &document::block(&carried))?;
            documents.entry(outline.id).or_default().push(carried);
        }
    }
    Ok((history::content(&messages, &documents), tokens))
}

/// The documents of the question as one turn, and how many tokens they are by themselves.
fn carried(
    r: &Reader<'_>,
    counter: &TokenCounter,
    before: Option<Role>,
    ids: &[AttachmentId],
) -> Result<(u32, u32)> {
    let name: Vec<u8> = ids.iter().flat_map(|id| *id.0.as_bytes()).collect();
    let speaker = before.map_or("", Role::as_str).as_bytes();
    let key = CountKey::new([&b"carried"[..], speaker, &name]);
    let documents = ids.iter().map(|id| counter.known(document_key(*id))).sum::<Option<u32>>();
    if let Some(known) = counter.known(key).zip(documents) {
        return Ok(known);
    }
    let mut texts = Vec::with_capacity(ids.len());
    let mut documents = 0;
    for id in ids {
        let text = r.attachment_text(*id)?;
        documents += counter.text(Some(document_key(*id)), &document::block(&text))?;
        texts.push(text);
    }
    let content = document::before(&texts, "");
    Ok((counter.turn(Some(key), before, Role::User, &content)?, documents))
}

/// Adds the question to what comes before it.
fn with_question(
    r: &Reader<'_>,
    counter: &TokenCounter,
    sum: Sum,
    question: &ContextQuestion,
    wanted: Option<u32>,
) -> Result<ContextUse> {
    let Sum { mut turns, mut documents } = sum;
    let text = question.text.as_str();
    let before = turns.last().map(|(role, _)| *role);
    let unanswered = before == Some(Role::User);
    let mut size = 0;
    let mut behind = "";
    if !question.attachments.is_empty() {
        let (turn, by_themselves) = carried(r, counter, before, &question.attachments)?;
        size = if unanswered { by_themselves } else { turn };
        documents += by_themselves;
        behind = "```";
    }
    size += if question.attachments.is_empty() && !unanswered {
        counter.turn(None, before, Role::User, text)?
    } else if text.is_empty() {
        0
    } else {
        // What stands before is counted already; only the seam is counted with the text.
        let with = counter.text(None, &format!("{behind}{BREAK}{text}"))?;
        with - counter.text(None, behind)?.min(with)
    };
    match turns.last_mut() {
        // A question that was not answered becomes one with this.
        Some((Role::User, before)) => *before += size,
        _ => turns.push((Role::User, size)),
    }
    if let Some((_, last)) = turns.last_mut() {
        *last += counter.end()?;
    }
    let fit = counter.fit(&turns, wanted);
    let instructions = turns.first().filter(|(role, _)| *role == Role::System);
    let instructions = instructions.map_or(0, |(_, size)| *size);
    let question = counter.text(None, text)?;
    Ok(ContextUse {
        size: counter.sequence_limit(),
        instructions,
        history: fit.tokens.saturating_sub(instructions + documents + question),
        documents,
        question,
        omitted: fit.omitted,
    })
}
