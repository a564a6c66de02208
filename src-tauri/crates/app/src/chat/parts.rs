//! Long documents, read part by part: each part is read with the request and comes to a note, notes are
//! read once more until they have room, and the answer rests on them.

use hearth_domain::{Caller, ChatEvent, Passage, Priority, SamplingParams};
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

/// A part, or what was noted of it, with what its document was then.
type Noted = (Passage, Option<[u8; 32]>, AsRead);

impl AnswerTask {
    /// Notes on every part, and notes on the notes until they have room.
    pub(super) async fn read_parts(
        &mut self,
        model: &LoadedModel,
        parts: Retrieved,
        (question, room): (&str, u32),
    ) -> Result<ReadWhole> {
        let passages = parts.page.results.clone();
        let ScreenedPassages { read, report } =
            self.app.screen_passages(self.message.conversation, passages).await?;
        let kept = parts.page.results.into_iter().zip(parts.hashes).zip(read);
        let mut level: Vec<_> =
            kept.filter_map(|((passage, hash), read)| Some((passage, hash, read?))).collect();
        loop {
            let total = u32::try_from(level.len()).unwrap_or(u32::MAX);
            let mut notes = Vec::with_capacity(level.len());
            for (done, (passage, hash, read)) in (0_u32..).zip(level) {
                self.topic.push(&ChatEvent::ReadingParts { done, total });
                let Some(turns) = notes::turns(&read, (done + 1, total), question)? else {
                    continue;
                };
                let Some(text) = self.note(model, turns).await? else {
                    return Ok(ReadWhole::Cancelled);
                };
                if !text.trim().is_empty() {
                    notes.push((passage, hash, AsRead { text, ..read }));
                }
            }
            level = notes;
            if level.len() < 2 || u64::from(room) >= tokens(model, &level)? {
                break;
            }
            let before = level.len();
            level = joined(level, room as usize * BYTES_A_TOKEN);
            if level.len() == before {
                break;
            }
        }
        let (mut results, mut hashes, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for (rank, (passage, hash, note)) in (1..).zip(level) {
            results.push(Passage { rank, text: note.text.clone(), ..passage });
            hashes.push(hash);
            read.push(Some(note));
        }
        let found = Sources::of(Retrieved::whole(results, hashes), read, Reliance::Notes)?;
        let found = found.map_err(|_| nothing_to_read(&self.message));
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
            caller: Caller::Person,
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
                    Some(Event::Finished { .. }) => return Ok(Some(text)),
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

fn tokens(model: &LoadedModel, notes: &[Noted]) -> Result<u64> {
    let counter = model.counter().ok_or(Error::ShuttingDown)?;
    let mut sum = 0_u64;
    for (_, _, read) in notes {
        sum += u64::from(counter.text(None, &read.text)? + FRAME);
    }
    Ok(sum)
}

/// Notes that follow one another, joined up to the size of one part: those on one document, or on
/// several where that does not make them fewer.
fn joined(notes: Vec<Noted>, most: usize) -> Vec<Noted> {
    let before = notes.len();
    let within = join(notes, most, |last, next| last.file == next.file);
    if within.len() < before { within } else { join(within, most, |_, _| true) }
}

fn join(notes: Vec<Noted>, most: usize, belong: impl Fn(&Passage, &Passage) -> bool) -> Vec<Noted> {
    let mut all: Vec<Noted> = Vec::new();
    for (passage, hash, read) in notes {
        match all.last_mut() {
            Some((last, _, text))
                if belong(last, &passage) && text.text.len() + read.text.len() < most =>
            {
                if last.file == passage.file {
                    last.end = passage.end;
                } else {
                    text.document = format!("{}, {}", text.document, read.document);
                }
                text.text = format!("{}\n{}", text.text, read.text);
            }
            _ => all.push((passage, hash, read)),
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
        let document = format!("{file}.pdf");
        (passage, None, AsRead { document, text: text.into() })
    }

    fn texts(notes: &[Noted]) -> Vec<(&str, &str, u64)> {
        notes.iter().map(|(it, _, read)| (&*read.document, &*read.text, it.end)).collect()
    }

    #[test]
    fn notes_on_one_document_are_joined_up_to_the_size_of_a_part() {
        let notes =
            vec![note(1, 10, "aaaa"), note(1, 20, "bbbb"), note(1, 30, "cccc"), note(2, 5, "d")];
        let found = joined(notes, 10);
        let expected = [("1.pdf", "aaaa\nbbbb", 20), ("1.pdf", "cccc", 30), ("2.pdf", "d", 5)];
        assert_eq!(texts(&found), expected);
    }

    #[test]
    fn notes_on_many_small_documents_are_joined_across_them_and_none_is_lost() {
        let notes = (1..=4).map(|file| note(file, 5, "note")).collect();
        let found = joined(notes, 10);
        let expected = [("1.pdf, 2.pdf", "note\nnote", 5), ("3.pdf, 4.pdf", "note\nnote", 5)];
        assert_eq!(texts(&found), expected);
    }
}
