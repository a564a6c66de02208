//! Answers over documents: what is searched for one, what it is given to read, what it cites. The same
//! for conversations (`chat`) and for programs at the port (`completion`); what the guardrails say of
//! a passage is said there (`guard`), each by its own rules.
//!
//! Where nothing in the documents answers, the model is not asked: it would make something up.

mod cite;
pub(crate) mod notes;
mod reading;

use std::sync::Arc;

use hearth_domain::{Citation, Passage, Role, WEAK_SUPPORT};
use hearth_engine::{LoadedModel, TokenCounter, Turn};
use hearth_guard::grounding;
use hearth_store::StoredCitation;

use crate::{
    App, Error, Result,
    db::blocking,
    guard::AsRead,
    library::{Asking, Retrieved, Scope},
};
pub(crate) use cite::MarkFilter;
use reading::Reading;
#[cfg(test)]
pub(crate) use reading::tests::passage;

/// Collections of one question, and parts of them.
pub(crate) const COLLECTIONS: usize = 32;
/// What stands between the parts of a turn.
pub(crate) const BREAK: &str = "\n\n";
/// Passages that are looked for.
const PASSAGES: u32 = 8;
/// Characters that they may have together before tokens are counted.
const CHARACTERS: usize = 12_000;
/// Of the context, the parts that passages and the answer may take at most: a half and a quarter.
const OF_CONTEXT: u32 = 2;
const FOR_ANSWER: u32 = 4;
/// A question of fewer words leans on the one before it.
const LEANS: usize = 4;
/// What is the answer where no document answers; windows say it in their own language.
pub(crate) const NO_ANSWER: &str = "Your documents do not answer that.";

/// What a conversation asks of documents, by its questions, the newest first; `None` where there are
/// none.
pub(crate) fn question_of<'a>(mut questions: impl Iterator<Item = &'a str>) -> Option<String> {
    let last = questions.next()?;
    let leans = last.split_whitespace().count() < LEANS;
    let before = questions.next().filter(|_| leans);
    Some(before.map_or_else(|| last.to_owned(), |before| format!("{before}\n{last}")))
}

/// What documents are to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reliance {
    /// It rests on them alone: where they do not answer, the model is not asked.
    Alone,
    /// They go with the question: the best of them are read whatever is asked.
    Beside,
    /// All of them is read, from the beginning to the end.
    Whole,
    /// Notes on all of them are read.
    Notes,
}

/// What an answer reads, with what it will be compared with.
pub(crate) struct Sources {
    reading: Reading,
    hashes: Vec<Option<[u8; 32]>>,
}

impl Sources {
    /// What was found, as far as it may be read; how sure it was that nothing answers where nothing
    /// does. `read` says of each passage how it is read.
    pub(crate) fn of(
        mut found: Retrieved,
        read: Vec<Option<AsRead>>,
        reliance: Reliance,
    ) -> Result<std::result::Result<Self, f64>> {
        let may_read: Vec<bool> = read.iter().map(Option::is_some).collect();
        if may_read.contains(&false) {
            // What answered may be what is left out.
            found.judge_by(&may_read);
        }
        let (answers, confidence) = (found.page.answerable, found.page.confidence);
        let enough = answers || reliance != Reliance::Alone;
        let reading = Reading::new(found.page, read, fence()?, reliance);
        Ok(match enough && !reading.passages.is_empty() {
            true => Ok(Self { reading, hashes: found.hashes }),
            false => Err(confidence),
        })
    }

    /// How sure it is that one of the passages answers.
    pub(crate) fn confidence(&self) -> f32 {
        self.reading.confidence
    }

    /// The line that the prompt draws around each passage, of this request alone.
    pub(crate) fn fence(&self) -> &str {
        &self.reading.fence
    }

    /// How many passages are read.
    pub(crate) fn passages(&self) -> u32 {
        u32::try_from(self.reading.passages.len()).unwrap_or(u32::MAX)
    }

    /// Takes citations of what there is not out of the answer.
    pub(crate) fn marks(&self) -> MarkFilter {
        MarkFilter::new(self.passages())
    }

    /// What a finished answer cites.
    pub(crate) fn cited(&self, answer: &str) -> Vec<StoredCitation> {
        let texts: Vec<&str> = self.reading.passages.iter().map(|it| it.text.as_str()).collect();
        let cited =
            grounding::support(answer, &texts).into_iter().filter_map(|(number, support)| {
                let passage = self.reading.passages.get(number as usize - 1)?;
                let hash = self.hashes.get(passage.rank as usize - 1).copied().flatten();
                Some(StoredCitation { citation: citation(number, passage, support), hash })
            });
        cited.collect()
    }
}

impl App {
    /// Searches for an answer.
    pub(crate) async fn search_for(
        self: &Arc<Self>,
        scope: Scope,
        question: String,
    ) -> Result<Retrieved> {
        let asking = Asking { scope, text: question, k: PASSAGES };
        self.retrieve(asking, Some(CHARACTERS)).await
    }

    /// Lets the turns read the passages, as many as the context of the model has room for.
    pub(crate) async fn let_read(
        &self,
        model: &LoadedModel,
        mut sources: Sources,
        mut turns: Vec<Turn>,
        wanted: Option<u32>,
    ) -> Result<(Sources, Vec<Turn>)> {
        let counter = model.counter().ok_or(Error::ShuttingDown)?;
        blocking(move || {
            let room = room(&counter, &turns, wanted, sources.reading.reliance)?;
            sources.reading.fit(room, |text| counter.text(None, text))?;
            sources.reading.put_into(&mut turns);
            Ok::<_, Error>((sources, turns))
        })
        .await
    }
}

/// Tokens that passages of an answer may take, beside the turns that nothing is left out of, what is said
/// of the passages, and an answer of as many tokens as are wanted.
pub(crate) fn room(
    counter: &TokenCounter,
    turns: &[Turn],
    wanted: Option<u32>,
    reliance: Reliance,
) -> Result<u32> {
    let size = counter.sequence_limit();
    let mut ends: Vec<_> = turns.iter().filter(|turn| turn.role == Role::System).collect();
    ends.extend(turns.last());
    let mut taken = wanted.unwrap_or(size / FOR_ANSWER).min(size / FOR_ANSWER);
    taken = taken.saturating_add(counter.text(None, &reading::rule(reliance, &fence()?))?);
    for turn in ends {
        taken = taken.saturating_add(counter.text(None, &turn.content)?);
    }
    Ok(size.saturating_sub(taken).min(size / OF_CONTEXT))
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

/// A line that no document can know.
fn fence() -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::TaskFailed)?;
    Ok(format!("====={}", data_encoding::HEXLOWER.encode(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_question_leans_on_the_one_before_it() {
        let asked = |questions: &[&str]| question_of(questions.iter().copied());
        assert_eq!(
            asked(&["And when?", "Where is the depot?"]).unwrap(),
            "Where is the depot?\nAnd when?"
        );
        let long = "When does the depot open?";
        assert_eq!(asked(&[long, "Where is the depot?"]).unwrap(), long);
        assert_eq!(asked(&[]), None);
    }
}
