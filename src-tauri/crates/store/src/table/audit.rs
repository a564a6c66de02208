//! The audit log: what the guardrails did, entry after entry, each bound to the one before by a
//! keyed hash. No content is in it.
//!
//! The key is derived from that of the database. Whoever writes to the file without it can neither
//! change, insert, reorder nor drop an entry unseen, at either end. A whole older database in place
//! of the newer one is not seen here; the head that `app` leaves in the keyring shows it.

use std::fmt;

use hearth_domain::{AuditEntry, AuditFilter, AuditPage, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::{
    Db, Reader, Result, Writer, columns,
    key::{KEY_BYTES, derive},
};

const ENTRY: &[u8] = b"hearth audit entry v1";
const SEAL: &[u8] = b"hearth audit seal v1";
const COLUMNS: &str = "seq, at, actor, channel, kind, rule, action, count, mac";

type Mac = [u8; KEY_BYTES];

/// What binds the entries of one database. It prints nothing.
#[derive(Clone)]
pub struct AuditKey(zeroize::Zeroizing<Mac>);

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(…)")
    }
}

/// What is to be noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// Who.
    pub actor: &'static str,
    /// Where the text came from.
    pub channel: &'static str,
    /// What it was about.
    pub kind: String,
    /// The rule.
    pub rule: String,
    /// What was done.
    pub action: String,
    /// How often.
    pub count: u32,
}

/// Where the log begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// The last entry that was dropped for its age; 0 where none was.
    base_seq: u64,
    base_mac: Mac,
    /// The last entry; 0 where there is none.
    pub end_seq: u64,
    /// Its hash.
    pub end_mac: Mac,
}

impl AuditState {
    const EMPTY: Self =
        Self { base_seq: 0, base_mac: [0; KEY_BYTES], end_seq: 0, end_mac: [0; KEY_BYTES] };

    fn seal(&self, key: &AuditKey) -> Mac {
        let mut record = Vec::with_capacity(80);
        record.extend_from_slice(&self.base_seq.to_le_bytes());
        record.extend_from_slice(&self.base_mac);
        record.extend_from_slice(&self.end_seq.to_le_bytes());
        record.extend_from_slice(&self.end_mac);
        // HKDF's first step is HMAC-SHA256 under its salt.
        *derive(&record, &*key.0, SEAL)
    }
}

/// The hash of an entry: of the one before, and of every field with its length.
fn mac(key: &AuditKey, before: &Mac, entry: &AuditEntry) -> Mac {
    let mut record = Vec::with_capacity(160);
    record.extend_from_slice(before);
    record.extend_from_slice(&entry.seq.to_le_bytes());
    record.extend_from_slice(&entry.at.0.to_le_bytes());
    record.extend_from_slice(&entry.count.to_le_bytes());
    for field in [&entry.actor, &entry.channel, &entry.kind, &entry.rule, &entry.action] {
        record.extend_from_slice(&(field.len() as u64).to_le_bytes());
        record.extend_from_slice(field.as_bytes());
    }
    *derive(&record, &*key.0, ENTRY)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(AuditEntry, Mac)> {
    let entry = AuditEntry {
        seq: columns::count(row, 0)?,
        at: columns::time(row, 1)?,
        actor: row.get(2)?,
        channel: row.get(3)?,
        kind: row.get(4)?,
        rule: row.get(5)?,
        action: row.get(6)?,
        count: row.get(7)?,
    };
    Ok((entry, row.get(8)?))
}

impl Db {
    /// The key of this database's audit log.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_key(&self) -> Result<AuditKey> {
        let id = self.read(|r| r.database_id())?;
        Ok(AuditKey(derive(self.key().bytes(), id.as_bytes(), b"hearth audit key v1")))
    }
}

impl Reader<'_> {
    /// Entries, the newest first, `limit` at most.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_page(&self, filter: &AuditFilter, limit: u32) -> Result<AuditPage> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit
             WHERE seq < ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR action = ?3)
             ORDER BY seq DESC LIMIT ?4"
        );
        let before = filter.before.map_or(Ok(i64::MAX), columns::to_integer)?;
        let kind = filter.kind.map(hearth_domain::GuardKind::as_str);
        let action = filter.action.map(hearth_domain::GuardAction::as_str);
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map(params![before, kind, action, i64::from(limit) + 1], entry)?;
        let mut entries =
            rows.map(|row| row.map(|(entry, _)| entry)).collect::<rusqlite::Result<Vec<_>>>()?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let next = entries.last().filter(|_| more).map(|last| last.seq);
        Ok(AuditPage { entries, next })
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_count(&self) -> Result<u64> {
        Ok(self.conn().query_row("SELECT count(*) FROM audit", [], |row| columns::count(row, 0))?)
    }

    /// Where the log begins and ends, and its seal; `None` before the first entry.
    fn audit_state_and_seal(&self) -> Result<Option<(AuditState, Mac)>> {
        let sql = "SELECT base_seq, base_mac, end_seq, end_mac, seal FROM audit_state";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([], |row| {
            let state = AuditState {
                base_seq: columns::count(row, 0)?,
                base_mac: row.get(1)?,
                end_seq: columns::count(row, 2)?,
                end_mac: row.get(3)?,
            };
            Ok((state, row.get(4)?))
        });
        Ok(found.optional()?)
    }

    /// Where the log ends; `None` before the first entry.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_state(&self) -> Result<Option<AuditState>> {
        Ok(self.audit_state_and_seal()?.map(|(state, _)| state))
    }

    /// Follows the chain from its beginning. `Some` is the number of the first entry that is not
    /// what was written, or is missing.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_verify(&self, key: &AuditKey) -> Result<Option<u64>> {
        let known = self.audit_state_and_seal()?;
        let (state, sealed) = known.map_or((AuditState::EMPTY, None), |(s, seal)| (s, Some(seal)));
        if sealed.is_some_and(|sealed| sealed != state.seal(key)) {
            return Ok(Some(state.base_seq + 1));
        }
        let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY seq");
        let mut query = self.conn().prepare(&sql)?;
        let mut rows = query.query([])?;
        let (mut before, mut next) = (state.base_mac, state.base_seq + 1);
        while let Some(row) = rows.next()? {
            let Ok((entry, found)) = entry(row) else { return Ok(Some(next)) };
            if entry.seq != next || found != mac(key, &before, &entry) {
                return Ok(Some(next));
            }
            (before, next) = (found, next + 1);
        }
        let whole = next == state.end_seq + 1 && before == state.end_mac;
        Ok((!whole).then_some(next))
    }

    /// The hash of one entry; `None` where it is not there.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn audit_mac(&self, seq: u64) -> Result<Option<[u8; 32]>> {
        let mut query = self.conn().prepare_cached("SELECT mac FROM audit WHERE seq = ?1")?;
        Ok(query.query_row([columns::to_integer(seq)?], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Adds entries at the end; returns where the log ends then.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn audit_append(
        &mut self,
        key: &AuditKey,
        now: Timestamp,
        new: &[NewAuditEntry],
    ) -> Result<AuditState> {
        let mut state = self.audit_state()?.unwrap_or(AuditState::EMPTY);
        let sql =
            format!("INSERT INTO audit ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        for new in new {
            let entry = AuditEntry {
                seq: state.end_seq + 1,
                at: now,
                actor: new.actor.to_owned(),
                channel: new.channel.to_owned(),
                kind: new.kind.clone(),
                rule: new.rule.clone(),
                action: new.action.clone(),
                count: new.count,
            };
            let mac = mac(key, &state.end_mac, &entry);
            self.conn().prepare_cached(&sql)?.execute(params![
                columns::to_integer(entry.seq)?,
                entry.at.0,
                entry.actor,
                entry.channel,
                entry.kind,
                entry.rule,
                entry.action,
                entry.count,
                mac,
            ])?;
            (state.end_seq, state.end_mac) = (entry.seq, mac);
        }
        self.audit_state_save(key, &state)?;
        Ok(state)
    }

    /// Drops entries from before a moment, as far as they are the oldest ones in a row. Returns how
    /// many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn audit_expire(&mut self, key: &AuditKey, before: Timestamp) -> Result<usize> {
        let Some(mut state) = self.audit_state()? else { return Ok(0) };
        // A clock that went back leaves younger entries behind older ones: those wait.
        let sql = "SELECT coalesce((SELECT min(seq) FROM audit WHERE at >= ?1), ?2 + 1)";
        let first: u64 = self.conn().query_row(
            sql,
            params![before.0, columns::to_integer(state.end_seq)?],
            |row| columns::count(row, 0),
        )?;
        let Some(last) = first.checked_sub(1).filter(|last| *last > state.base_seq) else {
            return Ok(0);
        };
        let Some(mac) = self.audit_mac(last)? else { return Ok(0) };
        (state.base_seq, state.base_mac) = (last, mac);
        let dropped = self
            .conn()
            .execute("DELETE FROM audit WHERE seq <= ?1", [columns::to_integer(last)?])?;
        self.audit_state_save(key, &state)?;
        Ok(dropped)
    }

    fn audit_state_save(&mut self, key: &AuditKey, state: &AuditState) -> Result<()> {
        let sql = "INSERT INTO audit_state (one, base_seq, base_mac, end_seq, end_mac, seal)
             VALUES (1, ?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (one) DO UPDATE
             SET base_seq = ?1, base_mac = ?2, end_seq = ?3, end_mac = ?4, seal = ?5";
        self.conn().prepare_cached(sql)?.execute(params![
            columns::to_integer(state.base_seq)?,
            state.base_mac,
            columns::to_integer(state.end_seq)?,
            state.end_mac,
            state.seal(key),
        ])?;
        Ok(())
    }
}
