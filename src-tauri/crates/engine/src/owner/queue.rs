//! Who waits, who gets a sequence and who gives one back: what the scheduler decides, carried out on
//! the context. Not here: the decisions (`scheduler/policy.rs`).

use std::sync::Arc;

use hearth_domain::{FinishReason, Priority};

use super::{
    run::{Owner, RESERVE, number},
    running::Running,
};
use crate::{
    Error,
    prepare::Prepared,
    scheduler::{Account, Choice, Label, Next, Room, Seat, victim},
    ticket::Ticket,
};

/// A request without a sequence.
pub(super) enum Waiting {
    /// Nothing of it was worked on.
    New(Box<Prepared>),
    /// It gave its sequence to another one and goes on where it was.
    Paused(Box<Running>),
}

impl Waiting {
    fn ticket(&self) -> &Arc<Ticket> {
        match self {
            Self::New(prepared) => &prepared.ticket,
            Self::Paused(running) => &running.ticket,
        }
    }

    fn is_wanted(&self) -> bool {
        match self {
            Self::New(prepared) => prepared.ticket.is_waiting(),
            Self::Paused(running) => !running.ticket.is_cancelled(),
        }
    }

    /// Cells of the cache that it should find.
    fn claim(&self) -> usize {
        match self {
            Self::New(prepared) => prepared.tokens.len() + prepared.most.min(RESERVE),
            Self::Paused(running) => running.claim(),
        }
    }
}

impl Owner {
    /// A prompt is ready.
    pub(super) fn arrive(&mut self, prepared: Box<Prepared>) {
        let label = Label {
            class: prepared.priority,
            caller: prepared.caller.clone(),
            order: prepared.ticket.order,
            work: (prepared.tokens.len() + prepared.most.min(RESERVE)) as u64,
        };
        self.policy.arrive(self.began.elapsed(), label, Waiting::New(prepared));
    }

    /// Ends what nobody wants any more; the tokens stay for a next turn.
    pub(super) fn let_go(&mut self) {
        for place in (0..self.running.len()).rev() {
            if self.running[place].ticket.is_cancelled() {
                self.end(place, FinishReason::Cancelled);
            }
        }
        self.sift();
    }

    /// Forgets those who no longer wait.
    pub(super) fn sift(&mut self) {
        for waiting in self.policy.sift(Waiting::is_wanted) {
            if let Waiting::Paused(running) = waiting {
                running.finish(FinishReason::Cancelled);
            }
        }
    }

    /// Ends a running request well.
    pub(super) fn end(&mut self, place: usize, reason: FinishReason) {
        self.leave(place).finish(reason);
    }

    /// Ends a running request that cannot go on.
    pub(super) fn fail(&mut self, place: usize, error: Error) {
        self.leave(place).fail(error);
    }

    fn leave(&mut self, place: usize) -> Running {
        let running = self.running.remove(place);
        self.slots.release(running.seq);
        self.note_idle(running.seq, running.ahead);
        self.policy.end(running.account.clone());
        running
    }

    /// Gives sequences to those who wait, as the scheduler decides.
    pub(super) fn let_in(&mut self) -> Result<(), Error> {
        loop {
            let now = self.began.elapsed();
            let seats: Vec<_> = self.running.iter().map(|one| self.seat(one)).collect();
            let room = Room {
                sequence: self.running.len() < self.places,
                cells: self.context.n_ctx() as usize,
            };
            match self.policy.next(now, &seats, room, Waiting::claim) {
                Next::Begin(account, waiting) => {
                    if !self.begin(account, waiting)? {
                        break;
                    }
                }
                Next::Displace(place) => self.pause(place),
                Next::Nobody => break,
            }
        }
        self.tell_places();
        Ok(())
    }

    fn seat(&self, running: &Running) -> Seat {
        Seat {
            class: running.priority,
            order: running.ticket.order,
            claim: running.claim(),
            held: self.began.elapsed().saturating_sub(running.account.since),
        }
    }

    /// Gives a sequence; `false` where none is free after all.
    fn begin(&mut self, account: Account, waiting: Waiting) -> Result<bool, Error> {
        let (tokens, scope) = match &waiting {
            Waiting::New(prepared) => (&prepared.tokens, prepared.cache.scope),
            Waiting::Paused(running) => (&running.tokens, running.scope),
        };
        let choice = match &waiting {
            // Nothing of what is only read comes out: its last token may be held already.
            Waiting::New(prepared) if prepared.cache.ahead => {
                let behind = tokens.last().copied().unwrap_or(hearth_llama::Token(0));
                self.slots.choose(&[tokens.as_slice(), &[behind]].concat(), scope)
            }
            _ => self.slots.choose(tokens, scope),
        };
        let Some(choice) = choice else {
            let work = account.label.work;
            self.policy.pause(self.began.elapsed(), account, work, waiting);
            return Ok(false);
        };
        match waiting {
            Waiting::New(prepared) => match self.fetch(prepared, choice.reuse) {
                Some(prepared) if prepared.ticket.begin() => {
                    self.start(*prepared, account, choice)?;
                }
                // It comes back when the disk was asked, or nobody wants it any more.
                _ => self.policy.end(account),
            },
            Waiting::Paused(running) => self.resume(running, account, choice)?,
        }
        Ok(true)
    }

    /// Takes the sequence of a running request, which waits from now on and loses nothing but the
    /// time in which its text is read again.
    pub(super) fn pause(&mut self, place: usize) {
        let mut running = self.running.remove(place);
        self.slots.release(running.seq);
        running.conversation = self.conversation(running.seq);
        running.follows = None;
        self.note_idle(running.seq, running.ahead);
        let (account, left) = (running.account.clone(), running.claim() as u64);
        tracing::debug!(seq = running.seq, class = ?running.priority, "a request gives its place up");
        let paused = Waiting::Paused(Box::new(running));
        self.policy.pause(self.began.elapsed(), account, left, paused);
    }

    /// Goes on with a request that gave its place up.
    fn resume(
        &mut self,
        mut running: Box<Running>,
        account: Account,
        choice: Choice,
    ) -> Result<(), Error> {
        let seq = choice.seq;
        self.spill(seq, if choice.from.is_some() { 0 } else { choice.reuse });
        let held = self.inherit(choice).map_err(Error::Inference)?;
        self.slots.lease(seq, &running.tokens[..held], running.scope);
        self.note_conversation(seq, running.conversation);
        self.note_low(seq)?;
        running.seq = seq;
        running.account = account;
        tracing::debug!(seq, held, tokens = running.tokens.len(), "a request goes on");
        self.running.push(*running);
        Ok(())
    }

    /// There were no cells: forgets an idle sequence, else the newest of the lowest class waits. Only
    /// one that does not fit alone fails.
    pub(super) fn give_way(&mut self) -> Result<(), Error> {
        if self.evict()? {
            return Ok(());
        }
        let ranks = self.running.iter().map(|running| (running.priority, running.ticket.order));
        let Some(place) = victim(ranks) else { return Ok(()) };
        let seq = self.running[place].seq;
        if self.running.len() > 1 {
            self.pause(place);
        } else {
            self.fail(place, Error::ContextFull { tokens: self.context.n_ctx() });
        }
        self.spill(seq, 0);
        self.slots.truncate(seq, 0);
        self.context.seq_remove(number(seq), -1, -1).map_err(Error::Inference)?;
        Ok(())
    }

    /// Tells those who wait how many are before them, where that has changed.
    fn tell_places(&mut self) {
        self.policy.visit_changed(self.began.elapsed(), |ahead, waiting| {
            let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
            let told = match waiting {
                Waiting::New(prepared) => prepared.told.replace(ahead),
                Waiting::Paused(_) => None,
            };
            if told != Some(ahead) {
                waiting.ticket().queued(ahead);
            }
        });
    }

    /// How many wait that somebody knows of.
    pub(super) fn queued(&self) -> u32 {
        let paused = self.policy.queue.count(|waiting| {
            matches!(waiting, Waiting::Paused(one) if one.priority != Priority::Background)
        });
        self.link.waited_for().saturating_add(u32::try_from(paused).unwrap_or(u32::MAX))
    }
}
