//! What is written down of each request: whom it was for, what went over the wire, how it ended. Never a path, a
//! query, a header or a body. Where the lines are kept is for the [`Ledger`] to know.

use std::{net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{Error, Target, wire::Traffic};

/// Whether a line was written, once that is known.
pub type Written<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Is told of every attempt, refused ones too.
pub trait Ledger: Send + Sync {
    /// An attempt begins. Nothing leaves before its line is written, not even the question for the name, and
    /// nothing where it cannot be.
    fn began<'a>(&'a self, attempt: &'a Attempt) -> Written<'a>;
    /// It is over, also where the caller gave it up. Called once for each attempt that was to begin, and must not
    /// wait for a disk.
    fn ended(&self, connection: &Connection);
}

/// A request that somebody wants to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Counted from 1 for each [`Outbound`](crate::Outbound) and its clones, so that the end finds its beginning.
    pub number: u64,
    /// What for, as the caller names it: a fixed word such as `webhook`.
    pub purpose: &'static str,
    /// The host that was asked for, as [`Target::host`] has it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection was to be secured.
    pub tls: bool,
}

/// What left the computer: one line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What was wanted.
    pub attempt: Attempt,
    /// The address that was connected to, tried last, or refused. `None` where it did not come to one.
    pub address: Option<SocketAddr>,
    /// Bytes that were sent, TLS with them.
    pub sent: u64,
    /// Bytes that were received, TLS with them.
    pub received: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// From its beginning to its end.
    pub took: Duration,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered with this status.
    Answered(u16),
    /// It was refused here, or failed.
    Failed(Error),
    /// The caller waited no longer, or the program ended.
    GivenUp,
}

/// A line that is being written; it is complete when it is dropped.
pub(crate) struct Line {
    ledger: Arc<dyn Ledger>,
    attempt: Attempt,
    started: Instant,
    traffic: Arc<Traffic>,
    ended: Option<(Outcome, Duration)>,
}

impl Line {
    pub(crate) fn begin(
        ledger: &Arc<dyn Ledger>,
        number: u64,
        purpose: &'static str,
        target: &Target,
    ) -> Self {
        let (host, port, tls) = (target.host().to_owned(), target.port(), target.is_tls());
        Self {
            ledger: Arc::clone(ledger),
            attempt: Attempt { number, purpose, host, port, tls },
            started: Instant::now(),
            traffic: Arc::default(),
            ended: None,
        }
    }

    /// Waits until its beginning is written.
    ///
    /// # Errors
    /// [`Error::Unrecorded`].
    pub(crate) async fn written(&self) -> Result<(), Error> {
        if self.ledger.began(&self.attempt).await { Ok(()) } else { Err(Error::Unrecorded) }
    }

    /// What the connection counts.
    pub(crate) fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }

    /// Ends the line, and says how long it took.
    pub(crate) fn end(mut self, outcome: Outcome) -> Duration {
        let took = self.started.elapsed();
        self.ended = Some((outcome, took));
        took
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let given_up = || (Outcome::GivenUp, self.started.elapsed());
        let (outcome, took) = self.ended.take().unwrap_or_else(given_up);
        let Attempt { purpose, host, tls, .. } = &self.attempt;
        tracing::debug!(purpose, host, tls, ?outcome, "a request to the outside ended");
        self.ledger.ended(&Connection {
            attempt: self.attempt.clone(),
            address: self.traffic.address(),
            sent: self.traffic.sent(),
            received: self.traffic.received(),
            outcome,
            took,
        });
    }
}
