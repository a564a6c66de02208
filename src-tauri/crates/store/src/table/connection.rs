//! The ledger: every connection that was made to another computer, or refused. Never what was sent.

use hearth_domain::{Connection, ConnectionId, ConnectionPage, Timestamp};
use rusqlite::{Row, params};

use crate::{Reader, Result, Writer, columns};

const COLUMNS: &str =
    "id, at, purpose, host, port, address, tls, sent, received, http_status, error";

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        id: ConnectionId(columns::uuid(row, 0)?),
        at: columns::time(row, 1)?,
        purpose: row.get(2)?,
        host: row.get(3)?,
        port: row.get(4)?,
        address: row.get(5)?,
        tls: row.get(6)?,
        sent: columns::count(row, 7)?,
        received: columns::count(row, 8)?,
        http_status: row.get(9)?,
        error: columns::maybe_word(row, 10)?,
    })
}

impl Reader<'_> {
    /// Connections, the latest first; those before one of them, where one is named.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn connections(&self, before: Option<ConnectionId>, limit: u32) -> Result<ConnectionPage> {
        let sql = format!(
            "SELECT {COLUMNS} FROM connection
             WHERE seq < coalesce((SELECT seq FROM connection WHERE id = ?1), 9223372036854775807)
             ORDER BY seq DESC LIMIT ?2"
        );
        let before = before.map(|id| id.0.into_bytes());
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map(params![before, i64::from(limit) + 1], connection)?;
        let mut connections: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        let more = connections.len() > limit as usize;
        connections.truncate(limit as usize);
        Ok(ConnectionPage { connections, more })
    }
}

impl Writer<'_> {
    /// Notes a connection, or what became of one that is noted.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn connection_put(&mut self, row: &Connection) -> Result<()> {
        let sql = "INSERT INTO connection (id, at, purpose, host, port, address, tls, sent, received,
                http_status, error)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET address = ?6, sent = ?8, received = ?9, http_status = ?10,
                error = ?11";
        let Connection { id, at, purpose, host, port, address, tls, http_status, .. } = row;
        let [sent, received] = [row.sent, row.received].map(columns::to_integer);
        let (sent, received) = (sent?, received?);
        let error = row.error.as_ref().map(columns::to_word).transpose()?;
        let id = id.0.as_bytes();
        let row = params![
            id,
            at.0,
            purpose,
            host,
            port,
            address,
            tls,
            sent,
            received,
            http_status,
            error
        ];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Removes what is older than a moment.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn connections_purge(&mut self, before: Timestamp) -> Result<usize> {
        Ok(self.conn().execute("DELETE FROM connection WHERE at < ?1", [before.0])?)
    }
}
