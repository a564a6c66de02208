//! The ledger of connections: a line on disk for each, before anything of it leaves. Told by `outbound`, which
//! makes them; read by the person.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use hearth_domain::{
    Connection, ConnectionId, ConnectionPage, ExportFile, OutboundError, Timestamp,
};
use hearth_outbound::{Attempt, Error as Failed, Ledger, Outcome, Written};
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    App, Clock, Result,
    app::lock,
    db::Database,
    spreadsheet::{export, table},
};

/// Lines of a page.
const PAGE: u32 = 100;
/// Lines of a file.
const EXPORTED: u32 = 1_000_000;
/// The columns of a file.
const COLUMNS: [&str; 10] = [
    "at_ms",
    "purpose",
    "host",
    "port",
    "address",
    "tls",
    "sent",
    "received",
    "http_status",
    "error",
];

/// A line to be written; whoever waits hears whether it was. Without a line, that those before it were.
struct Entry {
    line: Option<Connection>,
    written: Option<oneshot::Sender<bool>>,
}

/// Writes the lines, in their order, beside whoever connects.
pub(crate) struct Lines {
    clock: Arc<dyn Clock>,
    /// Lines that are not ended, by the number of their attempt.
    open: Mutex<HashMap<u64, Connection>>,
    /// `None` once nothing more is written.
    entries: Mutex<Option<UnboundedSender<Entry>>>,
}

impl Lines {
    pub(crate) fn new(db: Database, clock: Arc<dyn Clock>, tasks: &TaskTracker) -> Self {
        let (entries, lines) = unbounded_channel();
        tasks.spawn(write(db, lines));
        Self { clock, open: Mutex::default(), entries: Mutex::new(Some(entries)) }
    }

    /// Nothing more is written once what was told by now is.
    pub(crate) fn close(&self) {
        *lock(&self.entries) = None;
    }

    /// Waits until what was told by now is written.
    pub(super) async fn written(&self) {
        self.wait(None).await;
    }

    /// Writes a line, or nothing; whether what was told by now is written.
    async fn wait(&self, line: Option<Connection>) -> bool {
        let (written, done) = oneshot::channel();
        self.put(Entry { line, written: Some(written) });
        done.await.unwrap_or(false)
    }

    fn put(&self, entry: Entry) {
        if let Some(entries) = &*lock(&self.entries) {
            // A writer that is gone was told to end.
            let _ = entries.send(entry);
        }
    }
}

impl Ledger for Lines {
    fn began<'a>(&'a self, attempt: &'a Attempt) -> Written<'a> {
        let Attempt { number, purpose, host, port, tls } = attempt;
        let line = Connection {
            id: ConnectionId(Uuid::now_v7()),
            at: self.clock.now(),
            purpose: (*purpose).to_owned(),
            host: host.clone(),
            port: *port,
            address: None,
            tls: *tls,
            sent: 0,
            received: 0,
            http_status: None,
            error: None,
        };
        lock(&self.open).insert(*number, line.clone());
        Box::pin(self.wait(Some(line)))
    }

    fn ended(&self, ended: &hearth_outbound::Connection) {
        let Some(line) = lock(&self.open).remove(&ended.attempt.number) else { return };
        let (http_status, error) = match ended.outcome {
            Outcome::Answered(status) => (Some(status), None),
            Outcome::Failed(error) => (None, Some(kind(error))),
            Outcome::GivenUp => (None, None),
        };
        let address = ended.address.map(|address| address.ip().to_string());
        let (sent, received) = (ended.sent, ended.received);
        let line = Connection { address, sent, received, http_status, error, ..line };
        self.put(Entry { line: Some(line), written: None });
    }
}

/// What a failure is called where people read it.
pub(super) fn kind(error: Failed) -> OutboundError {
    match error {
        Failed::InvalidAddress => OutboundError::InvalidAddress,
        Failed::Forbidden => OutboundError::Forbidden,
        Failed::NameNotFound => OutboundError::NameNotFound,
        Failed::Unreachable => OutboundError::Unreachable,
        Failed::Certificate(_) => OutboundError::Certificate,
        Failed::Tls => OutboundError::Tls,
        Failed::NoRoots | Failed::InvalidRoots => OutboundError::NoRoots,
        Failed::Unrecorded => OutboundError::Unrecorded,
        Failed::TimedOut => OutboundError::TimedOut,
        Failed::ReservedHeader | Failed::TooLarge | Failed::Broken => OutboundError::Broken,
    }
}

async fn write(db: Database, mut entries: UnboundedReceiver<Entry>) {
    while let Some(Entry { line, written }) = entries.recv().await {
        let done = match line {
            Some(line) => db.write(move |w| w.connection_put(&line)).await,
            None => Ok(()),
        };
        if let Err(error) = &done {
            tracing::warn!(code = error.code().as_str(), "a connection was not written down");
        }
        if let Some(written) = written {
            // Whoever waited may have left.
            let _ = written.send(done.is_ok());
        }
    }
}

impl App {
    /// A page of the ledger, the latest connection first; those before one of them, where one is named.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn connection_list(&self, before: Option<ConnectionId>) -> Result<ConnectionPage> {
        self.db.read(move |r| r.connections(before, PAGE)).await
    }

    /// The ledger as a file, the earliest connection first: JSON with `json`, else CSV.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn connection_export(&self, json: bool) -> Result<ExportFile> {
        let mut all = self.db.read(|r| r.connections(None, EXPORTED)).await?.connections;
        all.reverse();
        export("connections", json, &all, || table(COLUMNS, all.iter().map(row)))
    }
}

fn row(line: &Connection) -> [String; 10] {
    let number = |status: Option<u16>| status.map(|it| it.to_string()).unwrap_or_default();
    let Timestamp(at) = line.at;
    [
        at.to_string(),
        line.purpose.clone(),
        line.host.clone(),
        line.port.to_string(),
        line.address.clone().unwrap_or_default(),
        line.tls.to_string(),
        line.sent.to_string(),
        line.received.to_string(),
        number(line.http_status),
        line.error.map_or("", OutboundError::as_str).to_owned(),
    ]
}
