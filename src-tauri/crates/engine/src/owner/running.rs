//! One request that has a sequence: its tokens, its sampler, its text.

use std::sync::Arc;

use hearth_domain::{FinishReason, Priority};
use hearth_llama::{Model, Sampler, Token};

use crate::{Error, meter::Meter, output::Output, prepare::Prepared, sampling, ticket::Ticket};

/// A request that is being worked on.
pub(super) struct Running {
    pub(super) ticket: Arc<Ticket>,
    pub(super) priority: Priority,
    pub(super) seq: usize,
    /// The prompt and every token written; what of it the cache holds is noted in the slots.
    pub(super) tokens: Vec<Token>,
    pub(super) prompt: usize,
    pub(super) meter: Meter,
    pub(super) sampler: Sampler,
    most: usize,
    output: Output,
}

impl Running {
    pub(super) fn new(
        model: &Model,
        prepared: Prepared,
        seq: usize,
        cached: usize,
    ) -> Result<Self, Error> {
        let Prepared { ticket, tokens, begun, output, sampling, priority, most, .. } = prepared;
        let mut sampler =
            Sampler::new(model, &sampling::params(&sampling)).map_err(Error::Prompt)?;
        // An answer that goes on is penalised for what it said before, too.
        for token in &tokens[tokens.len() - begun..] {
            sampler.accept(*token).map_err(Error::Prompt)?;
        }
        let prompt = tokens.len();
        let meter = Meter::new(ticket.asked, prompt, cached);
        Ok(Self { ticket, priority, seq, tokens, prompt, meter, sampler, most, output })
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

    /// Takes the next token of the answer; gives the reason where it was the last.
    pub(super) fn take(
        &mut self,
        model: &Model,
        token: Token,
        width: usize,
    ) -> Option<FinishReason> {
        if model.is_eog(token) {
            self.meter.token(width, false);
            return Some(FinishReason::Stop);
        }
        self.meter.token(width, true);
        let bytes = self.bytes(model, token);
        let added = self.output.push(&bytes);
        self.ticket.delta(&added.text, &added.reasoning);
        if added.stopped {
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
        self.ticket.delta(&added.text, &added.reasoning);
        self.ticket.finish(reason, self.meter.usage(), self.meter.timing());
    }
}
