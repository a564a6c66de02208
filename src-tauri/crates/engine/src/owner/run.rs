//! The owner's loop: hear, let go, let in, publish, take a step.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, TryRecvError},
    },
    time::Instant,
};

use hearth_domain::{ComputeLease, MemoryUse, Priority};
use hearth_llama::{Batch, Context, Model, Token};

use super::{Command, Ending, Stop, cache::Tiers, pacer::Pacer, queue::Waiting, running::Running};
use crate::{
    Error,
    board::Board,
    cache::Scope,
    link::Link,
    load::Loaded,
    meter::Pace,
    prepare::Prepared,
    scheduler::{Account, Choice, Cut, Policy, Slots},
    speculation::StepTimes,
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
    pub(super) slots: Slots<Token, Scope>,
    pub(super) tiers: Tiers,
    pub(super) running: Vec<Running>,
    pub(super) pace: Pace,
    /// How long steps take in which one answer is written.
    pub(super) step_times: StepTimes,
    /// The end of any sequence can be forgotten, so tokens may be guessed.
    pub(super) forgets: bool,
    pub(super) link: Arc<Link>,
    pub(super) lease: Arc<dyn ComputeLease>,
    pub(super) policy: Policy<Waiting>,
    /// Sequences that requests can have.
    pub(super) places: usize,
    /// The scheduler counts from here.
    pub(super) began: Instant,
    pub(super) pacer: Pacer,
    /// How often in a row the step gave way to somebody more urgent.
    pub(super) gave_way: u32,
    inbox: Receiver<Command>,
    board: Board,
    memory: MemoryUse,
    stop: Option<Stop>,
}

impl Owner {
    pub(super) fn new(
        loaded: Loaded,
        (slots, tiers): (usize, Tiers),
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
            forgets: matches!(loaded.cut, Cut::Anywhere),
            slots: Slots::new(slots, loaded.cut),
            tiers,
            running: Vec::new(),
            pace: Pace::default(),
            step_times: StepTimes::default(),
            link,
            lease,
            policy: Policy::new(),
            places: slots,
            began: Instant::now(),
            pacer: Pacer::new(loaded.threads),
            gave_way: 0,
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
                Some(Stop::Now(reason)) => {
                    let reason = reason.clone();
                    if !matches!(reason, Error::Panicked) {
                        self.save_last();
                    }
                    return Ending::stopped(reason);
                }
                Some(Stop::Drained) if self.is_drained() => {
                    self.save_last();
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
            if self.running.is_empty() {
                self.save_next(Instant::now());
            }
        }
    }

    fn is_drained(&self) -> bool {
        let asked = self.link.is_pinned() || self.link.waiting() > 0;
        !asked && self.running.is_empty() && self.policy.queue.is_empty()
    }

    /// Takes every command that is there, and waits for one where there is nothing else to do.
    fn listen(&mut self) {
        self.link.listening();
        loop {
            let drained = matches!(self.stop, Some(Stop::Drained)) && self.is_drained();
            let idle = self.running.is_empty() && self.policy.queue.is_empty() && !drained;
            let command = if idle {
                match self.wait() {
                    Ok(command) => Some(command),
                    Err(RecvTimeoutError::Timeout) => return,
                    Err(RecvTimeoutError::Disconnected) => None,
                }
            } else {
                match self.inbox.try_recv() {
                    Ok(command) => Some(command),
                    Err(TryRecvError::Empty) => return,
                    Err(TryRecvError::Disconnected) => None,
                }
            };
            match command {
                Some(Command::Ready(prepared)) => self.arrive(prepared),
                Some(Command::Wake) => {
                    self.sift();
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

    /// Waits for a command, no longer than until a state goes to disk.
    fn wait(&self) -> Result<Command, RecvTimeoutError> {
        match self.save_due() {
            Some(due) => self.inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
            None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Makes the sequence hold what it can of the prompt, and begins.
    pub(super) fn start(
        &mut self,
        prepared: Prepared,
        account: Account,
        choice: Choice,
    ) -> Result<(), Error> {
        let Choice { seq, from, .. } = choice;
        let reuse = self.settle(&prepared, choice)?;
        self.note_place(seq, &prepared);
        if Self::is_read(&prepared, reuse) {
            self.slots.release(seq);
            self.note_idle(seq, true);
            self.policy.end(account);
            prepared.finish_read(reuse);
            return Ok(());
        }
        tracing::debug!(seq, reuse, shared = from.is_some(), "a request begins");
        self.running.push(Running::new(prepared, account, seq, reuse));
        self.follow();
        Ok(())
    }

    /// Brings the cache to what was chosen; gives how many tokens are there in the end.
    pub(super) fn inherit(&mut self, choice: Choice) -> Result<usize, hearth_llama::Error> {
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
        let memory = MemoryUse { kept: self.tiers.warm.bytes(), ..self.memory };
        let queued = self.queued();
        let asked = self.running.iter().filter(|one| one.priority != Priority::Background);
        let running = asked.count();
        if running == 0 && queued == 0 {
            self.board.ready(memory);
        } else {
            let running = u32::try_from(running).unwrap_or(u32::MAX);
            self.board.busy(running, queued, memory);
        }
    }
}

/// A sequence or position as llama.cpp counts; both are far below the limit.
pub(super) fn number(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
