//! Requests with one beginning that is being read: one of them reads it, the others wait and share.
//!
//! Without this, eight programs that send the same instructions at once would have them read eight
//! times. Only requests of one caller follow each other.

use super::run::{Owner, number};
use crate::{Error, scheduler::common};

/// What another request reads must be this much longer than what is there, in tokens.
const WORTH_WAITING: usize = 64;

impl Owner {
    /// Lets the newest request wait for one that reads the same beginning, if there is one.
    pub(super) fn follow(&mut self) {
        let Some((new, others)) = self.running.split_last() else { return };
        let held = self.slots.len(new.seq);
        let last = new.prompt - 1;
        let leaders = others.iter().filter(|other| other.scope == new.scope);
        // Who waits itself leads nobody: the one it waits for does.
        let leaders = leaders.filter(|other| other.follows.is_none());
        // Nor does one that others go before.
        let leaders = leaders.filter(|other| other.priority <= new.priority);
        let shared = leaders.filter_map(|other| {
            let both = common(&other.tokens[..other.prompt], &new.tokens[..last]);
            let unread = self.slots.len(other.seq) < both;
            (unread && both >= held + WORTH_WAITING).then_some((both, other.ticket.order))
        });
        let best = shared.max();
        if let Some(new) = self.running.last_mut().filter(|_| self.slots.shares()) {
            new.follows = best.map(|(both, order)| (order, both));
        }
    }

    /// Gives those who wait what was read for them; who waits for nobody any more reads by itself.
    pub(super) fn join_followers(&mut self) -> Result<(), Error> {
        for place in 0..self.running.len() {
            let Some((leader, both)) = self.running[place].follows else { continue };
            let leader = self.running.iter().find(|other| other.ticket.order == leader);
            let from = leader.map(|leader| leader.seq);
            let there = from.map_or(0, |seq| self.slots.len(seq).min(both));
            if from.is_some() && there < both {
                continue;
            }
            self.running[place].follows = None;
            if let Some(from) = from {
                self.share(from, place, there)?;
            }
        }
        Ok(())
    }

    /// Lets a request have the first tokens of another sequence.
    fn share(&mut self, from: usize, place: usize, tokens: usize) -> Result<(), Error> {
        let seq = self.running[place].seq;
        let held = self.slots.len(seq);
        if tokens <= held || !self.slots.can_lend(from, tokens) {
            return Ok(());
        }
        self.context.seq_remove(number(seq), -1, -1).map_err(Error::Inference)?;
        self.context
            .seq_copy(number(from), number(seq), 0, number(tokens))
            .map_err(Error::Inference)?;
        let running = &mut self.running[place];
        running.meter.shared(tokens - held);
        self.slots.extend(seq, &running.tokens[held..tokens]);
        self.note_low(seq)
    }
}
