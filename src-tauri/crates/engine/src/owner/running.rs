//! One request that has a sequence: its tokens, its sampler, its text.

use std::sync::Arc;

use hearth_domain::{ConversationId, FinishReason, Priority, TokenLogprob};
use hearth_llama::{Context, Model, Token};

use crate::{
    Error,
    cache::{Scope, Wanted},
    meter::Meter,
    output::{Added, Output},
    prepare::Prepared,
    scheduler::Account,
    speculation::{Draft, StepTimes},
    ticket::Ticket,
    writer::{Chosen, Writer},
};

/// A request that is being worked on.
pub(super) struct Running {
    pub(super) ticket: Arc<Ticket>,
    pub(super) priority: Priority,
    pub(super) seq: usize,
    /// The prompt and every token written; what of it the cache holds is noted in the slots.
    pub(super) tokens: Vec<Token>,
    pub(super) prompt: usize,
    pub(super) meter: Meter,
    writer: Writer,
    /// What was guessed of its next tokens.
    pub(super) draft: Draft,
    /// It is only read, for a question that is still to come.
    pub(super) ahead: bool,
    /// Where reading stops for a moment, so that the state there can be kept.
    pub(super) stop: Option<usize>,
    /// It waits for another one that reads the same beginning: the order of that one's request, and
    /// how many tokens they have in common.
    pub(super) follows: Option<(u64, usize)>,
    pub(super) scope: Scope,
    /// The conversation that it was of when it gave its sequence up.
    pub(super) conversation: Option<ConversationId>,
    /// What the scheduler keeps of it.
    pub(super) account: Account,
    most: usize,
    output: Output,
}

impl Running {
    pub(super) fn new(prepared: Prepared, account: Account, seq: usize, cached: usize) -> Self {
        let Prepared { ticket, tokens, output, writer, priority, most, .. } = prepared;
        let Wanted { scope, ahead, stable, .. } = prepared.cache;
        let prompt = tokens.len();
        let meter = Meter::new(ticket.asked, prompt, cached);
        let stop = stable.filter(|stop| *stop > cached);
        let follows = None;
        Self {
            ticket,
            priority,
            seq,
            tokens,
            prompt,
            meter,
            writer,
            draft: Draft::default(),
            ahead,
            stop,
            follows,
            scope,
            conversation: None,
            account,
            most,
            output,
        }
    }

    /// Up to where it is read next.
    pub(super) fn next_stop(&self, held: usize) -> usize {
        self.stop.filter(|stop| *stop > held).unwrap_or(self.tokens.len())
    }

    /// Whether the prompt is read and the answer is being written.
    pub(super) fn is_writing(&self, held: usize) -> bool {
        self.tokens.len() > self.prompt && held + 1 == self.tokens.len()
    }

    /// Cells that it should be able to have, so that it is not let in only to fill the cache.
    pub(super) fn claim(&self) -> usize {
        let left = self.most.saturating_sub(self.meter.written());
        self.tokens.len() + left.min(super::run::RESERVE)
    }

    /// Guesses its next tokens, at most `room` of them.
    pub(super) fn guess(&mut self, room: usize, times: &StepTimes) {
        // One token comes in any case, and none after the last that it may write.
        let left = self.most.saturating_sub(self.meter.written() + 1);
        self.draft.propose(&self.tokens, self.writer.drafting, room.min(left), times);
    }

    /// Chooses the next token by an output of the last step; gives it, and the reason where it was
    /// the last.
    pub(super) fn take(
        &mut self,
        model: &Model,
        context: &Context,
        output: usize,
        width: usize,
    ) -> Result<(Token, Option<FinishReason>), Error> {
        let Chosen { token, logprob } = self.writer.next(context, output)?;
        Ok((token, self.write(model, token, logprob, width)))
    }

    fn write(
        &mut self,
        model: &Model,
        token: Token,
        logprob: Option<TokenLogprob>,
        width: usize,
    ) -> Option<FinishReason> {
        if self.ahead || model.is_eog(token) {
            self.meter.token(width, false);
            return Some(FinishReason::Stop);
        }
        self.meter.token(width, true);
        let bytes = self.bytes(model, token);
        let added = self.output.push(&bytes);
        if let Some(logprob) = logprob {
            self.ticket.logprob(logprob);
        }
        self.tell(&added);
        if added.stopped || self.writer.is_complete() {
            return Some(FinishReason::Stop);
        }
        if self.meter.written() >= self.most {
            return Some(FinishReason::Length);
        }
        self.tokens.push(token);
        None
    }

    /// Marks of thoughts are shown to the splitter even where they are special tokens.
    fn bytes(&self, model: &Model, token: Token) -> Vec<u8> {
        let bytes = model.piece(token, false);
        if !bytes.is_empty() {
            return bytes;
        }
        let mark = model.piece(token, true);
        if self.output.is_mark(&mark) { mark } else { bytes }
    }

    /// Tells the end.
    pub(super) fn finish(mut self, reason: FinishReason) {
        let added = self.output.finish();
        self.tell(&added);
        let mut timing = self.meter.timing();
        (timing.draft_proposed, timing.draft_accepted) = (self.draft.proposed, self.draft.accepted);
        let stop = self.output.stop().map(str::to_owned);
        self.ticket.finish(reason, stop, self.meter.usage(), timing);
    }

    /// Tells the end by an error; what can be read of the answer is told before.
    pub(super) fn fail(mut self, error: Error) {
        let added = self.output.finish();
        self.tell(&added);
        self.ticket.fail(error);
    }

    fn tell(&self, added: &Added) {
        self.ticket.delta(&added.text, &added.reasoning);
        self.ticket.calls(added.calls.clone());
    }
}
