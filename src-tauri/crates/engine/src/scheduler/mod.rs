//! Who waits, who computes next, who gives way: pure rules over numbers, tested without a model.

mod backlog;
mod class;
mod cost;
mod ledger;
mod plan;
mod policy;
mod queue;
mod shares;
#[cfg(test)]
mod simulation;
mod slots;
mod victim;

pub use backlog::QueueLimits;
pub(crate) use backlog::{Backlog, Full, Work};
pub(crate) use cost::Shape;
pub(crate) use plan::{Plan, Share, View};
pub(crate) use policy::{Account, Next, Policy};
pub(crate) use queue::Label;
pub(crate) use slots::{Choice, Cut, Slots, common};
pub(crate) use victim::{Room, Seat, gives_way, victim};
