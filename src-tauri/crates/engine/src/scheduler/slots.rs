//! Which tokens each sequence of the context holds, and which sequence serves a new prompt best.
//!
//! A sequence that no request uses keeps its tokens, so that the next turn of a chat finds them.
//! Not here: the KV cache itself; the owner does there what is noted here.

/// A prefix shorter than this is not worth a copy: reading a few tokens costs one step either way.
const WORTH_COPYING: usize = 4;

#[derive(Debug)]
struct Slot<T> {
    tokens: Vec<T>,
    leased: bool,
    used: u64,
}

/// Where a prompt goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The sequence.
    pub(crate) seq: usize,
    /// How many tokens of the prompt need not be read again.
    pub(crate) reuse: usize,
    /// The sequence to take them from, where it is another one.
    pub(crate) from: Option<usize>,
}

/// The sequences of one context.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    slots: Vec<Slot<T>>,
    clock: u64,
    /// Whether the model lets a sequence be cut and copied in part.
    divisible: bool,
}

impl<T: Copy + PartialEq> Slots<T> {
    pub(crate) fn new(count: usize, divisible: bool) -> Self {
        let slot = || Slot { tokens: Vec::new(), leased: false, used: 0 };
        Self { slots: (0..count).map(|_| slot()).collect(), clock: 0, divisible }
    }

    /// The best place for a prompt; `None` while every sequence is in use.
    ///
    /// A sequence that the prompt goes on from (or shares half of) is continued. Otherwise an
    /// empty one, else the one unused for longest, is taken, and the longest common beginning is
    /// copied into it, which costs nothing in a unified cache.
    pub(crate) fn choose(&self, prompt: &[T]) -> Option<Choice> {
        let common: Vec<usize> =
            self.slots.iter().map(|slot| self.usable(&slot.tokens, prompt)).collect();
        let idle = || (0..self.slots.len()).filter(|&i| !self.slots[i].leased);
        let best = idle().max_by_key(|&i| (common[i], self.slots[i].used))?;
        if common[best] > 0 && 2 * common[best] >= self.slots[best].tokens.len() {
            return Some(Choice { seq: best, reuse: common[best], from: None });
        }
        let seq = idle().min_by_key(|&i| (!self.slots[i].tokens.is_empty(), self.slots[i].used))?;
        let donor = (0..self.slots.len()).max_by_key(|&i| common[i])?;
        if self.divisible && common[donor] >= WORTH_COPYING {
            let from = (donor != seq).then_some(donor);
            return Some(Choice { seq, reuse: common[donor], from });
        }
        Some(Choice { seq, reuse: 0, from: None })
    }

    /// How much of what is held serves the prompt; its last token is always read, for its logits.
    fn usable(&self, held: &[T], prompt: &[T]) -> usize {
        let most = prompt.len().saturating_sub(1);
        let common = held.iter().zip(&prompt[..most]).take_while(|(a, b)| a == b).count();
        if self.divisible || common == held.len() { common } else { 0 }
    }

    /// Gives the sequence to a request; it holds the beginning of the prompt from now on.
    pub(crate) fn lease(&mut self, seq: usize, beginning: &[T]) {
        let slot = &mut self.slots[seq];
        slot.leased = true;
        slot.tokens.clear();
        slot.tokens.extend_from_slice(beginning);
    }

    /// Takes it back; its tokens stay.
    pub(crate) fn release(&mut self, seq: usize) {
        self.clock += 1;
        let slot = &mut self.slots[seq];
        slot.leased = false;
        slot.used = self.clock;
    }

    /// Tokens that were read into a sequence.
    pub(crate) fn extend(&mut self, seq: usize, tokens: &[T]) {
        self.slots[seq].tokens.extend_from_slice(tokens);
    }

    /// A sequence lost its tokens from here on.
    pub(crate) fn truncate(&mut self, seq: usize, len: usize) {
        self.slots[seq].tokens.truncate(len);
    }

    /// How many tokens a sequence holds.
    pub(crate) fn len(&self, seq: usize) -> usize {
        self.slots[seq].tokens.len()
    }

    /// Tokens held in all; shared ones count more than once.
    pub(crate) fn total(&self) -> usize {
        self.slots.iter().map(|slot| slot.tokens.len()).sum()
    }

    /// Forgets the tokens of the sequence that has been unused for longest, and names it.
    pub(crate) fn evict(&mut self) -> Option<usize> {
        let idle = self.slots.iter().enumerate();
        let idle = idle.filter(|(_, slot)| !slot.leased && !slot.tokens.is_empty());
        let seq = idle.min_by_key(|(_, slot)| slot.used)?.0;
        self.slots[seq].tokens.clear();
        Some(seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(slots: &mut Slots<u8>, seq: usize, tokens: &[u8]) {
        slots.lease(seq, tokens);
        slots.release(seq);
    }

    #[test]
    fn the_next_turn_of_a_chat_continues_its_sequence() {
        let mut slots = Slots::new(3, true);
        text(&mut slots, 1, b"hello");
        text(&mut slots, 2, b"other");
        let choice = slots.choose(b"hello again");
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 5, from: None }));
    }

    #[test]
    fn the_last_token_is_read_again_for_its_logits() {
        let mut slots = Slots::new(1, true);
        text(&mut slots, 0, b"hello");
        assert_eq!(slots.choose(b"hello"), Some(Choice { seq: 0, reuse: 4, from: None }));
    }

    #[test]
    fn common_instructions_are_copied_and_do_not_cost_another_chat_its_tokens() {
        let mut slots = Slots::new(3, true);
        let instructions = [b'i'; 20];
        let chat = [instructions.as_slice(), &[b'a'; 40]].concat();
        text(&mut slots, 0, &chat);
        let other = [instructions.as_slice(), &[b'b'; 5]].concat();
        let choice = slots.choose(&other);
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 20, from: Some(0) }));
    }

    #[test]
    fn a_sequence_in_use_lends_its_beginning() {
        let mut slots = Slots::new(2, true);
        slots.lease(0, &[7; 30]);
        let choice = slots.choose(&[7; 31]);
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 30, from: Some(0) }));
    }

    #[test]
    fn a_model_that_cannot_be_cut_is_only_continued() {
        let mut slots = Slots::new(2, false);
        text(&mut slots, 0, b"hello");
        assert_eq!(slots.choose(b"help!"), Some(Choice { seq: 1, reuse: 0, from: None }));
        assert_eq!(slots.choose(b"hello!"), Some(Choice { seq: 0, reuse: 5, from: None }));
    }

    #[test]
    fn the_one_unused_for_longest_is_evicted_and_none_in_use() {
        let mut slots = Slots::new(3, true);
        slots.lease(0, b"busy");
        text(&mut slots, 2, b"old");
        text(&mut slots, 1, b"new");
        assert_eq!((slots.evict(), slots.evict(), slots.evict()), (Some(2), Some(1), None));
        assert_eq!((slots.total(), slots.len(0)), (4, 4));
    }

    #[test]
    fn there_is_no_place_while_every_sequence_is_in_use() {
        let mut slots = Slots::new(1, true);
        slots.lease(0, b"busy");
        assert_eq!(slots.choose(b"x"), None);
    }
}
