//! One step of the network: a token of every running answer, pieces of prompts beside them.

use std::time::Instant;

use hearth_domain::{FinishReason, Priority};
use hearth_llama::Decoded;

use super::run::{Owner, number};
use crate::{
    Error,
    scheduler::{Limits, Share, View, beside_decoding, plan, victim},
};

/// What one request has in a step.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Its place among the running.
    place: usize,
    /// How many tokens its sequence held before.
    held: usize,
    tokens: usize,
    /// Where its logits are, if the next token is due.
    output: Option<usize>,
    writing: bool,
}

impl Owner {
    /// Takes a step, if there is anything to do.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        let shares = self.plan();
        if shares.is_empty() {
            return Ok(());
        }
        self.make_room(shares.iter().map(|share| share.tokens).sum())?;
        let parts = self.fill(&shares)?;
        let orders = parts.iter().map(|part| self.running[part.place].ticket.order).collect();
        let first = parts.iter().map(|part| self.running[part.place].priority).min();
        self.link.enter_step(orders);
        if self.running.iter().any(|running| running.ticket.is_cancelled()) {
            // It came before the gate knew of the step: nothing has been done yet.
            return Ok(());
        }
        let lease = std::sync::Arc::clone(&self.lease);
        let guard = lease.acquire(first.unwrap_or(Priority::Interactive));
        let began = Instant::now();
        let decoded = self.context.decode(&self.batch).map_err(Error::Inference);
        self.link.leave_step();
        match decoded? {
            Decoded::Done => {
                let read = parts.iter().filter(|part| !part.writing).map(|part| part.tokens);
                self.pace.read(read.sum(), began.elapsed());
                self.take(&parts)?;
            }
            Decoded::Aborted => self.rewind(&parts)?,
            Decoded::NoSlot => self.give_way()?,
        }
        drop(guard);
        Ok(())
    }

    fn plan(&self) -> Vec<Share> {
        let views = self.running.iter().enumerate().map(|(key, running)| {
            let held = self.slots.len(running.seq);
            let unread = if running.is_writing(held) { 0 } else { running.tokens.len() - held };
            View { key, priority: running.priority, order: running.ticket.order, unread }
        });
        let limits = Limits {
            batch: self.batch_size,
            beside_decoding: beside_decoding(self.pace.tokens_per_second()),
        };
        plan(&views.collect::<Vec<_>>(), limits)
    }

    /// Forgets idle sequences until so many tokens fit; shared cells are counted twice, which only
    /// forgets a little early.
    fn make_room(&mut self, tokens: usize) -> Result<(), Error> {
        let cells = self.context.n_ctx() as usize;
        while self.slots.total() + tokens > cells && self.evict()? {}
        Ok(())
    }

    fn evict(&mut self) -> Result<bool, Error> {
        let Some(seq) = self.slots.evict() else { return Ok(false) };
        self.context.seq_remove(number(seq), -1, -1).map_err(Error::Inference)?;
        Ok(true)
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
            let writing = running.is_writing(held);
            parts.push(Part { place: share.key, held, tokens: share.tokens, output, writing });
        }
        Ok(parts)
    }

    /// The step was done: notes what the cache holds now, and takes the tokens that came out.
    fn take(&mut self, parts: &[Part]) -> Result<(), Error> {
        let width = parts.iter().filter(|part| part.writing).count().max(1);
        let mut ends: Vec<(usize, FinishReason)> = Vec::new();
        for part in parts {
            let running = &mut self.running[part.place];
            let end = part.held + part.tokens;
            self.slots.extend(running.seq, &running.tokens[part.held..end]);
            if end <= running.prompt {
                let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
                running.ticket.progress(count(end), count(running.prompt));
            }
            let Some(output) = part.output else { continue };
            let token = running.sampler.sample(&self.context, output).map_err(Error::Inference)?;
            if let Some(reason) = running.take(&self.model, token, width) {
                ends.push((part.place, reason));
            }
        }
        ends.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
        for (place, reason) in ends {
            self.end(place, reason);
        }
        Ok(())
    }

    /// The step was stopped: parts of it may be in the cache. What has no logits is read again.
    fn rewind(&mut self, parts: &[Part]) -> Result<(), Error> {
        for part in parts {
            let running = &self.running[part.place];
            let seq = number(running.seq);
            let last = self.context.seq_pos_max(seq).map_err(Error::Inference)?;
            let there = last.map_or(0, |last| usize::try_from(last).unwrap_or(0) + 1);
            let most = part.held + part.tokens - usize::from(part.output.is_some());
            let mut keep = there.min(most);
            if keep < there
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

    /// There were no cells: forgets an idle sequence, else the newest of the lowest class fails.
    fn give_way(&mut self) -> Result<(), Error> {
        if self.evict()? {
            return Ok(());
        }
        let ranks = self.running.iter().map(|running| (running.priority, running.ticket.order));
        let Some(place) = victim(ranks) else { return Ok(()) };
        let running = self.running.remove(place);
        self.slots.release(running.seq);
        self.slots.truncate(running.seq, 0);
        self.context.seq_remove(number(running.seq), -1, -1).map_err(Error::Inference)?;
        running.ticket.fail(Error::ContextFull { tokens: self.context.n_ctx() });
        Ok(())
    }
}
