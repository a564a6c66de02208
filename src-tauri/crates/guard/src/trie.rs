//! Words by their beginnings, to be looked for at one place of a text after the other. Not a search
//! of a whole text: who looks knows where words may begin, and most places are no such place.

use std::ops::Range;

/// No node: a byte that no word goes on with.
const NONE: u32 = 0;

/// A place that some words reach. Those that go on from it stand one after the other.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// Which bytes may lead on, by their last six bits: most that a text has lead nowhere.
    may: u64,
    children: u16,
    /// Whether one word alone goes on from here. Its rest is compared as a whole: else most places
    /// would be of such words, each far from the other in memory.
    alone: bool,
    /// The first place that goes on from here, or the word that does so alone.
    first: u32,
    /// The words that end here.
    words: (u32, u32),
}

/// A word.
#[derive(Debug)]
struct Word {
    number: u32,
    letters: Range<usize>,
}

/// The words, by number.
#[derive(Debug)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    /// The byte that leads to each node.
    bytes: Vec<u8>,
    /// The words in the order of the alphabet, and the letters of all.
    words: Vec<Word>,
    letters: Vec<u8>,
    /// Where each first byte leads.
    first: [u32; 256],
    /// The first bytes that are words.
    short: [bool; 256],
    /// Where each pair of small letters leads, and which bytes may lead on from there, all if the
    /// pair is a word: most words of a text end here, without a look at any node.
    pairs: Vec<(u32, u64)>,
}

/// Small letters.
const LETTERS: usize = 26;

impl Trie {
    /// Of these words, each with its number. Empty ones are nowhere.
    pub(crate) fn new<'a>(words: impl Iterator<Item = (u32, &'a str)>) -> Self {
        let mut sorted: Vec<(&[u8], u32)> =
            words.filter(|(_, it)| !it.is_empty()).map(|(at, it)| (it.as_bytes(), at)).collect();
        sorted.sort_unstable();
        let mut trie = Self {
            nodes: vec![Node::default()],
            bytes: vec![0],
            words: Vec::with_capacity(sorted.len()),
            letters: Vec::new(),
            first: [NONE; 256],
            short: [false; 256],
            pairs: vec![(NONE, 0); LETTERS * LETTERS],
        };
        for (letters, number) in &sorted {
            let start = trie.letters.len();
            trie.letters.extend_from_slice(letters);
            trie.words.push(Word { number: *number, letters: start..trie.letters.len() });
        }
        trie.grow(&sorted);
        trie.grow_shortcuts();
        trie
    }

    fn grow(&mut self, sorted: &[(&[u8], u32)]) {
        // The node, the words that pass through it, and how many bytes of each lie behind. The last
        // comes first, so that what goes on from a node lies near to it.
        let mut open = vec![(0, 0..sorted.len(), 0)];
        while let Some((node, through, depth)) = open.pop() {
            let words = &sorted[through.clone()];
            let mut grown = Node::default();
            let mut at = through.start + words.iter().take_while(|it| it.0.len() == depth).count();
            grown.words = (small(through.start), small(at));
            // The shortcuts lead to the second letter.
            if depth >= 2 && at + 1 == through.end {
                (grown.alone, grown.first) = (true, small(at));
                grown.may = bit(sorted[at].0[depth]);
                self.nodes[node] = grown;
                continue;
            }
            grown.first = small(self.nodes.len());
            while at < through.end {
                let byte = sorted[at].0[depth];
                let same = sorted[at..through.end].iter().take_while(|it| it.0[depth] == byte);
                let until = at + same.count();
                open.push((self.nodes.len(), at..until, depth + 1));
                self.nodes.push(Node::default());
                self.bytes.push(byte);
                grown.children += 1;
                grown.may |= bit(byte);
                at = until;
            }
            self.nodes[node] = grown;
        }
    }

    fn grow_shortcuts(&mut self) {
        let is_word = |node: Node| node.words.0 < node.words.1;
        for byte in 0..=u8::MAX {
            let node = self.next(0, byte);
            self.first[usize::from(byte)] = node;
            self.short[usize::from(byte)] = node != NONE && is_word(self.nodes[node as usize]);
            for other in (b'a'..=b'z').filter(|_| node != NONE) {
                let next = self.next(node, other);
                if let Some(pair) = pair(byte, other).filter(|_| next != NONE) {
                    let Node { may, .. } = self.nodes[next as usize];
                    let may = if is_word(self.nodes[next as usize]) { u64::MAX } else { may };
                    self.pairs[pair] = (next, may);
                }
            }
        }
    }

    /// Whether a word begins with this byte.
    pub(crate) fn begins(&self, byte: u8) -> bool {
        self.first[usize::from(byte)] != NONE
    }

    /// A quick look whether a word may begin with these bytes.
    pub(crate) fn may_begin(&self, text: &[u8]) -> bool {
        let [first, rest @ ..] = text else { return false };
        let node = self.first[usize::from(*first)];
        let next = rest.first().map_or(0, |second| bit(*second));
        self.short[usize::from(*first)] || self.nodes[node as usize].may & next != 0
    }

    /// Calls `each` with every word that the text begins with, and its length.
    pub(crate) fn at_start(&self, text: &[u8], mut each: impl FnMut(u32, usize)) {
        let [first, rest @ ..] = text else { return };
        let pair = rest.first().and_then(|second| pair(*first, *second));
        let (mut node, mut length) = match pair.map(|pair| self.pairs[pair]) {
            Some((node, may)) if !self.short[usize::from(*first)] => {
                if rest.get(1).is_some_and(|third| may & bit(*third) == 0) {
                    return;
                }
                (node, 2)
            }
            _ => (self.first[usize::from(*first)], 1),
        };
        while node != NONE {
            let Node { words: (from, to), alone, first, .. } = self.nodes[node as usize];
            for word in &self.words[from as usize..to as usize] {
                each(word.number, length);
            }
            if alone {
                let word = &self.words[first as usize];
                let letters = &self.letters[word.letters.clone()];
                if text[length..].starts_with(&letters[length..]) {
                    each(word.number, letters.len());
                }
                return;
            }
            let Some(byte) = text.get(length) else { return };
            node = self.next(node, *byte);
            length += 1;
        }
    }

    /// Where a byte leads from a node.
    fn next(&self, node: u32, byte: u8) -> u32 {
        let Node { may, first, children, .. } = self.nodes[node as usize];
        if may & bit(byte) == 0 {
            return NONE;
        }
        let from = first as usize;
        let children = &self.bytes[from..from + usize::from(children)];
        let child = children.iter().zip(first..).find(|(it, _)| **it == byte);
        child.map_or(NONE, |(_, child)| child)
    }
}

/// The place of a pair of small letters.
fn pair(one: u8, other: u8) -> Option<usize> {
    let place = |byte: u8| byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'));
    Some(place(one)? * LETTERS + place(other)?)
}

fn bit(byte: u8) -> u64 {
    1 << (byte & 63)
}

/// Lexicons are far below 4 GiB.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(u32, usize)> {
        // `p` and `0` have the same last six bits.
        let words = ["do", "door", "do", "", "tür", "a", "ap", "a0", "a0b"];
        let trie = Trie::new((0..).zip(words));
        let mut found = Vec::new();
        trie.at_start(text.as_bytes(), |word, length| found.push((word, length)));
        found
    }

    #[test]
    fn every_word_that_a_text_begins_with_is_told() {
        assert_eq!(found("doors"), [(0, 2), (2, 2), (1, 4)]);
        assert_eq!(found("do"), [(0, 2), (2, 2)]);
        assert_eq!(found("tür"), [(4, 4)]);
        assert_eq!(found("apt"), [(5, 1), (6, 2)]);
        assert_eq!(found("a0b"), [(5, 1), (7, 2), (8, 3)]);
        assert_eq!(found("tü"), []);
        assert_eq!(found("odor"), []);
        assert_eq!(found(""), []);
    }
}
