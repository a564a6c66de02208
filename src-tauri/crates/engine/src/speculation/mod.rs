//! Guessing tokens ahead, so that one step of the network checks several: texts often repeat what the
//! model read or wrote. Each guess is compared with what the sampler chooses there, so the text is the
//! same with and without. Not here: putting guesses into a step.

mod draft;
mod lookup;
mod times;

pub(crate) use self::{draft::Draft, times::StepTimes};
