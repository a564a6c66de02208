//! The owner's loop: hear, let go, let in, publish, take a step.

use std::sync::{
    Arc,
    mpsc::{Receiver, TryRecvError},
};

use hearth_domain::{ComputeLease, FinishReason, MemoryUse, Priority};
use hearth_llama::{Batch, Context, Model, Token};

use super::{Command, Ending, Stop, running::Running};
use crate::{
    Error,
    board::Board,
    link::Link,
    load::Loaded,
    meter::Pace,
    prepare::Prepared,
    scheduler::{Choice, Queue, Slots},
};

/// Cells that an answer should find free when it is let in beside others.
pub(super) const RESERVE: usize = 256;

/// All that belongs to one loaded model.
pub(super) struct Owner {
    pub(super) context: Context,
    pub(super) model: Model,
    pub(super) batch: Batch,
    /// Tokens of one step at most.
    pub(super) batch_size: usize,
    pub(super) slots: Slots<Token>,
    pub(super) running: Vec<Running>,
    pub(super) pace: Pace,
    pub(super) link: Arc<Link>,
    pub(super) lease: Arc<dyn ComputeLease>,
    waiting: Queue<Box<Prepared>>,
    inbox: Receiver<Command>,
    board: Board,
    memory: MemoryUse,
    stop: Option<Stop>,
}

impl Owner {
    pub(super) fn new(
        loaded: Loaded,
        slots: usize,
        inbox: Receiver<Command>,
        link: Arc<Link>,
        board: Board,
        lease: Arc<dyn ComputeLease>,
    ) -> Self {
        let sequences = loaded.context.n_seq_max();
        Self {
            context: loaded.context,
            model: loaded.model,
            batch: Batch::new(loaded.batch, sequences),
            batch_size: loaded.batch,
            slots: Slots::new(slots, loaded.divisible),
            running: Vec::new(),
            pace: Pace::default(),
            link,
            lease,
            waiting: Queue::new(),
            inbox,
            board,
            memory: loaded.memory,
            stop: None,
        }
    }

    /// Works until it is told to stop or fails.
    pub(super) fn run(&mut self) -> Ending {
        loop {
            self.listen();
            match &self.stop {
                Some(Stop::Now(reason)) => return Ending::stopped(reason.clone()),
                Some(Stop::Drained) if self.is_drained() => {
                    return Ending::stopped(Error::Unloaded);
                }
                _ => {}
            }
            self.let_go();
            let worked = self.let_in();
            self.publish();
            let worked = worked.and_then(|()| self.step());
            if let Err(error) = worked {
                return Ending::failed(error);
            }
        }
    }

    fn is_drained(&self) -> bool {
        self.running.is_empty() && self.link.waiting() == 0
    }

    /// Takes every command that is there, and waits for one where there is nothing else to do.
    fn listen(&mut self) {
        loop {
            let drained = matches!(self.stop, Some(Stop::Drained)) && self.is_drained();
            let idle = self.running.is_empty() && self.waiting.first().is_none() && !drained;
            let command = if idle {
                self.inbox.recv().ok()
            } else {
                match self.inbox.try_recv() {
                    Ok(command) => Some(command),
                    Err(TryRecvError::Empty) => return,
                    Err(TryRecvError::Disconnected) => None,
                }
            };
            match command {
                Some(Command::Ready(prepared)) => {
                    let (priority, order) = (prepared.priority, prepared.ticket.order);
                    self.waiting.push(priority, order, prepared);
                }
                Some(Command::Wake) => {
                    self.waiting.retain(|prepared| prepared.ticket.is_waiting());
                    self.publish();
                }
                Some(Command::Stop(stop)) => {
                    let now = matches!(stop, Stop::Now(_));
                    self.stop = Some(stop);
                    if now {
                        return;
                    }
                }
                // Nobody is left who could ask.
                None => {
                    self.stop = Some(Stop::Now(Error::ShuttingDown));
                    return;
                }
            }
        }
    }

    /// Ends what nobody wants any more; the tokens stay for a next turn.
    fn let_go(&mut self) {
        for place in (0..self.running.len()).rev() {
            if self.running[place].ticket.is_cancelled() {
                self.end(place, FinishReason::Cancelled);
            }
        }
        self.waiting.retain(|prepared| prepared.ticket.is_waiting());
    }

    /// Ends a running request well.
    pub(super) fn end(&mut self, place: usize, reason: FinishReason) {
        let running = self.running.remove(place);
        self.slots.release(running.seq);
        running.finish(reason);
    }

    /// Gives sequences to those who wait, as long as there are sequences and cells.
    fn let_in(&mut self) -> Result<(), Error> {
        while let Some(next) = self.waiting.first() {
            let claimed: usize = self.running.iter().map(Running::claim).sum();
            let wanted = next.tokens.len() + next.most.min(RESERVE);
            let fits = claimed + wanted <= self.context.n_ctx() as usize;
            if !(fits || self.running.is_empty()) {
                break;
            }
            let Some(choice) = self.slots.choose(&next.tokens) else { break };
            let Some(next) = self.waiting.pop() else { break };
            if next.ticket.begin() {
                self.start(*next, choice)?;
            }
        }
        self.waiting.for_each(|ahead, prepared| {
            let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
            if prepared.told.replace(ahead) != Some(ahead) {
                prepared.ticket.queued(ahead);
            }
        });
        Ok(())
    }

    /// Makes the sequence hold what it can of the prompt, and begins.
    fn start(&mut self, prepared: Prepared, choice: Choice) -> Result<(), Error> {
        let Choice { seq, from, .. } = choice;
        let reuse = self.inherit(choice).map_err(Error::Inference)?;
        self.slots.lease(seq, &prepared.tokens[..reuse]);
        let ticket = Arc::clone(&prepared.ticket);
        match Running::new(&self.model, prepared, seq, reuse) {
            Ok(running) => {
                tracing::debug!(seq, reuse, shared = from.is_some(), "a request begins");
                self.running.push(running);
            }
            Err(error) => {
                self.slots.release(seq);
                ticket.fail(error);
            }
        }
        Ok(())
    }

    /// Brings the cache to what was chosen; gives how many tokens are there in the end.
    fn inherit(&mut self, choice: Choice) -> Result<usize, hearth_llama::Error> {
        let (seq, reuse) = (number(choice.seq), number(choice.reuse));
        match choice.from {
            Some(from) => {
                self.context.seq_remove(seq, -1, -1)?;
                self.context.seq_copy(number(from), seq, 0, reuse)?;
            }
            None if reuse == 0 => {
                self.context.seq_remove(seq, -1, -1)?;
            }
            None if self.slots.len(choice.seq) > choice.reuse => {
                self.context.seq_remove(seq, reuse, -1)?;
            }
            None => {}
        }
        let held = self.context.seq_pos_max(seq)?.map_or(0, |last| last + 1);
        if held == reuse {
            return Ok(choice.reuse);
        }
        self.context.seq_remove(seq, -1, -1)?;
        Ok(0)
    }

    /// Publishes what the model does. Work that nobody waits for is none of it.
    pub(super) fn publish(&self) {
        let queued = self.link.waiting();
        let asked = self.running.iter().filter(|one| one.priority != Priority::Background);
        let running = asked.count();
        if running == 0 && queued == 0 {
            self.board.ready(self.memory);
        } else {
            let running = u32::try_from(running).unwrap_or(u32::MAX);
            self.board.busy(running, queued, self.memory);
        }
    }
}

/// A sequence or position as llama.cpp counts; both are far below the limit.
pub(super) fn number(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
