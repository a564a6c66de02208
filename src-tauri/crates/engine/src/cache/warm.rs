//! The warm tier: states in memory, under a limit, wiped when they go.
//!
//! What goes first is what is cheapest to lose: the tokens that it would cost, times how likely it
//! is wanted again, for each byte. Not here: the cells of the context, and the disk.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use zeroize::Zeroizing;

use super::key::{BLOCK, BlockKey, Chain};

/// What a model lets us keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any range of positions by itself: plain attention.
    Blocks,
    /// A sequence as a whole alone: sliding windows, recurrent and hybrid models.
    Whole,
}

/// The state of some positions of a sequence. The bytes are wiped at the end.
#[derive(Clone)]
pub(crate) struct Piece {
    /// The first position.
    pub(crate) start: usize,
    /// The position after the last.
    pub(crate) end: usize,
    /// What llama.cpp gave for them: as private as the text.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Piece({}..{})", self.start, self.end)
    }
}

struct Held {
    piece: Arc<Piece>,
    /// When it was wanted last.
    used: u64,
    /// How often it was wanted.
    uses: u32,
    /// It goes last: it begins every new conversation of a persona.
    pinned: bool,
}

/// What one model holds of a memory that all loaded models share. Nobody is kept from its fair part
/// by what the others hold.
pub(crate) struct Share {
    most: u64,
    mine: u64,
    all: Arc<AtomicU64>,
}

/// The fair part is one in this many.
const PARTS: u64 = 4;

impl Share {
    /// A share of so many bytes; `all` counts what everybody holds.
    pub(crate) fn new(most: u64, all: Arc<AtomicU64>) -> Self {
        Self { most, mine: 0, all }
    }

    fn add(&mut self, bytes: u64) {
        self.mine += bytes;
        self.all.fetch_add(bytes, Ordering::SeqCst);
    }

    fn remove(&mut self, bytes: u64) {
        self.mine -= bytes;
        self.all.fetch_sub(bytes, Ordering::SeqCst);
    }

    fn is_exceeded(&self) -> bool {
        let others = self.all.load(Ordering::SeqCst).saturating_sub(self.mine);
        self.mine > self.most.saturating_sub(others).max(self.most / PARTS)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.remove(self.mine);
    }
}

/// States in memory.
pub(crate) struct Warm {
    form: Form,
    held: HashMap<BlockKey, Held>,
    /// How many pieces end at each position that is no multiple of a block, or is one of a whole.
    ends: BTreeMap<usize, usize>,
    share: Share,
    clock: u64,
}

impl Warm {
    /// An empty one.
    pub(crate) fn new(form: Form, share: Share) -> Self {
        let (held, ends) = (HashMap::new(), BTreeMap::new());
        Self { form, held, ends, share, clock: 0 }
    }

    /// What the model lets us keep.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.share.mine
    }

    pub(crate) fn has(&self, key: BlockKey) -> bool {
        self.held.contains_key(&key)
    }

    pub(crate) fn get(&self, key: BlockKey) -> Option<Arc<Piece>> {
        self.held.get(&key).map(|held| Arc::clone(&held.piece))
    }

    /// The range of a piece.
    pub(crate) fn range(&self, key: BlockKey) -> Option<(usize, usize)> {
        self.held.get(&key).map(|held| (held.piece.start, held.piece.end))
    }

    /// Adds the positions at which pieces end that are no whole blocks.
    pub(crate) fn add_ends(&self, ends: &mut BTreeMap<usize, usize>) {
        for (end, count) in &self.ends {
            *ends.entry(*end).or_default() += count;
        }
    }

    /// Begins a new moment: what is kept or wanted from now on is newer than what was before.
    pub(crate) fn tick(&mut self) {
        self.clock += 1;
    }

    /// Keeps a piece, and lets go what is worth least until it fits.
    pub(crate) fn insert(&mut self, key: BlockKey, piece: Arc<Piece>, pinned: bool) {
        let size = piece.bytes.len() as u64;
        if let Some(held) = self.held.get_mut(&key) {
            held.pinned |= pinned;
            return;
        }
        if size > self.share.most {
            return;
        }
        if self.is_end(piece.end) {
            *self.ends.entry(piece.end).or_default() += 1;
        }
        self.share.add(size);
        self.held.insert(key, Held { piece, used: self.clock, uses: 0, pinned });
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.share.is_exceeded() {
            let Some(key) = self.least() else { return };
            self.remove(key);
        }
    }

    fn remove(&mut self, key: BlockKey) {
        let Some(held) = self.held.remove(&key) else { return };
        self.share.remove(held.piece.bytes.len() as u64);
        if let Some(count) = self.ends.get_mut(&held.piece.end) {
            *count -= 1;
            if *count == 0 {
                self.ends.remove(&held.piece.end);
            }
        }
    }

    /// Whether a piece with this end is found by its end instead of block by block.
    fn is_end(&self, end: usize) -> bool {
        self.form == Form::Whole || !end.is_multiple_of(BLOCK)
    }

    fn least(&self) -> Option<BlockKey> {
        let value = |held: &Held| {
            let tokens = (held.piece.end - held.piece.start) as f64;
            let likely = f64::from(1 + held.uses) / (1 + self.clock - held.used) as f64;
            tokens * likely / held.piece.bytes.len().max(1) as f64
        };
        // Of one chain the end goes first: the rest is of use without it.
        let worst = self.held.iter().min_by(|(_, a), (_, b)| {
            let by_value = value(a).total_cmp(&value(b));
            a.pinned.cmp(&b.pinned).then(by_value).then(b.piece.start.cmp(&a.piece.start))
        });
        worst.map(|(key, _)| *key)
    }

    /// Notes that these were wanted, and are likelier to be wanted again.
    pub(crate) fn touch(&mut self, keys: &[BlockKey]) {
        self.tick();
        for key in keys {
            if let Some(held) = self.held.get_mut(key) {
                held.used = self.clock;
                held.uses = held.uses.saturating_add(1);
            }
        }
    }
}

/// What of a prompt some pieces give behind its first `from` tokens (a multiple of a block where
/// the form is blocks), in order: blocks that follow each other without a gap and then a part of
/// one, or the longest whole state. `ends` are the positions at which such parts and wholes end.
pub(crate) fn covering(
    form: Form,
    chain: &Chain<'_>,
    from: usize,
    ends: &BTreeMap<usize, usize>,
    range: impl Fn(BlockKey) -> Option<(usize, usize)>,
) -> Vec<BlockKey> {
    let mut found = Vec::new();
    let mut at = from;
    if form == Form::Blocks {
        while let Some(key) = chain.at(at + BLOCK).filter(|key| range(*key).is_some()) {
            found.push(key);
            at += BLOCK;
        }
    }
    let most = if form == Form::Blocks { at + BLOCK - 1 } else { chain.len() };
    let begins = if form == Form::Blocks { at } else { 0 };
    if at < most.min(chain.len()) {
        let ends = ends.range(at + 1..=most.min(chain.len())).rev();
        let named = ends.filter_map(|(end, _)| chain.at(*end));
        let whole = |key: &BlockKey| range(*key).is_some_and(|(start, _)| start == begins);
        found.extend(named.into_iter().find(whole));
    }
    found
}

#[cfg(test)]
mod tests {
    use hearth_domain::Caller;
    use hearth_llama::Token;

    use super::{super::key::Scope, *};

    fn scope() -> Scope {
        Scope::new(BlockKey::from_bytes([1; 32]), &Caller::Person)
    }

    fn prompt(seed: i32, n: i32) -> Vec<Token> {
        (0..n).map(|i| Token(i ^ seed)).collect()
    }

    fn piece(start: usize, end: usize, bytes: usize) -> Arc<Piece> {
        Arc::new(Piece { start, end, bytes: Zeroizing::new(vec![0; bytes]) })
    }

    fn find(warm: &Warm, tokens: &[Token], from: usize) -> Vec<BlockKey> {
        let chain = Chain::new(scope(), tokens);
        covering(warm.form, &chain, from, &warm.ends, |key| warm.range(key))
    }

    fn warm(form: Form, most: u64) -> Warm {
        Warm::new(form, Share::new(most, Arc::default()))
    }

    fn shrink(warm: &mut Warm, most: u64) {
        warm.share.most = most;
        warm.shrink();
    }

    fn keep(warm: &mut Warm, tokens: &[Token], ranges: &[(usize, usize)], bytes: usize) {
        let chain = Chain::new(scope(), tokens);
        warm.tick();
        for (start, end) in ranges {
            warm.insert(chain.at(*end).unwrap(), piece(*start, *end, bytes), false);
        }
    }

    fn end(warm: &Warm, tokens: &[Token], from: usize) -> usize {
        let found = find(warm, tokens, from);
        found.last().map_or(from, |key| warm.get(*key).unwrap().end)
    }

    #[test]
    fn blocks_are_found_as_far_as_they_follow_each_other_and_then_a_part_of_one() {
        let mut warm = warm(Form::Blocks, 1000);
        let tokens = prompt(0, 1000);
        keep(&mut warm, &tokens, &[(0, 256), (256, 512), (512, 600), (512, 640), (768, 1000)], 1);
        assert_eq!(end(&warm, &tokens, 0), 640);
        assert_eq!(end(&warm, &tokens[..620], 0), 600);
        assert_eq!(end(&warm, &tokens[..512], 0), 512);
        assert_eq!(end(&warm, &tokens, 768), 1000);
        assert_eq!(end(&warm, &prompt(1, 1000), 0), 0);
    }

    #[test]
    fn a_whole_state_is_found_where_the_prompt_goes_on_from_it() {
        let mut warm = warm(Form::Whole, 1000);
        let tokens = prompt(0, 1000);
        keep(&mut warm, &tokens, &[(0, 100), (0, 512), (0, 700)], 1);
        assert_eq!(end(&warm, &tokens, 0), 700);
        assert_eq!(end(&warm, &tokens[..699], 0), 512);
        assert_eq!(end(&warm, &tokens[..300], 0), 100);
        assert_eq!(end(&warm, &tokens[..300], 150), 150);
    }

    #[test]
    fn what_is_pinned_goes_last() {
        let mut warm = warm(Form::Blocks, 30);
        let (pinned, other) = (prompt(0, 256), prompt(1, 512));
        let chain = Chain::new(scope(), &pinned);
        warm.insert(chain.at(256).unwrap(), piece(0, 256, 10), true);
        keep(&mut warm, &other, &[(0, 256), (256, 512)], 10);
        warm.touch(&find(&warm, &other, 0));
        shrink(&mut warm, 15);
        assert_eq!((end(&warm, &pinned, 0), end(&warm, &other, 0)), (256, 0));
    }

    #[test]
    fn the_limit_holds_and_the_end_of_the_oldest_goes_first() {
        let mut warm = warm(Form::Blocks, 40);
        let (old, new) = (prompt(0, 512), prompt(1, 512));
        keep(&mut warm, &old, &[(0, 256), (256, 512)], 15);
        warm.touch(&find(&warm, &old, 0));
        keep(&mut warm, &new, &[(0, 256), (256, 512)], 10);
        assert!(warm.bytes() <= 40, "{}", warm.bytes());
        warm.touch(&find(&warm, &new, 0));
        warm.touch(&find(&warm, &new, 0));
        shrink(&mut warm, 35);
        assert_eq!((end(&warm, &old, 0), end(&warm, &new, 0)), (256, 512));
        keep(&mut warm, &prompt(2, 256), &[(0, 256)], 36);
        assert_eq!(end(&warm, &prompt(2, 256), 0), 0, "larger than all that is allowed");
        shrink(&mut warm, 0);
        assert_eq!(warm.bytes(), 0);
    }

    #[test]
    fn models_share_the_memory_and_none_starves() {
        let all = Arc::default();
        let mut first = Warm::new(Form::Blocks, Share::new(100, Arc::clone(&all)));
        let mut second = Warm::new(Form::Blocks, Share::new(100, Arc::clone(&all)));
        keep(&mut first, &prompt(0, 1024), &[(0, 256), (256, 512), (512, 768), (768, 1024)], 25);
        assert_eq!(first.bytes(), 100);
        keep(&mut second, &prompt(1, 768), &[(0, 256), (256, 512), (512, 768)], 12);
        assert_eq!((first.bytes(), second.bytes()), (100, 24), "its fair part, and no more");
        keep(&mut first, &prompt(2, 256), &[(0, 256)], 10);
        assert_eq!(first.bytes(), 60, "what all hold together is too much");
        drop(second);
        keep(&mut first, &prompt(3, 256), &[(0, 256)], 40);
        assert_eq!((first.bytes(), all.load(Ordering::SeqCst)), (100, 100));
    }
}
