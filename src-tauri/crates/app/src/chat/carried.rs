//! What the messages of a branch carry: which of it the model reads whole, and which is too long for
//! that and is searched.

use std::collections::{HashMap, HashSet};

use hearth_domain::{Attachment, AttachmentId, AttachmentText, Message, MessageId, Role};
use hearth_engine::{CountKey, Error as EngineError, LoadedModel, TokenCounter, Turn};
use hearth_store::Reader;

use super::{
    document::{self, OPENING},
    history,
};
use crate::{App, Error, Result, attached::SEARCHED_FROM, db::blocking};

/// Of the context, the part that an answer may take, that passages of what is searched may take, and
/// that the history keeps beside attached texts.
const FOR_ANSWER: u32 = 4;
const FOR_PASSAGES: u32 = 4;
const FOR_HISTORY: u32 = 4;
/// Tokens of one passage, where each of its pieces is a token and each of its digits another.
const PASSAGE: u32 = 512;

/// The texts that messages carry.
#[derive(Default)]
pub(super) struct Documents {
    carried: HashMap<MessageId, Vec<AttachmentText>>,
    /// Of these the model reads the beginning alone.
    searched: HashSet<AttachmentId>,
    /// Characters of such a beginning.
    opening: usize,
}

impl Documents {
    /// What a branch carries.
    pub(super) fn of_branch(r: &Reader<'_>, leaf: MessageId) -> hearth_store::Result<Self> {
        let mut documents = Self::default();
        for (message, text) in r.attachments_of_branch(leaf)? {
            documents.add(message, text);
        }
        Ok(documents)
    }

    pub(super) fn add(&mut self, message: MessageId, text: AttachmentText) {
        self.carried.entry(message).or_default().push(text);
    }

    /// A message as the model reads it: what it carries, then what it says.
    pub(super) fn before(&self, message: &Message) -> String {
        let carried = self.carried.get(&message.id).map_or(&[][..], Vec::as_slice);
        let blocks = carried.iter().map(|it| match self.searched.contains(&it.attachment.id) {
            true => document::opening(it, self.opening),
            false => document::block(it),
        });
        document::before(blocks.collect(), &message.content)
    }

    /// Those that can be searched, each once.
    fn long(&self) -> Vec<&AttachmentText> {
        let mut seen = HashSet::new();
        let all = self.carried.values().flatten();
        all.filter(|it| is_long(&it.attachment) && seen.insert(it.attachment.id)).collect()
    }
}

/// A branch as it is told to the model.
#[derive(Default)]
pub(super) struct Told {
    pub(super) branch: Vec<Message>,
    pub(super) documents: Documents,
    pub(super) instructions: String,
}

impl Told {
    /// The turns of the branch, instructions first.
    pub(super) fn turns(&self) -> Vec<Turn> {
        history::turns(&self.branch, &self.documents, &self.instructions)
    }

    /// Whether something is carried that may be too long for the context.
    pub(super) fn may_be_searched(&self) -> bool {
        !self.documents.long().is_empty()
    }

    /// Decides what is searched instead of read whole, by the context of the model: the longest first,
    /// until the rest has room. Answers which.
    ///
    /// # Errors
    /// Where the tokeniser refuses a text.
    fn fit(
        &mut self,
        counter: &TokenCounter,
        wanted: Option<u32>,
    ) -> std::result::Result<Vec<Attachment>, EngineError> {
        let mut sizes = Vec::new();
        for text in self.documents.long() {
            let id = text.attachment.id;
            let size = counter.text(Some(document_key(id)), &document::block(text))?;
            sizes.push((id, size));
        }
        self.documents.searched = sizes.iter().map(|(id, _)| *id).collect();
        let mut turns = Vec::new();
        for turn in self.turns() {
            turns.push((turn.role, counter.text(None, &turn.content)?));
        }
        let room = room(counter.sequence_limit(), &turns, wanted);
        self.documents.searched = too_long(sizes, room);
        self.documents.opening = opening_characters(room, self.documents.searched.len());
        let searched = self.documents.long().into_iter().map(|it| it.attachment.clone());
        Ok(searched.filter(|it| self.documents.searched.contains(&it.id)).collect())
    }
}

impl App {
    /// Decides by the context of the model what of a branch is searched instead of read whole. Answers
    /// which.
    pub(super) async fn fit_documents(
        &self,
        model: &LoadedModel,
        mut told: Told,
        wanted: Option<u32>,
    ) -> Result<(Told, Vec<Attachment>)> {
        if !told.may_be_searched() {
            return Ok((told, Vec::new()));
        }
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        blocking(move || {
            let searched = told.fit(&counter, wanted)?;
            Ok::<_, Error>((told, searched))
        })
        .await
    }
}

/// Whether a text is long enough to be searched.
pub(super) fn is_long(attachment: &Attachment) -> bool {
    attachment.bytes >= SEARCHED_FROM
}

/// The name under which the tokens of an attached text are known.
pub(super) fn document_key(id: AttachmentId) -> CountKey {
    CountKey::new([&b"document"[..], id.0.as_bytes()])
}

/// Tokens that long texts have room for, beside turns of so many without them, the newest last.
pub(super) fn room(size: u32, turns: &[(Role, u32)], wanted: Option<u32>) -> u32 {
    let sum = |turns: &[(Role, u32)]| turns.iter().fold(0_u32, |sum, it| sum.saturating_add(it.1));
    let answer = wanted.unwrap_or(size / FOR_ANSWER).min(size / FOR_ANSWER);
    let instructions = usize::from(turns.first().is_some_and(|(role, _)| *role == Role::System));
    let (instructions, turns) = turns.split_at(instructions);
    let (history, question) = turns.split_at(turns.len().saturating_sub(1));
    // Of a longer history the engine leaves out the oldest, of the rest nothing.
    let history = sum(history).min(size / FOR_HISTORY);
    [answer, sum(instructions), history, sum(question)].into_iter().fold(size, u32::saturating_sub)
}

/// Tokens that passages of what is searched may take, where so many have room: one is always read.
pub(super) fn passages_room(room: u32) -> u32 {
    (room / FOR_PASSAGES).max(PASSAGE).min(room)
}

/// Characters that the model reads of the beginning of each of so many texts: all of them together have
/// room beside the passages, also where each character is a token.
pub(super) fn opening_characters(room: u32, searched: usize) -> usize {
    let all = (room - passages_room(room)) as usize;
    OPENING.min(all / searched.max(1))
}

/// Which texts are searched where so many tokens have room, and their passages too.
pub(super) fn too_long(mut sizes: Vec<(AttachmentId, u32)>, room: u32) -> HashSet<AttachmentId> {
    let mut sum = sizes.iter().fold(0_u32, |sum, (_, size)| sum.saturating_add(*size));
    let mut searched = HashSet::new();
    sizes.sort_by_key(|(id, size)| (std::cmp::Reverse(*size), *id));
    for (id, size) in sizes {
        let passages = if searched.is_empty() { 0 } else { passages_room(room) };
        if sum <= room - passages {
            break;
        }
        sum = sum.saturating_sub(size);
        searched.insert(id);
    }
    searched
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> AttachmentId {
        AttachmentId(Uuid::from_u128(number))
    }

    fn searched(sizes: &[u32], room: u32) -> Vec<u128> {
        let sizes = (0..).zip(sizes).map(|(at, size)| (id(at), *size)).collect();
        let mut found: Vec<_> = too_long(sizes, room).iter().map(|it| it.0.as_u128()).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn what_has_room_is_read_whole_and_the_longest_is_searched_first() {
        assert_eq!(searched(&[300, 700], 1000), []);
        assert_eq!(searched(&[300, 701], 1000), [1]);
        assert_eq!(searched(&[5000], 1000), [0]);
    }

    #[test]
    fn passages_of_what_is_searched_have_room_beside_what_is_read_whole() {
        // 3010 would have room by itself, but not beside the passages of the other.
        assert_eq!(searched(&[3010, 8000], 4000), [0, 1]);
        assert_eq!(searched(&[3000, 8000], 4000), [1]);
        // Where there is little room, one passage takes more of it.
        assert_eq!(searched(&[500, 8000], 1000), [0, 1]);
    }

    #[test]
    fn the_beginnings_of_many_texts_share_the_room() {
        assert_eq!(opening_characters(6000, 1), OPENING);
        assert_eq!(opening_characters(6000, 30), 4500 / 30);
    }

    #[test]
    fn a_long_history_leaves_attached_texts_their_room() {
        let turns = |history| [(Role::System, 50), (Role::User, history), (Role::User, 300)];
        assert_eq!(room(4000, &turns(100), None), 4000 - 1000 - 50 - 100 - 300);
        assert_eq!(room(4000, &turns(9000), Some(200)), 4000 - 200 - 50 - 1000 - 300);
        assert_eq!(room(4000, &[(Role::User, 5000)], None), 0);
    }
}
