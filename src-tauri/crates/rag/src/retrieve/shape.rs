//! From ranked chunks to passages: near-duplicates and too much of one section are left out, what
//! overlaps is joined, and what room is left is given to the neighbours of the best.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{Parts, Passage, Question};
use crate::index::{FileKey, Hit, Index, StoredChunk};

/// Two passages that share more of their words than this are one.
const SAME: f32 = 0.9;
/// Texts of fewer different words are not compared.
const LEAST_WORDS: usize = 20;
/// Chunks that are read at once.
const BATCH: usize = 32;

/// A chunk that was chosen, and what it was chosen for.
struct Chosen {
    stored: StoredChunk,
    score: f32,
    parts: Parts,
}

/// The passages of a question, the best first.
pub(super) fn shape<I: Index>(
    index: &I,
    question: &Question<'_>,
    ranked: &[(Hit, f32)],
) -> Result<Vec<Passage>, I::Error> {
    let chosen = choose(index, question, ranked)?;
    let mut passages: Vec<Passage> = Vec::new();
    for one in chosen {
        match question.budget {
            Some(_) => join_or_push(&mut passages, one),
            None => passages.push(passage(one)),
        }
    }
    if let Some(budget) = question.budget {
        fit(&mut passages, budget);
        widen(index, &mut passages, budget)?;
    }
    Ok(passages)
}

/// The best chunks, without repetition. What is too much of one section comes after the others.
fn choose<I: Index>(
    index: &I,
    question: &Question<'_>,
    ranked: &[(Hit, f32)],
) -> Result<Vec<Chosen>, I::Error> {
    let one_file = question.filter.count() == Some(1);
    let (mut chosen, mut later) = (Vec::new(), Vec::new());
    let mut words: Vec<Vec<u64>> = Vec::new();
    let mut of_section: HashMap<(FileKey, u32), usize> = HashMap::new();
    'all: for batch in ranked.chunks(BATCH) {
        let keys: Vec<_> = batch.iter().map(|(hit, _)| hit.chunk).collect();
        for stored in index.chunks(&keys)? {
            let Some((hit, score)) = batch.iter().find(|(hit, _)| hit.chunk == stored.key) else {
                continue;
            };
            let own = words_of(&stored.chunk.text);
            if words.iter().any(|other| same(other, &own)) {
                continue;
            }
            words.push(own);
            let count = of_section.entry((stored.file, stored.chunk.section)).or_default();
            *count += 1;
            let enough = !one_file && *count > question.per_section;
            let list = if enough { &mut later } else { &mut chosen };
            list.push(Chosen { stored, score: *score, parts: Parts::from(hit) });
            if chosen.len() == question.k {
                break 'all;
            }
        }
    }
    later.truncate(question.k.saturating_sub(chosen.len()));
    chosen.append(&mut later);
    Ok(chosen)
}

/// The words of a text, each once, as sorted hashes.
fn words_of(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut hashes: Vec<u64> = words
        .map(|word| {
            let mut hasher = DefaultHasher::new();
            word.to_lowercase().hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Whether two texts have nearly the same words. Short ones may differ in the one that matters.
fn same(one: &[u64], other: &[u64]) -> bool {
    let all = one.len().max(other.len());
    let (mut shared, mut left, mut right) = (0_usize, one, other);
    while let ([a, next_left @ ..], [b, next_right @ ..]) = (left, right) {
        shared += usize::from(a == b);
        (left, right) = match a.cmp(b) {
            Ordering::Less => (next_left, right),
            Ordering::Greater => (left, next_right),
            Ordering::Equal => (next_left, next_right),
        };
    }
    all >= LEAST_WORDS && shared as f32 / all as f32 > SAME
}

fn passage(chosen: Chosen) -> Passage {
    let chunk = chosen.stored.chunk;
    Passage {
        file: chosen.stored.file,
        chunks: vec![chosen.stored.key],
        best: chosen.stored.key,
        ordinals: chunk.ordinal..chunk.ordinal + 1,
        section: chunk.section,
        span: chunk.span,
        characters: chunk.characters,
        pages: chunk.pages,
        heading: chunk.heading,
        text: chunk.text,
        score: chosen.score,
        parts: chosen.parts,
    }
}

/// Joins a chunk with the passage that it touches or overlaps, or begins a new one.
fn join_or_push(passages: &mut Vec<Passage>, chosen: Chosen) {
    let stored = &chosen.stored;
    let touching = passages.iter_mut().find(|passage| touches(passage, stored));
    match touching {
        Some(passage) => join(passage, stored),
        None => passages.push(passage(chosen)),
    }
}

fn touches(passage: &Passage, stored: &StoredChunk) -> bool {
    let ordinal = stored.chunk.ordinal;
    passage.file == stored.file
        && passage.section == stored.chunk.section
        && (ordinal + 1 == passage.ordinals.start || ordinal == passage.ordinals.end)
}

/// Puts a chunk before or behind a passage of the same section, without what both have.
fn join(passage: &mut Passage, stored: &StoredChunk) {
    let chunk = &stored.chunk;
    if chunk.ordinal < passage.ordinals.start {
        passage.text = joined(&chunk.text, &passage.text);
        passage.ordinals.start = chunk.ordinal;
        passage.span.start = chunk.span.start;
        passage.characters.0 = chunk.characters.0;
        passage.pages.0 = chunk.pages.0;
        passage.chunks.insert(0, stored.key);
    } else {
        passage.text = joined(&passage.text, &chunk.text);
        passage.ordinals.end = chunk.ordinal + 1;
        passage.span.end = chunk.span.end;
        passage.characters.1 = chunk.characters.1;
        passage.pages.1 = chunk.pages.1;
        passage.chunks.push(stored.key);
    }
}

/// Two texts as one, the end of the first that begins the second once.
fn joined(first: &str, second: &str) -> String {
    let longest = first.len().min(second.len());
    let starts = first.char_indices().map(|(at, _)| at).filter(|at| first.len() - at <= longest);
    let shared = starts.map(|at| &first[at..]).find(|end| second.starts_with(end));
    match shared {
        Some(shared) => format!("{first}{}", &second[shared.len()..]),
        None => format!("{first}\n{second}"),
    }
}

/// Leaves out what the budget has no room for; the best always stays.
fn fit(passages: &mut Vec<Passage>, budget: usize) {
    let mut used = 0;
    let mut first = true;
    passages.retain(|passage| {
        let characters = passage.text.chars().count();
        let fits = std::mem::take(&mut first) || used + characters <= budget;
        used += if fits { characters } else { 0 };
        fits
    });
}

/// Gives what room is left to the neighbours of the passages, the best passage first.
fn widen<I: Index>(index: &I, passages: &mut [Passage], budget: usize) -> Result<(), I::Error> {
    let mut used: usize = passages.iter().map(|passage| passage.text.chars().count()).sum();
    for at in 0..passages.len() {
        let passage = &passages[at];
        let around = passage.ordinals.start.saturating_sub(1)..passage.ordinals.end + 1;
        // The one behind first: a text goes on.
        let mut neighbours = index.chunks_of(passage.file, around)?;
        neighbours.reverse();
        for stored in neighbours {
            let taken = passages.iter().any(|other| {
                other.file == stored.file && other.ordinals.contains(&stored.chunk.ordinal)
            });
            let characters = stored.chunk.text.chars().count();
            if taken || !touches(&passages[at], &stored) || used + characters > budget {
                continue;
            }
            used += characters;
            join(&mut passages[at], &stored);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_chunks_share_stands_once() {
        assert_eq!(joined("One. Two. Three.", "Three. Four."), "One. Two. Three. Four.");
        assert_eq!(joined("row 1", "row 2"), "row 1\nrow 2");
        assert_eq!(joined("語語。", "語。文"), "語語。文");
    }

    #[test]
    fn ac_26_nearly_the_same_text_is_told_from_another() {
        let text = |last: &str| (0..30).map(|n| format!("word{n} ")).collect::<String>() + last;
        assert!(same(&words_of(&text("one")), &words_of(&text("two"))));
        assert!(!same(&words_of("the price is 5"), &words_of("the price is 6")));
    }
}
