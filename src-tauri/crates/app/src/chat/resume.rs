//! Going on with an answer that ended too soon: the same message is written on from its text.
//!
//! Until the first new word is saved the text on disk is the one that was there, so that a power
//! cut between loses nothing. Not here: how the prompt is made to end in the answer.

use std::sync::Arc;

use hearth_domain::{MessageId, Timing, Usage};
use hearth_store::Writer;

use super::{ChatStarted, asker::Asker, question};
use crate::{App, Result, port_keys::Grant};

impl App {
    /// Goes on with an answer that was stopped, interrupted, or ended at its length: what is
    /// written is added to the same message. An answer that failed before its first word begins
    /// anew in its place.
    ///
    /// # Errors
    /// A message that is no answer or is the end of no branch, and as [`App::chat_send_for`].
    pub async fn chat_continue(
        self: &Arc<Self>,
        grant: Option<Arc<Grant>>,
        message: MessageId,
    ) -> Result<ChatStarted> {
        self.check_open()?;
        if let Some(grant) = &grant {
            self.check_answer(grant, message).await?;
        }
        let asker = Asker::of(self, grant, 0)?;
        let conversation = self.db.read(move |r| r.message(message)).await?.conversation;
        let place = self.reserve(Some(conversation))?;
        let generation = place.generation;
        let save = move |w: &mut Writer<'_>| question::reopen(w, message, generation);
        self.keep(save, (asker, place), Default::default(), Vec::new()).await
    }
}

/// What writing took.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    pub(super) usage: Usage,
    pub(super) timing: Timing,
}

/// What both parts of an answer took: tokens and thinking add up, the waiting is that for the first
/// word, and the speed is that over both.
pub(super) fn whole(first: Cost, more: Cost) -> Cost {
    let usage = Usage {
        prompt_tokens: first.usage.prompt_tokens + more.usage.prompt_tokens,
        cached_tokens: first.usage.cached_tokens + more.usage.cached_tokens,
        completion_tokens: first.usage.completion_tokens + more.usage.completion_tokens,
    };
    let thinking_ms = first.timing.thinking_ms + more.timing.thinking_ms;
    if more.usage.completion_tokens == 0 {
        return Cost { usage, timing: first.timing };
    }
    if first.timing.tokens_per_second <= 0.0 {
        return Cost { usage, timing: Timing { thinking_ms, ..more.timing } };
    }
    let seconds = |cost: &Cost| {
        let speed = cost.timing.tokens_per_second;
        let written = f64::from(cost.usage.completion_tokens);
        if speed > 0.0 { written / speed } else { 0.0 }
    };
    let both = seconds(&first) + seconds(&more);
    let written = f64::from(usage.completion_tokens);
    let timing = Timing {
        tokens_per_second: if both > 0.0 { written / both } else { 0.0 },
        batch_width: first.timing.batch_width.max(more.timing.batch_width),
        draft_proposed: first.timing.draft_proposed.saturating_add(more.timing.draft_proposed),
        draft_accepted: first.timing.draft_accepted.saturating_add(more.timing.draft_accepted),
        thinking_ms,
        ..first.timing
    };
    Cost { usage, timing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(tokens: u32, speed: f64) -> Cost {
        let usage = Usage { prompt_tokens: 7, cached_tokens: 1, completion_tokens: tokens };
        let timing = Timing {
            ttft_ms: speed,
            tokens_per_second: speed,
            thinking_ms: 3.0,
            ..Timing::default()
        };
        Cost { usage, timing }
    }

    #[test]
    fn tokens_add_up_and_the_speed_is_that_of_the_whole() {
        let whole = whole(cost(100, 10.0), cost(100, 50.0));
        assert_eq!((whole.usage.prompt_tokens, whole.usage.completion_tokens), (14, 200));
        // 100 tokens in ten seconds and as many in two.
        assert!((whole.timing.tokens_per_second - 200.0 / 12.0).abs() < 1e-9);
        assert!((whole.timing.ttft_ms - 10.0).abs() < 1e-9);
        assert!((whole.timing.thinking_ms - 6.0).abs() < 1e-9);
    }

    #[test]
    fn a_part_without_a_word_has_no_speed() {
        let first = whole(cost(100, 10.0), cost(0, 0.0)).timing.tokens_per_second;
        let second = whole(cost(0, 0.0), cost(100, 20.0)).timing.tokens_per_second;
        assert!((first - 10.0).abs() < 1e-9 && (second - 20.0).abs() < 1e-9);
    }
}
