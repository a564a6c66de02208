//! The reader's end of a request.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use crate::{Event, link::Link, ticket::Ticket};

/// Deltas come at least this far apart. Waking a reader takes a core from the threads that compute,
/// and nobody reads a hundred pieces a second; a model slower than this is read token by token.
const PACE: Duration = Duration::from_millis(20);

/// An answer that is being written. Dropping it cancels it.
pub struct Answer {
    ticket: Arc<Ticket>,
    link: Arc<Link>,
    /// No delta is read before this moment.
    due: Option<Instant>,
}

impl Answer {
    pub(crate) fn new(ticket: Arc<Ticket>, link: Arc<Link>) -> Self {
        Self { ticket, link, due: None }
    }

    /// Waits for the next event; `None` after the last one. Deltas that were not read yet are
    /// joined, and come 20 ms apart at the least but where one is to [`Answer::hurry`]. Giving up the wait loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        if let Some(due) = self.due {
            tokio::select! {
                () = self.ticket.ended() => {}
                () = sleep_until(due) => {}
            }
            self.due = None;
        }
        let event = self.ticket.next().await;
        if let Some(Event::Delta { .. }) = event {
            self.due = Some(Instant::now() + PACE);
        }
        event
    }

    /// Nobody has seen anything of the answer yet, because what was read of it is held back: the next piece
    /// is not to wait. The first words are what people wait for.
    pub fn hurry(&mut self) {
        self.due = None;
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
