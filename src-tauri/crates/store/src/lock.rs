//! Setting, changing and removing the passphrase of a database.
//!
//! `vault.json` decides: where it says that the key is kept by a passphrase, nothing else opens
//! the data. Each change is a list of steps, the middle one writes that file. A process that is
//! killed between two steps leaves data that opens the old way or the new way, and what is left
//! over of the other way is removed at the next opening.

use uuid::Uuid;

use crate::{
    DataFolder, DatabaseKey, Db, Error, KeyChoice, KeyNotice, KeyPlaces, KeySource, Passphrase,
    Result, files, folder,
    lock_file::{self, Cost},
    register::Register,
    vault::{self, Vault},
};

/// A change under way.
struct Change<'a> {
    vault: &'a Vault<'a>,
    database: Uuid,
    key: DatabaseKey,
    /// Where the key is kept without a passphrase.
    place: (KeySource, Option<KeyNotice>),
    passphrase: &'a Passphrase,
    cost: Cost,
}

type Step = fn(&Change<'_>) -> Result<()>;

/// First the new way in, then the word that it counts, then the old way goes.
const SET: [Step; 3] = [|it| it.wrap(), |it| it.note_passphrase(), |it| it.forget_key()];
const REMOVE: [Step; 3] = [|it| it.keep_key(), |it| it.note_place(), |it| it.drop_wrap()];

impl Change<'_> {
    fn folder(&self) -> &DataFolder {
        self.vault.folder()
    }

    fn wrap(&self) -> Result<()> {
        let folder = self.folder().path();
        lock_file::seal(folder, self.database, &self.key, self.passphrase, self.cost)
    }

    fn note_passphrase(&self) -> Result<()> {
        self.note(KeySource::Passphrase, None)
    }

    fn forget_key(&self) -> Result<()> {
        forget(&self.vault.places(), self.database, &self.key, Some(self.place.0))
    }

    fn keep_key(&self) -> Result<()> {
        self.vault.keep_at(self.place.0, self.database, &self.key)
    }

    fn note_place(&self) -> Result<()> {
        self.note(self.place.0, self.place.1)
    }

    fn drop_wrap(&self) -> Result<()> {
        drop_wrap(self.folder())
    }

    fn note(&self, source: KeySource, notice: Option<KeyNotice>) -> Result<()> {
        Register::new(self.database, source, notice, &self.key).write(self.folder().path())
    }
}

impl Vault<'_> {
    /// Whether a passphrase is needed to open the database.
    ///
    /// # Errors
    /// Where the folder cannot be looked into.
    pub fn is_locked(&self) -> Result<bool> {
        if !self.exists()? {
            return Ok(false);
        }
        let register = Register::read(self.folder().path())?;
        register.map_or(Ok(false), |register| is_locked(self.folder(), &register))
    }

    /// Sets a passphrase: from now on it opens the database, and the key is nowhere else.
    ///
    /// # Errors
    /// [`Error::LockUnavailable`] where the key comes from outside or a passphrase is set already;
    /// what the disk and the keyring say. Nothing is changed then.
    pub fn lock_set(&self, db: &Db, passphrase: &Passphrase) -> Result<()> {
        self.set(db, passphrase, Cost::USUAL)
    }

    fn set(&self, db: &Db, passphrase: &Passphrase, cost: Cost) -> Result<()> {
        let register = Register::read(self.folder().path())?.ok_or(Error::DatabaseMissing)?;
        let source = register.kept_in.ok_or(Error::LockUnavailable)?;
        if self.places().environment.is_some() || is_locked(self.folder(), &register)? {
            return Err(Error::LockUnavailable);
        }
        let change = Change {
            vault: self,
            database: register.database,
            key: db.key().clone(),
            place: (source, register.notice),
            passphrase,
            cost,
        };
        for step in SET {
            if let Err(error) = step(&change) {
                // A keyring that does not let go of the key: a lock beside it would be none.
                undo(&change);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Replaces the passphrase.
    ///
    /// # Errors
    /// [`Error::PassphraseWrong`] where `old` is not the one that was set; what the disk says.
    pub fn lock_change(&self, old: &Passphrase, new: &Passphrase) -> Result<()> {
        let (database, key) = self.key_behind(old)?;
        lock_file::seal(self.folder().path(), database, &key, new, Cost::USUAL)
    }

    /// Removes the passphrase and puts the key back where it would be without one: there.
    ///
    /// # Errors
    /// [`Error::PassphraseWrong`]; what the disk and the keyring say: the passphrase stays then.
    pub fn lock_remove(
        &self,
        passphrase: &Passphrase,
        choice: KeyChoice,
    ) -> Result<(KeySource, Option<KeyNotice>)> {
        let (database, key) = self.key_behind(passphrase)?;
        let place = self.keep(database, &key, choice, true)?;
        let change = Change { vault: self, database, key, place, passphrase, cost: Cost::USUAL };
        REMOVE.iter().try_for_each(|step| step(&change))?;
        Ok(place)
    }

    /// The key of locked data, and the name of its database.
    pub(crate) fn key_behind(&self, passphrase: &Passphrase) -> Result<(Uuid, DatabaseKey)> {
        let register = Register::read(self.folder().path())?.ok_or(Error::DatabaseMissing)?;
        if !is_locked(self.folder(), &register)? {
            return Err(Error::LockUnavailable);
        }
        let key = lock_file::unseal(self.folder().path(), register.database, passphrase)?;
        Ok((register.database, key))
    }

    /// Opens locked data. What a killed process left of the key elsewhere is removed.
    ///
    /// # Errors
    /// [`Error::PassphraseWrong`]; as [`Vault::open`] for everything else.
    pub fn open_with_passphrase(&self, passphrase: &Passphrase) -> Result<crate::Opened> {
        if !self.is_locked()? {
            return self.open(KeyChoice::Automatic);
        }
        let (database, key) = self.key_behind(passphrase)?;
        let db = Db::open(&self.folder().database(), &key)?;
        let source = KeySource::Passphrase;
        Register::new(database, source, None, &key).write(self.folder().path())?;
        if forget(&self.places(), database, &key, None).is_err() {
            tracing::warn!("a place that may still have the key did not answer");
        }
        Ok(crate::Opened { db, key_source: source, notice: None, created: false })
    }
}

/// The register decides; where it was lost, a lock file of this database does.
pub(crate) fn is_locked(folder: &DataFolder, register: &Register) -> Result<bool> {
    match register.kept_in {
        Some(source) => Ok(source == KeySource::Passphrase),
        None => Ok(lock_file::database(folder.path())? == Some(register.database)),
    }
}

/// Removes a lock file that counts no longer.
pub(crate) fn drop_wrap(folder: &DataFolder) -> Result<()> {
    let path = folder.path().join(folder::LOCK_FILE);
    if !path.try_exists()? {
        return Ok(());
    }
    files::remove(&path)?;
    Ok(files::sync_folder(folder.path())?)
}

/// Keeps the lock file of a database that is gone: it may be the way into a backup of it.
pub(crate) fn set_aside(folder: &DataFolder) -> Result<()> {
    let path = folder.path().join(folder::LOCK_FILE);
    if !path.try_exists()? {
        return Ok(());
    }
    let old = lock_file::database(folder.path())?.unwrap_or_default();
    Ok(files::rename(&path, &folder.path().join(format!("lock-{old}.json")))?)
}

/// Takes the key out of the keyring and the key file. A place that must have had it must answer;
/// of the others only one that has it.
fn forget(
    places: &KeyPlaces<'_>,
    database: Uuid,
    key: &DatabaseKey,
    kept_in: Option<KeySource>,
) -> Result<()> {
    for source in [KeySource::Keyring, KeySource::KeyFile] {
        let found = match places.find(source, database) {
            Ok(found) => found,
            Err(fault) if kept_in == Some(source) => return Err(fault.told(true)),
            Err(_) => continue,
        };
        // A key of something else is not ours to remove.
        if found.as_ref() == Some(key) {
            places.forget(source, database).map_err(|fault| fault.told(true))?;
        }
    }
    Ok(())
}

/// Goes back to where a change that failed began. What fails here is mended at the next opening.
fn undo(change: &Change<'_>) {
    let undone = change.keep_key().and_then(|()| change.note_place());
    if undone.and_then(|()| change.drop_wrap()).is_err() {
        tracing::warn!("a passphrase that could not be set could not be taken back either");
    }
}

impl Vault<'_> {
    /// Puts the key into one place.
    fn keep_at(&self, source: KeySource, database: Uuid, key: &DatabaseKey) -> Result<()> {
        vault::kept(self.places().keep(source, database, key), true)
    }
}

#[cfg(test)]
mod tests;
