//! Keys of the port and what was done with each.
//!
//! A key is kept as a hash that is keyed with the key of the database: whoever has one row of it can
//! neither show it at the port nor try guesses against it.

use std::fmt;

use data_encoding::HEXLOWER;
use hearth_domain::{
    KeyUse, KeyUseDay, PortKey, PortKeyDraft, PortKeyId, PortRights, Secret, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    Db, Error, Reader, Result, Writer, columns,
    key::{KEY_BYTES, derive},
};

const SELECT: &str = "SELECT k.id, k.name, k.rights, k.hint, k.created, k.last_used,
        COALESCE(SUM(u.requests), 0), COALESCE(SUM(u.prompt_tokens), 0),
        COALESCE(SUM(u.completion_tokens), 0)
    FROM port_key k LEFT JOIN port_key_use u ON u.port_key = k.id";

/// The hash under which a key is kept.
pub type PortKeyHash = [u8; KEY_BYTES];

/// Makes the hashes of one database. It prints nothing.
#[derive(Clone)]
pub struct PortKeySeal(Zeroizing<[u8; KEY_BYTES]>);

impl PortKeySeal {
    /// The hash of a key.
    #[must_use]
    pub fn hash(&self, key: &Secret<String>) -> PortKeyHash {
        self.hash_of_digest(&Sha256::digest(key.expose().as_bytes()).into())
    }

    /// The hash of a key by its SHA-256, which is what was kept before schema 9.
    fn hash_of_digest(&self, digest: &[u8; 32]) -> PortKeyHash {
        // HKDF's first step is HMAC-SHA256 under its salt.
        *derive(digest, &*self.0, b"hearth port key v1")
    }
}

impl fmt::Debug for PortKeySeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortKeySeal(…)")
    }
}

impl Db {
    /// What makes the hashes of this database.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn port_key_seal(&self) -> Result<PortKeySeal> {
        let id = self.read(|r| r.database_id())?;
        Ok(PortKeySeal(derive(self.key().bytes(), id.as_bytes(), b"hearth port key seal v1")))
    }
}

/// A key that programs come with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPortKey {
    /// Which.
    pub id: PortKeyId,
    /// How it is recognised.
    pub hash: PortKeyHash,
    /// What it may do.
    pub rights: PortRights,
}

fn port_key(row: &Row<'_>) -> rusqlite::Result<PortKey> {
    Ok(PortKey {
        id: PortKeyId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        rights: columns::json(row, 2)?,
        hint: row.get(3)?,
        created: columns::time(row, 4)?,
        last_used: columns::maybe_time(row, 5)?,
        used: key_use(row, 6)?,
    })
}

fn key_use(row: &Row<'_>, first: usize) -> rusqlite::Result<KeyUse> {
    Ok(KeyUse {
        requests: columns::count(row, first)?,
        prompt_tokens: columns::count(row, first + 1)?,
        completion_tokens: columns::count(row, first + 2)?,
    })
}

impl Reader<'_> {
    /// Every key, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn port_key_list(&self) -> Result<Vec<PortKey>> {
        let sql = format!("{SELECT} GROUP BY k.id ORDER BY k.name");
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map([], port_key)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// One key.
    ///
    /// # Errors
    /// [`Error::PortKeyNotFound`].
    pub fn port_key(&self, id: PortKeyId) -> Result<PortKey> {
        let sql = format!("{SELECT} WHERE k.id = ?1 GROUP BY k.id");
        let mut query = self.conn().prepare_cached(&sql)?;
        query.query_row([id.0.as_bytes()], port_key).optional()?.ok_or(Error::PortKeyNotFound)
    }

    /// How each key is recognised and what it may do.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn port_key_rights(&self) -> Result<Vec<StoredPortKey>> {
        let mut query = self.conn().prepare_cached("SELECT id, hash, rights FROM port_key")?;
        let stored = |row: &Row<'_>| {
            Ok(StoredPortKey {
                id: PortKeyId(columns::uuid(row, 0)?),
                hash: row.get(1)?,
                rights: columns::json(row, 2)?,
            })
        };
        let rows = query.query_map([], stored)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// What was done with a key, the earliest day first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn port_key_days(&self, id: PortKeyId) -> Result<Vec<KeyUseDay>> {
        let sql = "SELECT day, requests, prompt_tokens, completion_tokens FROM port_key_use
            WHERE port_key = ?1 ORDER BY day";
        let mut query = self.conn().prepare_cached(sql)?;
        let day = |row: &Row<'_>| Ok(KeyUseDay { day: row.get(0)?, used: key_use(row, 1)? });
        let rows = query.query_map([id.0.as_bytes()], day)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Adds a key.
    ///
    /// # Errors
    /// [`Error::NameTaken`].
    pub fn port_key_insert(&mut self, new: &PortKey, hash: &PortKeyHash) -> Result<()> {
        self.check_port_key_name(new.id, &new.name)?;
        let sql = "INSERT INTO port_key (id, hash, name, rights, hint, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let rights = columns::to_json(&new.rights)?;
        let row = params![new.id.0.as_bytes(), hash, new.name, rights, new.hint, new.created.0];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Makes the one key that a port had before schema 9 a key like the others; gives its id.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn port_key_adopt(
        &mut self,
        seal: &PortKeySeal,
        draft: PortKeyDraft,
        now: Timestamp,
    ) -> Result<Option<PortKeyId>> {
        let Some(kept) = self.take_single_port_key()? else { return Ok(None) };
        let digest = HEXLOWER.decode(kept.expose().as_bytes()).ok();
        let digest: Option<[u8; 32]> = digest.and_then(|digest| digest.try_into().ok());
        // What was never a key opens nothing, as before.
        let Some(digest) = digest else { return Ok(None) };
        let id = PortKeyId(Uuid::now_v7());
        let PortKeyDraft { name, rights } = draft;
        let (hint, used) = (String::new(), KeyUse::default());
        let key = PortKey { id, name, rights, hint, created: now, last_used: None, used };
        self.port_key_insert(&key, &seal.hash_of_digest(&digest))?;
        Ok(Some(id))
    }

    /// Replaces what the person said of a key.
    ///
    /// # Errors
    /// [`Error::PortKeyNotFound`]; [`Error::NameTaken`].
    pub fn port_key_update(&mut self, id: PortKeyId, draft: &PortKeyDraft) -> Result<PortKey> {
        self.check_port_key_name(id, &draft.name)?;
        let sql = "UPDATE port_key SET name = ?2, rights = ?3 WHERE id = ?1";
        let row = params![id.0.as_bytes(), draft.name, columns::to_json(&draft.rights)?];
        self.conn().prepare_cached(sql)?.execute(row)?;
        self.port_key(id)
    }

    /// Removes a key and what is known of its use.
    ///
    /// # Errors
    /// [`Error::PortKeyNotFound`].
    pub fn port_key_delete(&mut self, id: PortKeyId) -> Result<()> {
        match self.conn().execute("DELETE FROM port_key WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::PortKeyNotFound),
            _ => Ok(()),
        }
    }

    /// Adds to what was done with a key on a day. A key that is gone by now is no error.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn port_key_used(&mut self, id: PortKeyId, more: KeyUseDay, now: Timestamp) -> Result<()> {
        let known = "UPDATE port_key SET last_used = ?2 WHERE id = ?1";
        if self.conn().prepare_cached(known)?.execute(params![id.0.as_bytes(), now.0])? == 0 {
            return Ok(());
        }
        let sql = "INSERT INTO port_key_use VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (port_key, day) DO UPDATE SET requests = requests + ?3,
                prompt_tokens = prompt_tokens + ?4, completion_tokens = completion_tokens + ?5";
        let KeyUse { requests, prompt_tokens, completion_tokens } = more.used;
        let [requests, read, written] =
            [requests, prompt_tokens, completion_tokens].map(columns::to_integer);
        let row = params![id.0.as_bytes(), more.day, requests?, read?, written?];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    fn check_port_key_name(&self, id: PortKeyId, name: &str) -> Result<()> {
        let sql = "SELECT 1 FROM port_key WHERE name = ?1 AND id <> ?2";
        let taken = self.conn().prepare_cached(sql)?.exists(params![name, id.0.as_bytes()])?;
        if taken { Err(Error::NameTaken) } else { Ok(()) }
    }
}
