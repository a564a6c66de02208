//! The reader's end of a request.

use std::sync::Arc;

use crate::{Event, link::Link, ticket::Ticket};

/// An answer that is being written. Dropping it cancels it.
pub struct Answer {
    ticket: Arc<Ticket>,
    link: Arc<Link>,
}

impl Answer {
    pub(crate) fn new(ticket: Arc<Ticket>, link: Arc<Link>) -> Self {
        Self { ticket, link }
    }

    /// Waits for the next event; `None` after the last one. Deltas that were not read yet are
    /// joined. Giving up the wait loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        self.ticket.next().await
    }

    /// Asks to stop; the last event, `Finished` with `Cancelled`, follows at once or with the end of
    /// the step that runs. Asking again changes nothing.
    pub fn cancel(&self) {
        self.ticket.cancel();
        self.link.cancelled(self.ticket.order);
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.cancel();
    }
}
