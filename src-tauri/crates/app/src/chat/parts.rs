//! Long documents, read part by part: each part is read with the request and comes to a note, notes are
//! read once more until they have room, and the answer rests on them.

use hearth_domain::{ChatEvent, Passage, Priority, SamplingParams};
use hearth_engine::{Event, LoadedModel, Overflow, Request, Turn};

use super::{
    answer_sources::ReadUp,
    turn::{AnswerTask, cancelled},
    whole::{ReadWhole, nothing_to_read},
};
use crate::{
    Error, Result,
    guard::{AsRead, ScreenedPassages},
    library::Retrieved,
    sources::{Reliance, Sources, notes},
};

/// Tokens of a note.
const NOTE: u32 = 160;
/// Tokens around a passage in the prompt: its number, its name, the lines before and behind it.
pub(super) const FRAME: u32 = 48;
/// Bytes that a token stands for at least, in what people write.
pub(super) const BYTES_A_TOKEN: usize = 3;
/// Of the context, what the request may take beside a part.
const FOR_REQUEST: u32 = 8;

/// A part, or what was noted of it.
#[derive(Clone, Debug)]
struct Noted {
    passage: Passage,
    /// What its document was then.
    hash: Option<[u8; 32]>,
    read: AsRead,
    /// Tokens of what is read.
    size: u32,
}

impl AnswerTask {
    /// Notes on every part, and notes on the notes until they have room.
    pub(super) async fn read_parts(
        &mut self,
        model: &LoadedModel,
        parts: Retrieved,
        (question, room): (&str, u32),
    ) -> Result<ReadWhole> {
        let passages = parts.page.results.clone();
        self.asker.started();
        let policy = self.asker.policy(&self.app);
        let ScreenedPassages { read, report } =
            self.app.screen_passages(policy, self.message.conversation, passages).await?;
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        let question = request(question, counter.sequence_limit());
        let question = self.guarded.concealed(&question, report.masking.as_ref());
        let kept = parts.page.results.into_iter().zip(parts.hashes).zip(read);
        let kept = kept.filter_map(|((passage, hash), read)| Some((passage, hash, read?)));
        let mut level: Vec<_> =
            kept.map(|(passage, hash, read)| Noted { passage, hash, read, size: 0 }).collect();
        loop {
            let total = u32::try_from(level.len()).unwrap_or(u32::MAX);
            let mut notes = Vec::with_capacity(level.len());
            for (done, part) in (0_u32..).zip(level) {
                self.asker.may_go_on()?;
                self.topic.push(&ChatEvent::ReadingParts { done, total });
                let Some(turns) = notes::turns(&part.read, (done + 1, total), &question)? else {
                    continue;
                };
                let Some(text) = self.note(model, turns).await? else {
                    return Ok(ReadWhole::Cancelled);
                };
                if !text.trim().is_empty() {
                    let size = counter.text(None, &text)?;
                    notes.push(Noted { read: AsRead { text, ..part.read }, size, ..part });
                }
            }
            level = notes;
            let all = level.iter().fold(0_u32, |sum, note| sum.saturating_add(note.size + FRAME));
            if level.len() < 2 || all <= room {
                break;
            }
            let before = level.len();
            level = joined(level, room);
            if level.len() == before {
                break;
            }
        }
        let (mut results, mut hashes, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for (rank, note) in (1..).zip(level) {
            results.push(Passage { rank, text: note.read.text.clone(), ..note.passage });
            hashes.push(note.hash);
            read.push(Some(note.read));
        }
        let found = Sources::of(Retrieved::whole(results, hashes), read, Reliance::Notes)?;
        let found = found.map(Some).map_err(|_| nothing_to_read(&self.message));
        Ok(ReadWhole::Found(Box::new(ReadUp { found, report: Some(report) })))
    }

    /// What the model notes of a part; `None` where the person cancelled.
    async fn note(&mut self, model: &LoadedModel, messages: Vec<Turn>) -> Result<Option<String>> {
        let mut answer = model.submit(Request {
            messages,
            begun: None,
            sampling: SamplingParams { max_tokens: Some(NOTE), ..self.sampling.clone() },
            // Others who wait for an answer go before it.
            priority: Priority::Batch,
            caller: self.asker.caller(),
            overflow: Overflow::DropOldest,
            enable_thinking: false,
            conversation: None,
            raw: false,
            ahead: false,
            options: hearth_domain::AnswerOptions::default(),
        })?;
        let mut text = String::new();
        loop {
            tokio::select! {
                event = answer.next() => match event {
                    Some(Event::Delta { text: more, .. }) => text.push_str(&more),
                    Some(Event::Finished { usage, .. }) => {
                        self.asker.spent(&usage);
                        return Ok(Some(text));
                    }
                    Some(Event::Failed(error)) => return Err(error.into()),
                    Some(_) => {}
                    None => return Err(Error::ShuttingDown),
                },
                () = cancelled(&mut self.place.cancel) => {
                    answer.cancel();
                    return Ok(None);
                }
            }
        }
    }
}

/// What is wanted, as much of it as leaves a part its room.
fn request(question: &str, size: u32) -> String {
    let most = (size / FOR_REQUEST) as usize * BYTES_A_TOKEN;
    question[..question.floor_char_boundary(most)].to_owned()
}

/// Notes that follow one another, joined up to so many tokens: those on one document, or on several
/// where that does not make them fewer.
fn joined(notes: Vec<Noted>, most: u32) -> Vec<Noted> {
    let before = notes.len();
    let within = join(notes, most, |last, next| last.file == next.file);
    if within.len() < before { within } else { join(within, most, |_, _| true) }
}

fn join(notes: Vec<Noted>, most: u32, belong: impl Fn(&Passage, &Passage) -> bool) -> Vec<Noted> {
    let mut all: Vec<Noted> = Vec::new();
    for note in notes {
        match all.last_mut() {
            Some(last)
                if belong(&last.passage, &note.passage)
                    && last.size.saturating_add(note.size) < most =>
            {
                if last.passage.file == note.passage.file {
                    last.passage.end = note.passage.end;
                } else {
                    last.read.document = format!("{}, {}", last.read.document, note.read.document);
                }
                last.read.text = format!("{}\n{}", last.read.text, note.read.text);
                // One for the end of the line.
                last.size += note.size + 1;
            }
            _ => all.push(note),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use hearth_domain::FileId;
    use uuid::Uuid;

    use super::*;
    use crate::sources::passage;

    fn note(file: u128, end: u64, text: &str) -> Noted {
        let passage = Passage { file: FileId(Uuid::from_u128(file)), end, ..passage("") };
        let read = AsRead { document: format!("{file}.pdf"), text: text.into() };
        Noted { passage, hash: None, read, size: 4 }
    }

    fn texts(notes: &[Noted]) -> Vec<(&str, &str, u64)> {
        fn text(it: &Noted) -> (&str, &str, u64) {
            (&it.read.document, &it.read.text, it.passage.end)
        }
        notes.iter().map(text).collect()
    }

    #[test]
    fn notes_on_one_document_are_joined_up_to_the_size_of_a_part() {
        let notes = vec![note(1, 10, "a"), note(1, 20, "b"), note(1, 30, "c"), note(2, 5, "d")];
        let found = joined(notes, 10);
        let expected = [("1.pdf", "a\nb", 20), ("1.pdf", "c", 30), ("2.pdf", "d", 5)];
        assert_eq!(texts(&found), expected);
    }

    #[test]
    fn notes_on_many_small_documents_are_joined_across_them_and_none_is_lost() {
        let notes = (1..=4).map(|file| note(file, 5, "note")).collect();
        let found = joined(notes, 10);
        let expected = [("1.pdf, 2.pdf", "note\nnote", 5), ("3.pdf, 4.pdf", "note\nnote", 5)];
        assert_eq!(texts(&found), expected);
    }

    #[test]
    fn a_long_request_leaves_a_part_its_room() {
        assert_eq!(request("Sum it up.", 2048), "Sum it up.");
        assert_eq!(request(&"ä".repeat(5000), 2048).len(), 768);
    }
}
