//! States of the model in files of their own: `states/` in the data folder.
//!
//! A state is as private as the text that it was made from. Each file is encrypted with the key of
//! its conversation, which is in the database: a conversation that is deleted takes its key along,
//! and what is left of its files is noise. The name of a file is random. A file is written aside and
//! renamed; one that is torn, or is not what its row says, is as good as none. It is a cache:
//! nothing here is ever the only copy of anything.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use hearth_domain::{ConversationId, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    DataFolder, Db, Error, Result, files, folder,
    key::random,
    table::{StateKey, StateName, StoredState},
};

const NONCE: usize = 24;
const TAG: usize = 16;

/// The states of one data folder. Every call blocks.
#[derive(Clone)]
pub struct StateFiles {
    db: Arc<Db>,
    folder: PathBuf,
}

impl StateFiles {
    /// For an open database and its folder.
    #[must_use]
    pub fn new(db: Arc<Db>, folder: &DataFolder) -> Self {
        Self { db, folder: folder.path().join(folder::STATES) }
    }

    /// Where they lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What there is of a conversation for a model; notes that it is wanted.
    ///
    /// # Errors
    /// What the database says.
    pub fn list(
        &self,
        conversation: ConversationId,
        model: &[u8; 32],
        now: Timestamp,
    ) -> Result<Vec<StateName>> {
        let states = self.db.read(|r| r.states(conversation, model))?;
        if !states.is_empty() {
            self.db.write(|w| w.states_touch(conversation, now))?;
        }
        Ok(states.into_iter().map(|stored| stored.state).collect())
    }

    /// The bytes of a state; `None` where there is none, or its file is not what it should be: that
    /// one is removed.
    ///
    /// # Errors
    /// What the database says.
    pub fn read(
        &self,
        conversation: ConversationId,
        state: &StateName,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let look = |r: &crate::Reader<'_>| {
            let found = r.state(conversation, &state.name)?;
            Ok(found.zip(r.state_key(conversation)?))
        };
        let Some((stored, key)) = self.db.read(look)? else { return Ok(None) };
        let bytes = files::read(&self.path(stored.file)).ok().flatten();
        let opened = bytes.and_then(|bytes| open(bytes, &key, conversation, &stored));
        if opened.is_none() || stored.state != *state {
            self.db.write(|w| w.state_forget(stored.file))?;
            files::remove(&self.path(stored.file))?;
            return Ok(None);
        }
        Ok(opened)
    }

    /// Keeps a state, forgets those with the names that it `replaces`, and the least valuable ones
    /// of all until no more than `limit` bytes are left.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`] where it is deleted; what the disk and the database say.
    /// Nothing is kept then.
    pub fn write(
        &self,
        conversation: ConversationId,
        (state, bytes): (StateName, Zeroizing<Vec<u8>>),
        replaces: &[[u8; 32]],
        (limit, now): (u64, Timestamp),
    ) -> Result<()> {
        let size = (bytes.len() + NONCE + TAG) as u64;
        if size > limit {
            return Err(Error::NumberTooLarge);
        }
        let new = random::<32>()?;
        let key = self.db.write(|w| w.state_key_or(conversation, &new))?;
        let stored = StoredState { state, file: Uuid::new_v4(), bytes: size };
        let sealed = seal(bytes, &key, conversation, &stored)?;
        folder::make_private(&self.folder)?;
        self.put(stored.file, &sealed)?;
        let noted = self.db.write(|w| {
            let mut gone = Vec::new();
            for name in replaces.iter().chain([&state.name]) {
                gone.extend(w.state(conversation, name)?.map(|stored| stored.file));
            }
            for file in &gone {
                w.state_forget(*file)?;
            }
            w.state_insert(conversation, &stored, now)?;
            let beyond = w.states_beyond(limit)?;
            for file in &beyond {
                w.state_forget(*file)?;
            }
            gone.extend(beyond);
            Ok(gone)
        });
        let gone = noted.inspect_err(|_| self.discard(stored.file))?;
        for file in gone {
            self.discard(file);
        }
        Ok(())
    }

    /// Removes files that no row speaks of: what a killed process left, and what was deleted.
    ///
    /// # Errors
    /// What the disk and the database say.
    pub fn sweep(&self) -> Result<()> {
        let Some(entries) = self.entries()? else { return Ok(()) };
        let known: HashSet<_> = self.db.read(|r| r.state_files())?.into_iter().collect();
        for (path, file) in entries {
            if !file.is_some_and(|file| known.contains(&file)) {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    /// Forgets the least valuable states until no more than `limit` bytes are left.
    ///
    /// # Errors
    /// What the disk and the database say.
    pub fn shrink(&self, limit: u64) -> Result<()> {
        self.db.write(|w| {
            for file in w.states_beyond(limit)? {
                w.state_forget(file)?;
            }
            Ok(())
        })?;
        self.sweep()
    }

    /// Removes every state and every key.
    ///
    /// # Errors
    /// What the disk and the database say.
    pub fn erase(&self) -> Result<()> {
        self.db.write(|w| w.states_erase())?;
        self.sweep()
    }

    fn path(&self, file: Uuid) -> PathBuf {
        self.folder.join(file.simple().to_string())
    }

    /// Writes a file aside and gives it its name. It is not waited for the disk: a file that a power
    /// cut tore is found out when it is read.
    fn put(&self, file: Uuid, sealed: &[u8]) -> Result<()> {
        let path = self.path(file);
        let new = files::with_suffix(&path, ".new");
        let written = files::create_private(&new)
            .and_then(|mut file| file.write_all(sealed))
            .and_then(|()| fs::rename(&new, &path));
        written.inspect_err(|_| drop(files::remove(&new)))?;
        Ok(())
    }

    /// Removes a file; what stays is found by the next sweep.
    fn discard(&self, file: Uuid) {
        if files::remove(&self.path(file)).is_err() {
            tracing::debug!("a state that is kept no longer could not be removed");
        }
    }

    /// The files, with what their names say; `None` where there is no folder.
    fn entries(&self) -> Result<Option<Vec<Entry>>> {
        if !self.folder.try_exists()? {
            return Ok(None);
        }
        let entries = fs::read_dir(&self.folder)?.map(|entry| {
            let path = entry?.path();
            let file = named(&path);
            Ok((path, file))
        });
        Ok(Some(entries.collect::<std::io::Result<_>>()?))
    }
}

/// A file of the folder, and the state that its name says.
type Entry = (PathBuf, Option<Uuid>);

fn named(path: &Path) -> Option<Uuid> {
    Uuid::try_parse(path.file_name()?.to_str()?).ok()
}

/// What the bytes are bound to: a file in another's place opens as little as a changed one.
fn bound(conversation: ConversationId, stored: &StoredState) -> Vec<u8> {
    let StateName { name, model, first, end } = &stored.state;
    [
        &b"hearth state v1"[..],
        conversation.0.as_bytes(),
        model,
        name,
        &first.to_le_bytes(),
        &end.to_le_bytes(),
        stored.file.as_bytes(),
    ]
    .concat()
}

/// Encrypts in place; the nonce stands at the end.
fn seal(
    mut bytes: Zeroizing<Vec<u8>>,
    key: &StateKey,
    conversation: ConversationId,
    stored: &StoredState,
) -> Result<Zeroizing<Vec<u8>>> {
    let nonce = random::<NONCE>()?;
    let key: &[u8; 32] = key;
    let cipher = XChaCha20Poly1305::new(key.into());
    let tag = cipher
        .encrypt_inout_detached(
            &XNonce::from(*nonce),
            &bound(conversation, stored),
            bytes.as_mut_slice().into(),
        )
        .map_err(|_| Error::NumberTooLarge)?;
    // From here on it is no secret, wherever it is copied to.
    bytes.extend_from_slice(&tag);
    bytes.extend_from_slice(nonce.as_ref());
    Ok(bytes)
}

/// Decrypts in place; `None` where it is not what was sealed.
fn open(
    bytes: Vec<u8>,
    key: &StateKey,
    conversation: ConversationId,
    stored: &StoredState,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(bytes);
    if bytes.len() as u64 != stored.bytes {
        return None;
    }
    let size = bytes.len().checked_sub(NONCE + TAG)?;
    let nonce: [u8; NONCE] = bytes.get(size + TAG..)?.try_into().ok()?;
    let tag: [u8; TAG] = bytes.get(size..size + TAG)?.try_into().ok()?;
    bytes.truncate(size);
    let key: &[u8; 32] = key;
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(
            &XNonce::from(nonce),
            &bound(conversation, stored),
            bytes.as_mut_slice().into(),
            &tag.into(),
        )
        .ok()?;
    Some(bytes)
}
