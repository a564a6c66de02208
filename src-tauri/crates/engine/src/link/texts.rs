//! Texts that wait to become vectors, and what a model is for.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{Link, lock};
use hearth_domain::ModelPurpose;

use crate::{Error, QueueLimits, Texts, Vectors, owner::Command, vectors::TextsAsked};

/// When whoever asks for vectors may come again: each request of them is short.
const SOON: Duration = Duration::from_secs(1);

impl Link {
    /// Takes texts that are to become vectors, unless too many wait or the model is gone; gives their
    /// place in the order in which requests came.
    pub(crate) fn take_texts(
        &self,
        (asked, question): (Texts, Option<String>),
        limits: &QueueLimits,
    ) -> Result<(u64, oneshot::Receiver<Result<Vectors, Error>>), Error> {
        let mut open = lock(&self.open);
        if let Some(error) = &open.closed {
            return Err(error.clone());
        }
        open.texts.retain(|waiting| !waiting.reply.is_closed());
        let limit = limits.of(asked.priority);
        if open.texts.iter().filter(|it| it.asked.priority == asked.priority).count() >= limit {
            return Err(Error::QueueFull { limit, wait: SOON });
        }
        let (reply, made) = oneshot::channel();
        let order = self.orders.fetch_add(1, Ordering::SeqCst);
        let texts = TextsAsked::new((asked, question), (order, open.texts_served), reply);
        if open.purpose.is_some_and(|purpose| purpose != texts.wants()) {
            return Err(Error::WrongPurpose);
        }
        open.texts.push(texts);
        self.commands.send(Command::Wake).map_err(|_| Error::NotLoaded)?;
        Ok((order, made))
    }

    /// The texts whose turn it is.
    pub(crate) fn next_texts(&self) -> Option<TextsAsked> {
        let mut open = lock(&self.open);
        open.texts.retain(|waiting| !waiting.reply.is_closed());
        let now = Instant::now();
        let (at, _) = open.texts.iter().enumerate().min_by_key(|(_, it)| it.rank(now))?;
        let next = open.texts.remove(at);
        open.texts_served = open.texts_served.max(next.served);
        Some(next)
    }

    /// A request is done that had so many tokens: whoever comes now begins no earlier, or a long one would wait
    /// for as long as short ones come.
    pub(crate) fn read_texts(&self, served: usize) {
        let mut open = lock(&self.open);
        open.texts_served = open.texts_served.max(served);
    }

    /// Their turn is over, and they are not done.
    pub(crate) fn put_back(&self, mut texts: TextsAsked) {
        texts.since = Instant::now();
        let mut open = lock(&self.open);
        match &open.closed {
            Some(error) => drop(texts.reply.send(Err(error.clone()))),
            None => open.texts.push(texts),
        }
    }

    /// How many texts wait.
    pub(crate) fn waiting_texts(&self) -> u32 {
        u32::try_from(lock(&self.open).texts.len()).unwrap_or(u32::MAX)
    }

    /// What the model is for is known: whoever asked it for something else is told.
    pub(crate) fn set_purpose(&self, purpose: ModelPurpose) {
        let mut open = lock(&self.open);
        open.purpose = Some(purpose);
        if purpose != ModelPurpose::Answers {
            for ticket in open.tickets.drain(..).filter_map(|ticket| ticket.upgrade()) {
                ticket.fail(Error::WrongPurpose);
            }
        }
        for waiting in open.texts.extract_if(.., |texts| texts.wants() != purpose) {
            let _ = waiting.reply.send(Err(Error::WrongPurpose));
        }
    }

    pub(crate) fn purpose(&self) -> Option<ModelPurpose> {
        lock(&self.open).purpose
    }
}
