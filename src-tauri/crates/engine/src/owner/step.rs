//! One step of the network: a token of every running answer, pieces of prompts beside them.

use std::time::{Duration, Instant};

use hearth_domain::Priority;
use hearth_llama::Decoded;

use super::{
    GIVES_WAY_AT_MOST,
    guess::Went,
    run::{Owner, number},
    running::Running,
};
use crate::{
    Error,
    link::Participant,
    prepare::Prepared,
    scheduler::{Choice, Plan, Shape, Share, View},
};

/// Tokens that may be moved into memory for each one that is to be read: that costs less than a
/// hundredth of reading one.
const CLEARED_FOR_EACH: usize = 8;

/// What one request has in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its place among the running.
    pub(super) place: usize,
    /// How many tokens its sequence held before.
    pub(super) held: usize,
    /// How many of its tokens are in the step, without those that are guessed.
    pub(super) tokens: usize,
    /// Where its logits are, if the next token is due; those of guesses follow.
    output: Option<usize>,
    writing: bool,
}

impl Owner {
    /// Takes a step, if there is anything to do.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.join_followers()?;
        let views = self.views();
        let plan = self.policy.plan(&views, self.batch_size);
        let shares = &plan.shares;
        if shares.is_empty() {
            return Ok(());
        }
        self.make_room(shares.iter().map(|share| share.tokens).sum())?;
        let guessed = self.guess(shares);
        let parts = self.fill(shares)?;
        let participants: Vec<_> = parts.iter().map(|part| self.participant(part)).collect();
        let first = participants.iter().map(|one| one.class).min();
        let firm = self.is_firm(&parts);
        if !self.link.enter_step(participants, firm) {
            // Somebody more urgent is there: who that is, is heard first.
            return Ok(());
        }
        if self.running.iter().any(|running| running.ticket.is_cancelled()) {
            // It came before the gate knew of the step: nothing has been done yet.
            return Ok(());
        }
        let lease = std::sync::Arc::clone(&self.lease);
        let link = std::sync::Arc::clone(&self.link);
        let guard = lease.acquire_giving_way(
            first.unwrap_or(Priority::Interactive),
            std::sync::Arc::new(move |class| link.wanted(class)),
        );
        let began = Instant::now();
        let decoded = self.context.decode(&self.batch).map_err(Error::Inference);
        self.link.leave_step();
        match decoded? {
            Decoded::Done => {
                self.gave_way = 0;
                let took = began.elapsed();
                self.note((&views, &plan), &parts, guessed, took)?;
                let read = parts.iter().filter(|part| !part.writing).map(|part| part.tokens);
                self.pace.read(read.sum(), took);
                if let [Part { writing: true, tokens: 1, .. }] = parts.as_slice() {
                    self.step_times.took(1 + guessed, took);
                }
                self.take(&parts)?;
            }
            Decoded::Aborted => {
                self.gave_way += 1;
                self.rewind(&parts)?;
            }
            Decoded::NoSlot => self.give_way()?,
        }
        drop(guard);
        Ok(())
    }

    fn views(&self) -> Vec<View> {
        let now = self.began.elapsed();
        let reading = self.running.iter().enumerate().filter(|(_, one)| one.follows.is_none());
        let views = reading.map(|(key, running)| {
            let held = self.slots.len(running.seq);
            let unread = if running.is_writing(held) { 0 } else { running.next_stop(held) - held };
            View {
                key,
                class: self.class(running),
                order: running.ticket.order,
                served: self.policy.served(&running.account.label),
                held,
                unread,
                waited: now.saturating_sub(running.account.touched),
            }
        });
        views.collect()
    }

    /// The class of a request: who reads a beginning for others is as urgent as they are.
    fn class(&self, running: &Running) -> Priority {
        let order = running.ticket.order;
        let follows = |other: &&Running| other.follows.is_some_and(|(leader, _)| leader == order);
        let followers = self.running.iter().filter(follows).map(|other| other.priority);
        followers.min().map_or(running.priority, |class| class.min(running.priority))
    }

    /// Whether a step gives way to nobody: one that did so often enough, or it would never be done; and one
    /// that writes with a model of which nothing can be taken back, whose answers would all be read again.
    fn is_firm(&self, parts: &[Part]) -> bool {
        let costly = self.slots.holds_states() && parts.iter().any(|part| part.writing);
        costly || self.gave_way >= GIVES_WAY_AT_MOST
    }

    fn participant(&self, part: &Part) -> Participant {
        let running = &self.running[part.place];
        Participant { order: running.ticket.order, class: self.class(running) }
    }

    /// Remembers what the step cost and for whom it was.
    fn note(
        &mut self,
        (views, plan): (&[View], &Plan),
        parts: &[Part],
        guessed: usize,
        took: Duration,
    ) -> Result<(), Error> {
        let tokens = |writing: bool| {
            parts.iter().filter(|part| part.writing == writing).map(|part| part.tokens).sum()
        };
        let rows: usize = tokens(true);
        let shape = Shape { rows: rows + guessed, read: tokens(false) };
        let now = self.began.elapsed();
        let quiet = self.pacer.is_quiet();
        let ratio = self.policy.stepped(views, plan, shape, took.as_secs_f64(), quiet);
        if let Some([one, many]) = ratio.and_then(|ratio| self.pacer.stepped(now, ratio, took)) {
            self.context.set_threads(one, many).map_err(Error::Inference)?;
        }
        for part in parts {
            let account = &mut self.running[part.place].account;
            self.policy.worked(now, account, part.tokens);
        }
        let left = views.iter().fold((0, 0), |(read, write), view| {
            let running = &self.running[view.key];
            let more = running.claim().saturating_sub(running.tokens.len());
            (read + view.unread, write + more)
        });
        let width = self.running.len();
        self.link.set_running(left, self.policy.costs.each(width));
        Ok(())
    }

    /// Forgets idle sequences until so many tokens fit; shared cells are counted twice, which only
    /// forgets a little early.
    pub(super) fn make_room(&mut self, tokens: usize) -> Result<(), Error> {
        let cells = self.context.n_ctx() as usize;
        while self.slots.total() + tokens > cells && self.evict()? {}
        Ok(())
    }

    pub(super) fn evict(&mut self) -> Result<bool, Error> {
        let Some(seq) = self.slots.oldest() else { return Ok(false) };
        self.vacate(seq)?;
        Ok(true)
    }

    /// Moves what a sequence holds out of the context, into memory.
    fn vacate(&mut self, seq: usize) -> Result<(), Error> {
        self.spill(seq, 0);
        self.slots.truncate(seq, 0);
        self.context.seq_remove(number(seq), -1, -1).map(drop).map_err(Error::Inference)
    }

    /// Makes the chosen sequence hold what it can of the prompt, with idle ones out of its way; gives
    /// how many tokens that is. On a processor a single answer's attention is divided among threads
    /// by ranges of cells, so beside cells of others it is the work of a part of them: behind 4 096
    /// tokens and nearly as many idle ones two threads wrote a third slower.
    pub(super) fn settle(&mut self, prepared: &Prepared, choice: Choice) -> Result<usize, Error> {
        let unread = prepared.tokens.len().saturating_sub(choice.reuse);
        let most = unread.saturating_mul(CLEARED_FOR_EACH);
        // Before what is brought back takes cells; who lends the beginning goes once it did.
        let left = self.clear([Some(choice.seq), choice.from], most)?;
        let reuse = self.revive(prepared, choice)?;
        self.clear([Some(choice.seq), None], left)?;
        Ok(reuse)
    }

    /// Moves idle sequences into memory, of so many tokens at most; gives how many of those are left.
    fn clear(&mut self, stay: [Option<usize>; 2], most: usize) -> Result<usize, Error> {
        let mut left = most;
        for seq in self.slots.idle().filter(|seq| !stay.contains(&Some(*seq))) {
            let held = self.slots.len(seq);
            if held <= left && self.is_movable(seq) {
                left -= held;
                self.vacate(seq)?;
            }
        }
        Ok(left)
    }

    fn fill(&mut self, shares: &[Share]) -> Result<Vec<Part>, Error> {
        self.batch.clear();
        let mut parts = Vec::with_capacity(shares.len());
        for share in shares {
            let running = &self.running[share.key];
            let held = self.slots.len(running.seq);
            let end = held + share.tokens;
            let mut output = None;
            for at in held..end {
                let wanted = at + 1 == running.tokens.len();
                let (token, seq) = (running.tokens[at], number(running.seq));
                output = self
                    .batch
                    .push(token, number(at), seq, wanted)
                    .map_err(Error::Inference)?
                    .or(output);
            }
            for (at, token) in (end..).zip(running.draft.guess()) {
                let seq = number(running.seq);
                self.batch.push(*token, number(at), seq, true).map_err(Error::Inference)?;
            }
            let writing = running.is_writing(held);
            parts.push(Part { place: share.key, held, tokens: share.tokens, output, writing });
        }
        Ok(parts)
    }

    /// The step was done: notes what the cache holds now, and takes the tokens that came out.
    fn take(&mut self, parts: &[Part]) -> Result<(), Error> {
        let width = parts.iter().filter(|part| part.writing).count().max(1);
        let mut ends: Vec<(usize, Went)> = Vec::new();
        let mut stops = Vec::new();
        for part in parts {
            let running = &mut self.running[part.place];
            let end = part.held + part.tokens;
            self.slots.extend(running.seq, &running.tokens[part.held..end]);
            if running.stop == Some(end) {
                stops.push(running.seq);
            }
            if end <= running.prompt {
                let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
                running.ticket.progress(count(end), count(running.prompt));
            }
            let Some(output) = part.output else { continue };
            match self.write(part, output, width)? {
                Went::On => {}
                went => ends.push((part.place, went)),
            }
        }
        for part in parts {
            self.note_low(self.running[part.place].seq)?;
        }
        for seq in stops {
            self.spill(seq, 0);
        }
        ends.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
        for (place, went) in ends {
            match went {
                Went::On => {}
                Went::Ended(reason) => self.end(place, reason),
                Went::Failed(error) => self.fail(place, error),
            }
        }
        Ok(())
    }

    /// The step was stopped: parts of it may be in the cache. What has no logits is read again. A state
    /// says where it was to be and not where it is, so nothing of it counts.
    fn rewind(&mut self, parts: &[Part]) -> Result<(), Error> {
        for part in parts {
            let running = &self.running[part.place];
            let seq = number(running.seq);
            let last = self.context.seq_pos_max(seq).map_err(Error::Inference)?;
            let there = last.map_or(0, |last| usize::try_from(last).unwrap_or(0) + 1);
            let most = part.held + part.tokens - usize::from(part.output.is_some());
            let lost = self.slots.holds_states() && there > part.held;
            let mut keep = if lost { 0 } else { there.min(most) };
            if lost {
                self.context.seq_remove(seq, -1, -1).map_err(Error::Inference)?;
            } else if keep < there
                && !self.context.seq_remove(seq, number(keep), -1).map_err(Error::Inference)?
            {
                self.context.seq_remove(seq, -1, -1).map_err(Error::Inference)?;
                keep = 0;
            }
            if keep >= part.held {
                self.slots.extend(running.seq, &running.tokens[part.held..keep]);
            } else {
                self.slots.truncate(running.seq, keep);
            }
        }
        Ok(())
    }
}
