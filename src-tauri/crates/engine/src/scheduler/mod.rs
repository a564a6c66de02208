//! Who waits, who computes next, who gives way: pure rules over numbers, tested without a model.

mod plan;
mod queue;
mod slots;
mod victim;

pub(crate) use plan::{Limits, Share, View, beside_decoding, plan};
pub(crate) use queue::Queue;
pub(crate) use slots::{Choice, Slots};
pub(crate) use victim::victim;
