//! Guesses in a step: made where one answer is written alone, checked in the order of the text, and
//! forgotten from the cache behind the first that was wrong. Not here: what is guessed.

use hearth_domain::{AnswerOptions, FinishReason};

use super::{
    run::{Owner, number},
    step::Part,
};
use crate::{Error, scheduler::Share};

/// How an answer went on in a step.
#[derive(Clone, Debug)]
pub(super) enum Went {
    /// More may come.
    On,
    /// It ended well.
    Ended(FinishReason),
    /// It cannot go on.
    Failed(Error),
}

impl Owner {
    /// Guesses ahead for a step of these shares; gives how many tokens were guessed. Models that
    /// cannot forget the end of a sequence are never guessed for.
    pub(super) fn guess(&mut self, shares: &[Share]) -> usize {
        // What was guessed for a step that was not made is out of date.
        self.running.iter_mut().for_each(|running| running.draft.forget());
        let [share] = shares else { return 0 };
        let cells = (self.context.n_ctx() as usize).saturating_sub(self.slots.total() + 1);
        let running = &mut self.running[share.key];
        let held = self.slots.len(running.seq);
        if !self.forgets || !running.is_writing(held) {
            return 0;
        }
        let most = AnswerOptions::MOST_DRAFTED as usize;
        let room = most.min(self.batch_size.saturating_sub(1)).min(cells);
        running.guess(room, &self.step_times);
        running.draft.guess().len()
    }

    /// Takes the token that came out of a part, and those after it whose guesses were right.
    pub(super) fn write(
        &mut self,
        part: &Part,
        output: usize,
        width: usize,
    ) -> Result<Went, Error> {
        let running = &mut self.running[part.place];
        let end = part.held + part.tokens;
        let guess = running.draft.guess().to_vec();
        let mut right = 0;
        let went = loop {
            let (token, reason) =
                match running.take(&self.model, &self.context, output + right, width) {
                    Ok(taken) => taken,
                    Err(error @ Error::StructureDeadEnd) => break Went::Failed(error),
                    Err(error) => return Err(error),
                };
            if let Some(reason) = reason {
                break Went::Ended(reason);
            }
            if guess.get(right) != Some(&token) {
                break Went::On;
            }
            right += 1;
        };
        running.draft.checked(right);
        // The cells of right guesses hold what was written; the others are given back.
        self.slots.extend(running.seq, &running.tokens[end..end + right]);
        if right < guess.len() {
            let seq = number(running.seq);
            let kept = number(end + right);
            self.context.seq_remove(seq, kept, -1).map_err(Error::Inference)?;
        }
        Ok(went)
    }
}
