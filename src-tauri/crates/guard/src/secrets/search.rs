//! The words that names, sentences and commands are known by, looked for together in one pass over a
//! text.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{
    assigned, commands,
    spoken::{self, Speaks},
};

/// What a word belongs to.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Name,
    Sentence(Speaks),
    Command(usize),
}

#[derive(Debug)]
pub(super) struct Search {
    words: Option<AhoCorasick>,
    owners: Vec<Owner>,
}

/// The words of a text, by place; of two that overlap and are of one sort, the one that ends first.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) names: Vec<Range<usize>>,
    /// Where words begin that sentences have, and of what they speak.
    pub(super) sentences: Vec<(usize, Speaks)>,
    /// Which commands have a word in the text.
    pub(super) commands: Vec<usize>,
}

impl Search {
    pub(super) fn new() -> Self {
        let names = assigned::WORDS.iter().map(|word| (Owner::Name, *word));
        let sentences = spoken::starts().map(|(speaks, word)| (Owner::Sentence(speaks), word));
        let commands = commands::words().map(|(at, word)| (Owner::Command(at), word));
        let (owners, words): (Vec<Owner>, Vec<&str>) =
            names.chain(sentences).chain(commands).unzip();
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words)
            .ok();
        Self { words, owners }
    }

    pub(super) fn words(&self, text: &str) -> Words {
        let mut words = Words::default();
        let (mut name, mut sentence) = (0, 0);
        for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(text)) {
            match self.owners[found.pattern().as_usize()] {
                Owner::Name if found.start() >= name => {
                    name = found.end();
                    words.names.push(found.range());
                }
                Owner::Sentence(speaks) if found.start() >= sentence => {
                    sentence = found.end();
                    words.sentences.push((found.start(), speaks));
                }
                Owner::Command(at) if !words.commands.contains(&at) => words.commands.push(at),
                Owner::Name | Owner::Sentence(_) | Owner::Command(_) => {}
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static SEARCH: LazyLock<Search> = LazyLock::new(Search::new);

    proptest! {
        #[test]
        fn words_are_those_that_each_sort_finds_alone(
            text in "(?:pass|word|Pw|d|secret|token|key|webhook_url|clave| de acceso|キー|密码|пароль|я| |set|env ){0,12}"
        ) {
            let alone = |words: Vec<&str>| {
                let words = AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap();
                words.find_iter(&text).map(|found| found.range()).collect::<Vec<_>>()
            };
            let words = SEARCH.words(&text);
            prop_assert_eq!(words.names, alone(assigned::WORDS.to_vec()));
            let sentences = alone(spoken::starts().map(|(_, word)| word).collect());
            let starts = sentences.into_iter().map(|it| it.start).collect::<Vec<_>>();
            prop_assert_eq!(words.sentences.iter().map(|it| it.0).collect::<Vec<_>>(), starts);
        }
    }
}
