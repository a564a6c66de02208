//! Moving states in and out of the context: out before cells are taken, back where a prompt goes on
//! from them, and onto the disk while nobody waits.
//!
//! What cannot be brought back is read again; nothing here fails a request.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use hearth_domain::ConversationId;
use hearth_llama::Token;
use zeroize::Zeroizing;

use super::run::{Owner, number};
use crate::{
    Error,
    cache::{self, BLOCK, BlockKey, Chain, Form, Keeper, Listed, Piece, Warm, covering},
    prepare::Prepared,
    scheduler::Choice,
};

/// How long after an answer its states go to disk: a moment later its history may be read anew.
const SETTLING: Duration = Duration::from_millis(1500);
/// How long an ending model takes for what is not on disk yet.
const LAST_WORK: Duration = Duration::from_millis(1500);
/// Tokens that a state must save over what is in the context already.
const GAIN: usize = 16;
/// A prompt read ahead is done where no more than this is left.
const NEARLY: usize = 16;
/// Tokens a second of reading, before it was measured.
const USUAL_PACE: f64 = 200.0;

/// Which conversation a sequence is of, and when it goes to disk.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    conversation: Option<ConversationId>,
    /// Tokens of the prompt; the answer comes behind them.
    prompt: usize,
    /// It holds instructions that were read ahead, and nothing else.
    pinned: bool,
    due: Option<Instant>,
}

/// The tiers below the context, of one loaded model.
pub(super) struct Tiers {
    pub(super) form: Form,
    pub(super) warm: Warm,
    keeper: Option<Keeper>,
    /// The sequence through which blocks come and go.
    scratch: i32,
    places: Vec<Place>,
}

impl Tiers {
    pub(super) fn new(warm: Warm, keeper: Option<Keeper>, slots: usize) -> Self {
        let places = vec![Place::default(); slots];
        Self { form: warm.form(), warm, keeper, scratch: number(slots), places }
    }

    /// What memory and the pieces of a request give together, and the disk as well where it is
    /// known.
    fn covering(
        &self,
        chain: &Chain<'_>,
        from: usize,
        prepared: &Prepared,
        disk: Option<&Listed>,
    ) -> Vec<(BlockKey, usize)> {
        let mut ends = BTreeMap::new();
        self.warm.add_ends(&mut ends);
        for piece in prepared.cache.pieces.values() {
            *ends.entry(piece.end).or_default() += 1;
        }
        if let Some(disk) = disk {
            disk.add_ends(&mut ends);
        }
        let range = |key| {
            let brought = prepared.cache.pieces.get(&key).map(|piece| (piece.start, piece.end));
            brought.or_else(|| self.warm.range(key)).or_else(|| disk?.range(key))
        };
        let keys = covering(self.form, chain, from, &ends, range);
        keys.into_iter().filter_map(|key| Some((key, range(key)?.1))).collect()
    }

    fn piece(&self, key: BlockKey, prepared: &Prepared) -> Option<Arc<Piece>> {
        prepared.cache.pieces.get(&key).cloned().or_else(|| self.warm.get(key))
    }

    /// Where states must begin to join what a sequence holds.
    fn joint(&self, held: usize) -> usize {
        match self.form {
            Form::Blocks => held - held % BLOCK,
            Form::Whole => held,
        }
    }
}

/// The beginning of a prompt that may come from a cache: its last token is read for its logits.
fn cacheable(tokens: &[Token]) -> &[Token] {
    &tokens[..tokens.len().saturating_sub(1)]
}

impl Owner {
    /// Lets the disk be asked first where that is worth it; the request comes back as if it were
    /// new. Gives it back at once where there is nothing to wait for.
    pub(super) fn fetch(&mut self, prepared: Box<Prepared>, hot: usize) -> Option<Box<Prepared>> {
        let (Some(keeper), Some(conversation)) = (&self.tiers.keeper, prepared.cache.conversation)
        else {
            return Some(prepared);
        };
        if prepared.cache.fetched || prepared.tokens.len() < hot + cache::LEAST {
            return Some(prepared);
        }
        let Some(listed) = keeper.listed(conversation) else {
            keeper.look(conversation, prepared);
            return None;
        };
        let chain = Chain::new(prepared.cache.scope, cacheable(&prepared.tokens));
        let from = self.tiers.joint(hot);
        let end = |found: &[(BlockKey, usize)]| found.last().map_or(hot, |(_, end)| *end);
        let near = end(&self.tiers.covering(&chain, from, &prepared, None));
        let far = self.tiers.covering(&chain, from, &prepared, Some(&listed));
        if end(&far) < near.max(hot) + cache::LEAST {
            return Some(prepared);
        }
        let missing = far.iter().filter(|(key, _)| !self.tiers.warm.has(*key));
        let names = missing.filter_map(|(key, _)| {
            let (start, end) = listed.range(*key)?;
            Some(cache::name(*key, start, end))
        });
        keeper.read(conversation, names.collect(), prepared);
        None
    }

    /// Makes the chosen sequence hold what it can of the prompt; gives how many tokens that is.
    pub(super) fn revive(&mut self, prepared: &Prepared, choice: Choice) -> Result<usize, Error> {
        let tokens = cacheable(&prepared.tokens);
        let chain = Chain::new(prepared.cache.scope, tokens);
        let from = self.tiers.joint(choice.reuse);
        let mut found = self.tiers.covering(&chain, from, prepared, None);
        let end = found.last().map_or(0, |(_, end)| *end);
        let worth = end >= choice.reuse + GAIN;
        let base = match self.tiers.form {
            _ if !worth => choice.reuse,
            Form::Blocks => from,
            Form::Whole => 0,
        };
        if !worth {
            found.clear();
        }
        let kept = if choice.from.is_some() { 0 } else { base };
        self.spill(choice.seq, kept);
        let from = choice.from.filter(|_| base > 0);
        let chosen = Choice { reuse: base, from, ..choice };
        let mut held = self.inherit(chosen).map_err(Error::Inference)?;
        self.slots.lease(choice.seq, &prepared.tokens[..held], prepared.cache.scope);
        if held == base && !found.is_empty() {
            held = self.bring_back(choice.seq, prepared, &found, held)?;
        }
        self.note_low(choice.seq)?;
        Ok(held)
    }

    /// Brings states back in ascending order, as far as it goes.
    fn bring_back(
        &mut self,
        seq: usize,
        prepared: &Prepared,
        found: &[(BlockKey, usize)],
        mut held: usize,
    ) -> Result<usize, Error> {
        let end = found.last().map_or(held, |(_, end)| *end);
        self.make_room(end - held)?;
        for (key, _) in found {
            let Some(piece) = self.tiers.piece(*key, prepared) else { break };
            let whole = self.tiers.form == Form::Whole;
            let joins = whole || piece.start == held;
            if !joins || !self.put(seq, &piece).map_err(Error::Inference)? {
                break;
            }
            self.slots.truncate(seq, if whole { 0 } else { held });
            let start = self.slots.len(seq);
            self.slots.extend(seq, &prepared.tokens[start..piece.end]);
            held = piece.end;
        }
        let keys: Vec<_> = found.iter().map(|(key, _)| *key).collect();
        self.tiers.warm.touch(&keys);
        for (key, piece) in &prepared.cache.pieces {
            self.tiers.warm.insert(*key, Arc::clone(piece), false);
        }
        tracing::debug!(held, "a prompt goes on from what was kept");
        Ok(held)
    }

    /// One state into a sequence; `false` where llama.cpp refuses it, and then the sequence is as it
    /// was (blocks) or empty (whole).
    fn put(&mut self, seq: usize, piece: &Piece) -> Result<bool, hearth_llama::Error> {
        let (start, end) = (number(piece.start), number(piece.end));
        let to = match self.tiers.form {
            Form::Blocks => self.tiers.scratch,
            Form::Whole => number(seq),
        };
        let done = self.context.state_restore(to, &piece.bytes).is_ok()
            && self.context.seq_pos_max(to)? == Some(end - 1);
        if self.tiers.form == Form::Whole {
            if !done {
                self.context.seq_remove(to, -1, -1)?;
                self.slots.truncate(seq, 0);
            }
            return Ok(done);
        }
        let done = done && self.context.seq_pos_min(to)? == Some(start);
        if done {
            self.context.seq_copy(to, number(seq), start, end)?;
        }
        self.context.seq_remove(to, -1, -1)?;
        Ok(done)
    }

    /// One state out of a sequence.
    fn pull(&mut self, seq: usize, range: (usize, usize)) -> Result<Piece, hearth_llama::Error> {
        let (start, end) = range;
        let bytes = match self.tiers.form {
            Form::Whole => self.context.state_save(number(seq))?,
            Form::Blocks => {
                let scratch = self.tiers.scratch;
                self.context.seq_copy(number(seq), scratch, number(start), number(end))?;
                let saved = self.context.state_save(scratch);
                self.context.seq_remove(scratch, -1, -1)?;
                saved?
            }
        };
        Ok(Piece { start, end, bytes: Zeroizing::new(bytes) })
    }

    /// Keeps in memory what a sequence holds behind its first `from` tokens, before it loses that.
    pub(super) fn spill(&mut self, seq: usize, from: usize) {
        let (tokens, scope) = self.slots.held(seq);
        let Some(scope) = scope.filter(|_| tokens.len() >= from + cache::LEAST) else { return };
        let tokens = tokens.to_vec();
        let chain = Chain::new(scope, &tokens);
        let Place { pinned, prompt, .. } = self.tiers.places[seq];
        let mut ranges = cache::ranges(self.tiers.form, from, tokens.len());
        // The same prompt may come again: it ends in the middle of what is kept with the answer.
        let asked = cacheable(&tokens[..prompt.min(tokens.len())]).len();
        if self.tiers.form == Form::Blocks && asked > from {
            ranges.extend(cache::ranges(self.tiers.form, asked - asked % BLOCK, asked));
        }
        self.tiers.warm.tick();
        for range in ranges {
            let Some(key) = chain.at(range.1).filter(|key| !self.tiers.warm.has(*key)) else {
                continue;
            };
            match self.pull(seq, range) {
                Ok(piece) => self.tiers.warm.insert(key, Arc::new(piece), pinned),
                Err(error) => {
                    tracing::debug!(%error, "a state was not kept");
                    return;
                }
            }
        }
    }

    /// Notes how far back a sequence can be cut.
    pub(super) fn note_low(&mut self, seq: usize) -> Result<(), Error> {
        if self.tiers.form == Form::Whole {
            let low = self.context.seq_pos_min(number(seq)).map_err(Error::Inference)?;
            let low = low.and_then(|low| usize::try_from(low).ok()).unwrap_or(0);
            self.slots.note_low(seq, low);
        }
        Ok(())
    }

    /// Whether a sequence can leave the context at no loss: it comes back in parts, the next
    /// conversation does not begin with it, and the disk has it.
    pub(super) fn is_movable(&self, seq: usize) -> bool {
        let place = &self.tiers.places[seq];
        self.tiers.form == Form::Blocks && !place.pinned && place.due.is_none()
    }

    /// The conversation that a sequence is of.
    pub(super) fn conversation(&self, seq: usize) -> Option<ConversationId> {
        self.tiers.places[seq].conversation
    }

    /// A request has the sequence now: it goes to disk when that is over.
    pub(super) fn note_place(&mut self, seq: usize, prepared: &Prepared) {
        let (cache, prompt) = (&prepared.cache, prepared.tokens.len());
        let conversation = cache.conversation;
        let pinned = cache.ahead && conversation.is_none();
        self.tiers.places[seq] = Place { conversation, prompt, pinned, due: None };
    }

    /// As [`Owner::note_place`], for a request that goes on elsewhere.
    pub(super) fn note_conversation(&mut self, seq: usize, conversation: Option<ConversationId>) {
        self.tiers.places[seq] = Place { conversation, prompt: 0, pinned: false, due: None };
    }

    /// A sequence is let go: its states go to disk soon, or at once where it was read ahead.
    pub(super) fn note_idle(&mut self, seq: usize, ahead: bool) {
        let wait = if ahead { Duration::ZERO } else { SETTLING };
        let place = &mut self.tiers.places[seq];
        place.due = place.conversation.map(|_| Instant::now() + wait);
        if place.pinned {
            // The next conversation that begins so goes on in these very cells.
            self.spill(seq, 0);
        }
    }

    /// Whether a prompt read ahead needs no step.
    pub(super) fn is_read(prepared: &Prepared, held: usize) -> bool {
        prepared.cache.ahead && held + NEARLY >= prepared.tokens.len()
    }

    /// When there is something to bring to disk; `None` where nothing waits for that.
    pub(super) fn save_due(&self) -> Option<Instant> {
        let keeper = self.tiers.keeper.as_ref()?;
        if keeper.is_writing() {
            // It says when it is done.
            return None;
        }
        self.tiers.places.iter().filter_map(|place| place.due).min()
    }

    /// Hands the next state to the disk, if it is time.
    pub(super) fn save_next(&mut self, now: Instant) {
        let due = self.tiers.places.iter().enumerate().filter_map(|(seq, place)| {
            let due = place.due.filter(|due| *due <= now)?;
            Some((due, seq))
        });
        let Some((_, seq)) = due.min() else { return };
        if self.tiers.keeper.as_ref().is_none_or(Keeper::is_writing) {
            return;
        }
        if !self.save_piece(seq) {
            self.tiers.places[seq].due = None;
        }
    }

    /// The next piece of a sequence that is not on disk; `false` where there is none.
    fn save_piece(&mut self, seq: usize) -> bool {
        let (tokens, scope) = self.slots.held(seq);
        let (Some(scope), Some(keeper), Some(conversation)) =
            (scope, &self.tiers.keeper, self.tiers.places[seq].conversation)
        else {
            return false;
        };
        let Some(listed) = keeper.listed(conversation).filter(|_| !self.slots.is_leased(seq))
        else {
            return false;
        };
        let tokens = tokens.to_vec();
        let chain = Chain::new(scope, &tokens);
        let missing =
            cache::ranges(self.tiers.form, 0, tokens.len()).into_iter().find_map(|range| {
                let key = chain.at(range.1).filter(|key| listed.range(*key).is_none())?;
                Some((key, range))
            });
        let Some((key, range)) = missing else { return false };
        let piece = match self.tiers.warm.get(key) {
            Some(piece) => Piece::clone(&piece),
            None => match self.pull(seq, range) {
                Ok(piece) => piece,
                Err(error) => {
                    tracing::debug!(%error, "a state was not brought to disk");
                    return false;
                }
            },
        };
        let pace = self.pace.tokens_per_second().unwrap_or(USUAL_PACE);
        let Some(keeper) = &self.tiers.keeper else { return false };
        if !keeper.is_worth(piece.bytes.len() as u64, range.1 - range.0, pace) {
            return false;
        }
        let replaces = replaced(self.tiers.form, &chain, &listed, range);
        keeper.write(conversation, (cache::name(key, range.0, range.1), piece.bytes), replaces);
        true
    }

    /// Brings to disk what is not there yet, for a moment at most: the model goes away.
    pub(super) fn save_last(&mut self) {
        let deadline = Instant::now() + LAST_WORK;
        let seqs: Vec<_> = (0..self.tiers.places.len()).collect();
        for seq in seqs {
            while self.tiers.places[seq].due.is_some()
                && Instant::now() < deadline
                && self.save_piece(seq)
            {}
        }
    }
}

/// What another piece makes useless: a shorter part of the same block, an earlier whole state.
fn replaced(
    form: Form,
    chain: &Chain<'_>,
    listed: &Listed,
    (start, end): (usize, usize),
) -> Vec<BlockKey> {
    let old = listed.names().filter(|name| {
        let (from, to) = (name.start as usize, name.end as usize);
        let part = from == start && to < end && (form == Form::Whole || to % BLOCK != 0);
        part && chain.at(to) == Some(name.key)
    });
    old.map(|name| name.key).collect()
}
