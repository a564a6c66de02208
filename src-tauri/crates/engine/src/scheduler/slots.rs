//! Which tokens each sequence of the context holds, and which sequence serves a new prompt best.
//!
//! A sequence that no request uses keeps its tokens, so that the next turn of a chat finds them.
//! Tokens serve only the scope that they were read for: a caller never gains from what another one
//! asked. Not here: the KV cache itself; the owner does there what is noted here.

/// A prefix shorter than this is not worth a copy: reading a few tokens costs one step either way.
const WORTH_COPYING: usize = 4;

/// Where the model lets a sequence be cut and copied in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Anywhere.
    Anywhere,
    /// Where so many tokens before the cut are still held: a sliding window.
    Window(usize),
    /// Nowhere: a state holds all that was read.
    Never,
}

#[derive(Debug)]
struct Slot<T, S> {
    tokens: Vec<T>,
    /// Whose tokens they are.
    scope: Option<S>,
    /// The first position that is held in every layer.
    low: usize,
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
pub(crate) struct Slots<T, S> {
    slots: Vec<Slot<T, S>>,
    clock: u64,
    cut: Cut,
}

impl<T: Copy + PartialEq, S: Copy + PartialEq> Slots<T, S> {
    pub(crate) fn new(count: usize, cut: Cut) -> Self {
        let slot = || Slot { tokens: Vec::new(), scope: None, low: 0, leased: false, used: 0 };
        Self { slots: (0..count).map(|_| slot()).collect(), clock: 0, cut }
    }

    /// The best place for a prompt; `None` while every sequence is in use.
    ///
    /// A sequence that the prompt goes on from (or shares half of) is continued. Otherwise an
    /// empty one, else the one unused for longest, is taken, and the longest common beginning is
    /// copied into it, which costs nothing in a unified cache.
    pub(crate) fn choose(&self, prompt: &[T], scope: S) -> Option<Choice> {
        let common: Vec<usize> =
            self.slots.iter().map(|slot| self.usable(slot, prompt, scope)).collect();
        let idle = || (0..self.slots.len()).filter(|&i| !self.slots[i].leased);
        let best = idle().max_by_key(|&i| (common[i], self.slots[i].used))?;
        if common[best] > 0 && 2 * common[best] >= self.slots[best].tokens.len() {
            return Some(Choice { seq: best, reuse: common[best], from: None });
        }
        let seq = idle().min_by_key(|&i| (!self.slots[i].tokens.is_empty(), self.slots[i].used))?;
        let donor = (0..self.slots.len()).max_by_key(|&i| common[i])?;
        if self.cut != Cut::Never && common[donor] >= WORTH_COPYING {
            let from = (donor != seq).then_some(donor);
            return Some(Choice { seq, reuse: common[donor], from });
        }
        Some(Choice { seq, reuse: 0, from: None })
    }

    /// How much of what is held serves the prompt; its last token is always read, for its logits.
    fn usable(&self, slot: &Slot<T, S>, prompt: &[T], scope: S) -> usize {
        if slot.scope != Some(scope) {
            return 0;
        }
        let most = prompt.len().saturating_sub(1);
        let common = common(&slot.tokens, &prompt[..most]);
        let whole = common == slot.tokens.len();
        match self.cut {
            _ if whole => common,
            Cut::Window(window) if slot.low > common.saturating_sub(window) => 0,
            Cut::Anywhere | Cut::Window(_) => common,
            Cut::Never => 0,
        }
    }

    /// Gives the sequence to a request; it holds the beginning of the prompt from now on.
    pub(crate) fn lease(&mut self, seq: usize, beginning: &[T], scope: S) {
        let slot = &mut self.slots[seq];
        slot.leased = true;
        slot.scope = Some(scope);
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

    /// Whether sequences can share a beginning at all.
    pub(crate) fn shares(&self) -> bool {
        self.cut != Cut::Never
    }

    /// Whether a sequence is a state that holds all that was read, of which nothing can be taken back.
    pub(crate) fn holds_states(&self) -> bool {
        self.cut == Cut::Never
    }

    /// Whether another sequence can have the first tokens of this one.
    pub(crate) fn can_lend(&self, seq: usize, tokens: usize) -> bool {
        let slot = &self.slots[seq];
        match self.cut {
            Cut::Anywhere => true,
            Cut::Window(window) => slot.low <= tokens.saturating_sub(window),
            Cut::Never => false,
        }
    }

    /// Notes the first position that every layer of a sequence holds.
    pub(crate) fn note_low(&mut self, seq: usize, low: usize) {
        self.slots[seq].low = low;
    }

    /// What a sequence holds, and for whom it was read.
    pub(crate) fn held(&self, seq: usize) -> (&[T], Option<S>) {
        (&self.slots[seq].tokens, self.slots[seq].scope)
    }

    /// Whether a request has the sequence.
    pub(crate) fn is_leased(&self, seq: usize) -> bool {
        self.slots[seq].leased
    }

    /// How many tokens a sequence holds.
    pub(crate) fn len(&self, seq: usize) -> usize {
        self.slots[seq].tokens.len()
    }

    /// Tokens held in all; shared ones count more than once.
    pub(crate) fn total(&self) -> usize {
        self.slots.iter().map(|slot| slot.tokens.len()).sum()
    }

    /// The sequence to be forgotten first: the one that has been unused for longest.
    pub(crate) fn oldest(&self) -> Option<usize> {
        self.idle().next()
    }

    /// Sequences that hold something for nobody just now, the one unused for longest first.
    pub(crate) fn idle(&self) -> impl Iterator<Item = usize> + use<T, S> {
        let idle = self.slots.iter().enumerate();
        let idle = idle.filter(|(_, slot)| !slot.leased && !slot.tokens.is_empty());
        let mut idle: Vec<_> = idle.map(|(seq, slot)| (slot.used, seq)).collect();
        idle.sort_unstable();
        idle.into_iter().map(|(_, seq)| seq)
    }
}

/// How many tokens two texts begin with together.
pub(crate) fn common<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A caller.
    const ME: u8 = 1;
    const OTHER: u8 = 2;

    fn text(slots: &mut Slots<u8, u8>, seq: usize, tokens: &[u8]) {
        slots.lease(seq, tokens, ME);
        slots.release(seq);
    }

    #[test]
    fn the_next_turn_of_a_chat_continues_its_sequence() {
        let mut slots = Slots::new(3, Cut::Anywhere);
        text(&mut slots, 1, b"hello");
        text(&mut slots, 2, b"other");
        let choice = slots.choose(b"hello again", ME);
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 5, from: None }));
    }

    #[test]
    fn the_last_token_is_read_again_for_its_logits() {
        let mut slots = Slots::new(1, Cut::Anywhere);
        text(&mut slots, 0, b"hello");
        assert_eq!(slots.choose(b"hello", ME), Some(Choice { seq: 0, reuse: 4, from: None }));
    }

    #[test]
    fn common_instructions_are_copied_and_do_not_cost_another_chat_its_tokens() {
        let mut slots = Slots::new(3, Cut::Anywhere);
        let instructions = [b'i'; 20];
        let chat = [instructions.as_slice(), &[b'a'; 40]].concat();
        text(&mut slots, 0, &chat);
        let other = [instructions.as_slice(), &[b'b'; 5]].concat();
        let choice = slots.choose(&other, ME);
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 20, from: Some(0) }));
    }

    #[test]
    fn a_sequence_in_use_lends_its_beginning() {
        let mut slots = Slots::new(2, Cut::Anywhere);
        slots.lease(0, &[7; 30], ME);
        let choice = slots.choose(&[7; 31], ME);
        assert_eq!(choice, Some(Choice { seq: 1, reuse: 30, from: Some(0) }));
    }

    #[test]
    fn what_one_caller_asked_serves_no_other() {
        let mut slots = Slots::new(2, Cut::Anywhere);
        slots.lease(0, &[7; 30], ME);
        assert_eq!(slots.choose(&[7; 31], OTHER), Some(Choice { seq: 1, reuse: 0, from: None }));
        slots.release(0);
        slots.lease(1, b"x", OTHER);
        assert_eq!(slots.choose(&[7; 31], OTHER), Some(Choice { seq: 0, reuse: 0, from: None }));
    }

    #[test]
    fn a_model_that_cannot_be_cut_is_only_continued() {
        let mut slots = Slots::new(2, Cut::Never);
        text(&mut slots, 0, b"hello");
        assert_eq!(slots.choose(b"help!", ME), Some(Choice { seq: 1, reuse: 0, from: None }));
        assert_eq!(slots.choose(b"hello!", ME), Some(Choice { seq: 0, reuse: 5, from: None }));
    }

    #[test]
    fn a_sliding_window_is_cut_only_where_it_is_still_held() {
        let mut slots = Slots::new(2, Cut::Window(4));
        text(&mut slots, 0, b"hello world");
        slots.note_low(0, 5);
        assert_eq!(slots.choose(b"hello worms", ME), Some(Choice { seq: 0, reuse: 9, from: None }));
        slots.note_low(0, 6);
        assert_eq!(slots.choose(b"hello worms", ME), Some(Choice { seq: 1, reuse: 0, from: None }));
        let whole = slots.choose(b"hello world!", ME);
        assert_eq!(whole, Some(Choice { seq: 0, reuse: 11, from: None }));
    }

    #[test]
    fn the_one_unused_for_longest_is_forgotten_first_and_none_in_use() {
        let mut slots = Slots::new(3, Cut::Anywhere);
        slots.lease(0, b"busy", ME);
        text(&mut slots, 2, b"old");
        text(&mut slots, 1, b"newer");
        for seq in [2, 1] {
            assert_eq!(slots.oldest(), Some(seq));
            slots.truncate(seq, 0);
        }
        assert_eq!(slots.oldest(), None);
        assert_eq!(slots.total(), 4);
    }

    #[test]
    fn while_every_sequence_is_in_use_there_is_no_place() {
        let mut slots: Slots<u8, u8> = Slots::new(1, Cut::Anywhere);
        slots.lease(0, b"", ME);
        assert_eq!(slots.choose(b"x", ME), None);
    }
}
