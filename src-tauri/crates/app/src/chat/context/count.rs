//! Counting the parts of the context: turns by their names, texts that are too long as what is read of
//! them.

use hearth_domain::{AttachmentId, ContextUse, Role};
use hearth_engine::{CountKey, TokenCounter, Turn};
use hearth_store::{MessageOutline, Reader};

use super::super::{
    ContextQuestion,
    carried::{
        Documents, document_key, is_long, opening_characters, passages_room, room, too_long,
    },
    document, history,
};
use crate::{Result, sources::BREAK};

/// What one speaker said.
pub(super) struct Part {
    /// Who spoke before.
    before: Option<Role>,
    role: Role,
    said: Vec<MessageOutline>,
}

/// A running sum.
#[derive(Default)]
pub(super) struct Sum {
    /// Every turn that the model reads.
    pub(super) turns: Vec<(Role, u32)>,
    documents: Vec<Carried>,
}

impl Sum {
    /// Adds what was counted of the turns that follow.
    pub(super) fn extend(&mut self, more: Self) {
        let before = self.turns.len();
        let moved = more.documents.into_iter();
        self.documents.extend(moved.map(|it| Carried { turn: it.turn + before, ..it }));
        self.turns.extend(more.turns);
    }
}

/// An attached text.
struct Carried {
    id: AttachmentId,
    /// Tokens of all of it.
    size: u32,
    /// The turn it stands in.
    turn: usize,
}

/// The instructions as a turn, if there are any.
pub(super) fn instructions(text: &str) -> Vec<Turn> {
    let turn = Turn::new(Role::System, text);
    if text.trim().is_empty() { Vec::new() } else { vec![turn] }
}

pub(super) fn count_instructions(
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
pub(super) fn in_order(said: Vec<(Role, Vec<MessageOutline>)>, first: Option<Role>) -> Vec<Part> {
    let mut last = first;
    let part = |(role, said)| Part { before: last.replace(role), role, said };
    said.into_iter().map(part).collect()
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

/// Counts turns; only those that are not known are read.
pub(super) fn count(r: &Reader<'_>, counter: &TokenCounter, parts: &[Part]) -> Result<Sum> {
    let mut sum = Sum::default();
    for Part { before, role, said } in parts {
        let key = key(*before, *role, said);
        let ids: Vec<_> = said.iter().flat_map(|it| it.attachments.iter().copied()).collect();
        let known = counter.known(key).zip(known(counter, &ids));
        let (size, documents) = match known {
            Some(known) => known,
            None => {
                let (content, documents) = read(r, counter, said)?;
                (counter.turn(Some(key), *before, *role, &content)?, documents)
            }
        };
        let turn = sum.turns.len();
        let carried = ids.into_iter().zip(documents);
        sum.documents.extend(carried.map(|(id, size)| Carried { id, size, turn }));
        sum.turns.push((*role, size));
    }
    Ok(sum)
}

/// The tokens of texts that were counted before.
fn known(counter: &TokenCounter, ids: &[AttachmentId]) -> Option<Vec<u32>> {
    ids.iter().map(|id| counter.known(document_key(*id))).collect()
}

/// What one speaker said, and the tokens of each document of it.
fn read(
    r: &Reader<'_>,
    counter: &TokenCounter,
    said: &[MessageOutline],
) -> Result<(String, Vec<u32>)> {
    let mut documents = Documents::default();
    let mut tokens = Vec::new();
    let mut messages = Vec::with_capacity(said.len());
    for outline in said {
        messages.push(r.message(outline.id)?);
        for id in &outline.attachments {
            let carried = r.attachment_text(*id)?;
            tokens.push(counter.text(Some(document_key(*id)), &document::block(&carried))?);
            documents.add(outline.id, carried);
        }
    }
    Ok((history::content(&messages, &documents), tokens))
}

/// The documents of the question as one turn, and the tokens of each by itself.
fn with_documents(
    r: &Reader<'_>,
    counter: &TokenCounter,
    before: Option<Role>,
    ids: &[AttachmentId],
) -> Result<(u32, Vec<u32>)> {
    let name: Vec<u8> = ids.iter().flat_map(|id| *id.0.as_bytes()).collect();
    let speaker = before.map_or("", Role::as_str).as_bytes();
    let key = CountKey::new([&b"carried"[..], speaker, &name]);
    if let Some(known) = counter.known(key).zip(known(counter, ids)) {
        return Ok(known);
    }
    let mut texts = Vec::with_capacity(ids.len());
    let mut documents = Vec::with_capacity(ids.len());
    for id in ids {
        let text = r.attachment_text(*id)?;
        documents.push(counter.text(Some(document_key(*id)), &document::block(&text))?);
        texts.push(text);
    }
    let content = document::as_read(&texts, "");
    Ok((counter.turn(Some(key), before, Role::User, &content)?, documents))
}

/// Adds the question to what comes before it.
pub(super) fn with_question(
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
        let (turn, each) = with_documents(r, counter, before, &question.attachments)?;
        size = if unanswered { each.iter().sum() } else { turn };
        let turn = turns.len() - usize::from(unanswered);
        let carried = question.attachments.iter().zip(each);
        documents.extend(carried.map(|(id, size)| Carried { id: *id, size, turn }));
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
    let searched = search(r, counter, &mut turns, &mut documents, wanted)?;
    let documents = documents.iter().map(|it| it.size).sum();
    let fit = counter.fit(&turns, wanted);
    let instructions = turns.first().filter(|(role, _)| *role == Role::System);
    let instructions = instructions.map_or(0, |(_, size)| *size);
    let question = counter.text(None, text)?;
    Ok(ContextUse {
        size: counter.sequence_limit(),
        instructions,
        history: fit.tokens.saturating_sub(instructions + documents + question),
        documents,
        searched,
        question,
        omitted: fit.omitted,
    })
}

/// Takes out what is too long to be read whole, but for its beginning, and makes room for its passages.
/// Answers how many texts that are.
fn search(
    r: &Reader<'_>,
    counter: &TokenCounter,
    turns: &mut [(Role, u32)],
    documents: &mut [Carried],
    wanted: Option<u32>,
) -> Result<u32> {
    let mut long = Vec::new();
    let mut without = turns.to_vec();
    for it in documents.iter() {
        if is_long(&r.attachment(it.id)?) {
            long.push((it.id, it.size));
            if let Some((_, size)) = without.get_mut(it.turn) {
                *size = size.saturating_sub(it.size);
            }
        }
    }
    let room = room(counter.sequence_limit(), &without, wanted);
    let searched = too_long(long, room);
    let characters = opening_characters(room, searched.len());
    for it in documents.iter_mut().filter(|it| searched.contains(&it.id)) {
        let size = characters.to_le_bytes();
        let key = CountKey::new([&b"opening"[..], &size, it.id.0.as_bytes()]);
        let opening = match counter.known(key) {
            Some(known) => known,
            None => {
                let text = r.attachment_text(it.id)?;
                counter.text(Some(key), &document::opening(&text, characters))?
            }
        };
        let less = it.size.saturating_sub(opening);
        it.size -= less;
        if let Some((_, turn)) = turns.get_mut(it.turn) {
            *turn = turn.saturating_sub(less);
        }
    }
    if let (false, Some(last), Some((_, turn))) =
        (searched.is_empty(), documents.last_mut(), turns.last_mut())
    {
        let passages = passages_room(room);
        last.size += passages;
        *turn += passages;
    }
    Ok(u32::try_from(searched.len()).unwrap_or(u32::MAX))
}
