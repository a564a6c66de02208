//! An answer over documents: what is searched for it, what it is given to read, what it cites.
//!
//! Where nothing in the documents answers, the model is not asked: it would make something up.

use std::sync::Arc;

use hearth_domain::{
    Citation, CollectionId, Message, MessageId, MessageSources, Passage, PassagePage,
    PassageRequest, Role, WEAK_SUPPORT,
};
use hearth_engine::Turn;
use hearth_store::StoredCitation;

use super::{
    cite::{self, MarkFilter},
    passages::Reading,
};
use crate::{
    App, Error, Result,
    db::blocking,
    guard::{PassageReport, ScreenedPassages},
};

/// Passages that are looked for.
const PASSAGES: u32 = 8;
/// Characters that they may have together before tokens are counted.
const CHARACTERS: usize = 12_000;
/// Of the context, the parts that passages and the answer may take at most: a half and a quarter.
const OF_CONTEXT: u32 = 2;
const FOR_ANSWER: u32 = 4;
/// A question of fewer words leans on the one before it.
const LEANS: usize = 4;
/// What is kept as the answer where no document answers; windows say it in their own language.
pub(super) const NO_ANSWER: &str = "Your documents do not answer that.";

/// What an answer is to rest on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    collections: Vec<CollectionId>,
    question: String,
}

impl Asked {
    /// What the last question of a branch asks of these collections; `None` where it names none.
    pub(super) fn of(branch: &[Message], collections: Vec<CollectionId>) -> Option<Self> {
        if collections.is_empty() {
            return None;
        }
        let mut questions = branch.iter().rev().filter(|message| message.role == Role::User);
        let last = questions.next()?.content.clone();
        let leans = last.split_whitespace().count() < LEANS;
        let before = questions.next().filter(|_| leans).map(|message| message.content.as_str());
        let question = before.map_or(last.clone(), |before| format!("{before}\n{last}"));
        Some(Self { collections, question })
    }
}

/// What an answer reads, with what it will be compared with.
pub(super) struct Sources {
    pub(super) reading: Reading,
    hashes: Vec<Option<[u8; 32]>>,
}

/// What was found for an answer.
pub(super) struct ReadUp {
    /// What it is to read, or what is told where no document answers.
    pub(super) found: std::result::Result<Sources, MessageSources>,
    /// What the guardrails say of the passages; `None` where there were none.
    pub(super) report: Option<PassageReport>,
}

impl App {
    /// Searches for an answer, and looks at what was found before anything of it is read.
    pub(super) async fn read_up(
        self: &Arc<Self>,
        asked: Asked,
        message: &Message,
    ) -> Result<ReadUp> {
        let request = PassageRequest {
            collections: asked.collections,
            file: None,
            text: asked.question,
            k: PASSAGES,
        };
        let mut found = self.retrieve(request, Some(CHARACTERS)).await?;
        if !found.page.answerable || found.page.results.is_empty() {
            return Ok(ReadUp { found: Err(nothing_answers(message, &found.page)), report: None });
        }
        let of = message.conversation;
        let ScreenedPassages { read, report } =
            self.screen_passages(of, found.page.results.clone()).await?;
        let may_read: Vec<bool> = read.iter().map(Option::is_some).collect();
        if may_read.contains(&false) {
            // What answered may be what is left out.
            found.judge_by(&may_read);
        }
        let nothing = nothing_answers(message, &found.page);
        let answers = found.page.answerable;
        let reading = Reading::new(found.page, read, fence()?);
        let found = match answers && !reading.passages.is_empty() {
            true => Ok(Sources { reading, hashes: found.hashes }),
            false => Err(nothing),
        };
        Ok(ReadUp { found, report: Some(report) })
    }

    /// Lets the turns read the passages, as many as the context of the loaded model has room for.
    pub(super) async fn let_read(
        &self,
        mut sources: Sources,
        mut turns: Vec<Turn>,
        wanted: Option<u32>,
    ) -> Result<(Sources, Vec<Turn>)> {
        let counter = self.engine.counter().ok_or(Error::ShuttingDown)?;
        blocking(move || {
            let size = counter.sequence_limit();
            let mut ends =
                turns.iter().filter(|turn| turn.role == Role::System).collect::<Vec<_>>();
            ends.extend(turns.last());
            let mut taken = wanted.unwrap_or(size / FOR_ANSWER).min(size / FOR_ANSWER);
            for turn in ends {
                taken = taken.saturating_add(counter.text(None, &turn.content)?);
            }
            let room = size.saturating_sub(taken).min(size / OF_CONTEXT);
            sources.reading.fit(room, |text| counter.text(None, text))?;
            sources.reading.put_into(&mut turns);
            Ok::<_, Error>((sources, turns))
        })
        .await
    }
}

impl Sources {
    /// Takes citations of what there is not out of the answer.
    pub(super) fn marks(&self) -> MarkFilter {
        MarkFilter::new(u32::try_from(self.reading.passages.len()).unwrap_or(u32::MAX))
    }

    /// What a finished answer cites.
    pub(super) fn cited(
        &self,
        message: MessageId,
        answer: &str,
    ) -> (MessageSources, Vec<StoredCitation>) {
        let texts: Vec<&str> = self.reading.passages.iter().map(|it| it.text.as_str()).collect();
        let cited = cite::support(answer, &texts).into_iter().filter_map(|(number, support)| {
            let passage = self.reading.passages.get(number as usize - 1)?;
            let hash = self.hashes.get(passage.rank as usize - 1).copied().flatten();
            Some(StoredCitation { citation: citation(number, passage, support), hash })
        });
        let stored: Vec<StoredCitation> = cited.collect();
        let sources = MessageSources {
            message,
            confidence: self.reading.confidence,
            answerable: true,
            passages: u32::try_from(texts.len()).unwrap_or(u32::MAX),
            citations: stored.iter().map(|it| it.citation.clone()).collect(),
        };
        (sources, stored)
    }
}

fn citation(number: u32, passage: &Passage, support: f32) -> Citation {
    Citation {
        number,
        file: Some(passage.file),
        document: passage.document.clone(),
        title: passage.title.clone(),
        page: passage.page,
        start: passage.start,
        end: passage.end,
        text: passage.text.clone(),
        support,
        weak: support < WEAK_SUPPORT,
        changed: false,
    }
}

/// What is told of an answer that no document has.
fn nothing_answers(message: &Message, page: &PassagePage) -> MessageSources {
    MessageSources {
        message: message.id,
        confidence: page.confidence as f32,
        answerable: false,
        passages: 0,
        citations: Vec::new(),
    }
}

/// A line that no document can know.
fn fence() -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::TaskFailed)?;
    Ok(format!("====={}", data_encoding::HEXLOWER.encode(&bytes)))
}
