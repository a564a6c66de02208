//! The handle of the one way out: it puts the steps of a request in order, holds them to their time, and sees to it that
//! the ledger has a line of each attempt.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use hyper::http::{HeaderName, HeaderValue};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    Error, Ledger, Network, Outcome, Target,
    dial::dial,
    exchange::{exchange, request},
    ledger::Line,
    limits::{CONNECT_TIME, WHOLE_TIME},
    network::System,
    trust::{self, Trust},
    wire::Traffic,
};

/// The way out. Clones are cheap and share the roots and the ledger.
#[derive(Clone)]
pub struct Outbound {
    ledger: Arc<dyn Ledger>,
    network: Arc<dyn Network>,
    trust: Arc<Trust>,
    attempts: Arc<AtomicU64>,
}

/// That a server answered. What it said besides is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status of HTTP; that of a redirect is 3xx.
    pub status: u16,
    /// From the beginning of the attempt to the end of the answer.
    pub took: Duration,
}

impl Outbound {
    /// A way out that tells this ledger. Believes the roots of the system, read at the first secured connection and
    /// again after some hours.
    #[must_use]
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger, network: Arc::new(System), trust: Arc::default(), attempts: Arc::default() }
    }

    /// Believes these authorities as well, given as certificates in PEM: that of a company, or of a test. Those of
    /// an earlier call are not kept.
    ///
    /// # Errors
    /// [`Error::InvalidRoots`] where it is not one certificate or more, each good.
    pub fn with_roots(self, pem: &[u8]) -> Result<Self, Error> {
        Ok(Self { trust: Arc::new(Trust::with(pem)?), ..self })
    }

    /// Asks another network than that of the system: for tests that lie about names and addresses.
    #[must_use]
    pub fn with_network(self, network: Arc<dyn Network>) -> Self {
        Self { network, ..self }
    }

    /// Sends one POST and waits for its status. The purpose is a fixed word for the ledger.
    ///
    /// A future that is dropped takes its connection with it; the server may have got the request all the same, as
    /// with [`Error::TimedOut`] and [`Error::Broken`].
    ///
    /// # Errors
    /// Each variant of [`Error`] but those of reading an address or roots.
    pub async fn post(
        &self,
        purpose: &'static str,
        target: &Target,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
    ) -> Result<Reply, Error> {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let line = Line::begin(&self.ledger, number, purpose, target);
        let sent = async {
            line.written().await?;
            self.send(target, headers, body, line.traffic()).await
        };
        match timeout(WHOLE_TIME, sent).await.unwrap_or(Err(Error::TimedOut)) {
            Ok(status) => Ok(Reply { status, took: line.end(Outcome::Answered(status)) }),
            Err(error) => {
                line.end(Outcome::Failed(error));
                Err(error)
            }
        }
    }

    async fn send(
        &self,
        target: &Target,
        headers: &[(HeaderName, HeaderValue)],
        body: Bytes,
        traffic: &Arc<Traffic>,
    ) -> Result<u16, Error> {
        let request = request(target, headers, body)?;
        let deadline = Instant::now() + CONNECT_TIME;
        // Before the name is asked for: without roots nothing has to leave.
        let connector = if target.is_tls() { Some(self.trust.connector().await?) } else { None };
        let wire = dial(self.network.as_ref(), target, deadline, traffic).await?;
        let Some(connector) = connector else { return exchange(wire, request).await };
        let greeting = timeout_at(deadline, connector.connect(target.server_name(), wire));
        let secured = greeting.await.map_err(|_| Error::TimedOut)?;
        exchange(secured.map_err(|error| trust::fault(&error))?, request).await
    }
}
