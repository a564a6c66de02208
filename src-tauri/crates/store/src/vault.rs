//! How a database is opened or made: which key, from where, and when not.
//!
//! The rules. A key is made only where there is no database, is put away and read back before the
//! database is made, and is never made a second time because a place is empty, locked or gone
//! today. A database without its key stays as it is; the recovery code is the way in.

use hearth_domain::SecretError;
use uuid::Uuid;

use crate::{
    DataFolder, DatabaseKey, Db, Error, KeyChoice, KeyNotice, KeyPlaces, KeySource, RecoveryCode,
    Result, db, lock, places::Fault, recovery, register::Register,
};

/// The way to the database of a folder.
pub struct Vault<'a> {
    folder: &'a DataFolder,
    places: KeyPlaces<'a>,
}

/// A database with what is to be said about its key.
pub struct Opened {
    /// The database.
    pub db: Db,
    /// Where its key is.
    pub key_source: KeySource,
    /// What the person should know about that.
    pub notice: Option<KeyNotice>,
    /// Whether it was made just now.
    pub created: bool,
}

impl<'a> Vault<'a> {
    /// For the database of this folder, with these places for its key.
    #[must_use]
    pub fn new(folder: &'a DataFolder, places: KeyPlaces<'a>) -> Self {
        Self { folder, places }
    }

    pub(crate) fn folder(&self) -> &'a DataFolder {
        self.folder
    }

    pub(crate) fn places(&self) -> KeyPlaces<'a> {
        self.places
    }

    /// Whether there is a database.
    ///
    /// # Errors
    /// Where the folder cannot be looked into.
    pub fn exists(&self) -> Result<bool> {
        Ok(self.folder.database().try_exists()?)
    }

    /// Opens the database, or makes one with a new key where there is none.
    ///
    /// # Errors
    /// Each is typed with what can be done about it; a database that exists was not touched.
    pub fn open(&self, choice: KeyChoice) -> Result<Opened> {
        if self.exists()? { self.open_existing() } else { self.create(choice) }
    }

    /// Opens the database with the recovery code, and puts its key away again. A passphrase that
    /// was set is set no longer: who needs the code does not have it.
    ///
    /// # Errors
    /// [`Error::RecoveryCode`] where the code is mistyped, [`Error::RecoveryCodeForeign`] where
    /// it belongs to another database.
    pub fn open_with_recovery_code(&self, code: &str, choice: KeyChoice) -> Result<Opened> {
        let code = RecoveryCode::parse(code)?;
        if !self.exists()? {
            return Err(Error::DatabaseMissing);
        }
        let (id, key) = recovery::unseal(self.folder.path(), &code)?;
        let db = Db::open(&self.folder.database(), &key)?;
        let (key_source, notice) = self.keep(id, &key, choice, true)?;
        Register::new(id, key_source, notice, &key).write(self.folder.path())?;
        lock::drop_wrap(self.folder)?;
        Ok(Opened { db, key_source, notice, created: false })
    }

    /// Replaces the recovery code of an open database: the old one opens it no longer. The new one
    /// can be read by [`crate::Reader::pending_recovery_code`] until it is acknowledged.
    ///
    /// # Errors
    /// What the disk says.
    pub fn renew_recovery_code(folder: &DataFolder, db: &Db) -> Result<RecoveryCode> {
        let code = RecoveryCode::generate()?;
        let id = db.read(|r| r.database_id())?;
        db.write(|w| {
            w.set_pending_recovery_code(&code)?;
            recovery::seal(folder.path(), id, db.key(), &code)
        })?;
        Ok(code)
    }

    fn create(&self, choice: KeyChoice) -> Result<Opened> {
        let (id, key) = (Uuid::new_v4(), DatabaseKey::generate()?);
        let (key, key_source, notice) = self.key_for_new(id, key, choice)?;
        let code = RecoveryCode::generate()?;
        let folder = self.folder.path();
        recovery::set_aside(folder)?;
        lock::set_aside(self.folder)?;
        recovery::seal(folder, id, &key, &code)?;
        Register::new(id, key_source, notice, &key).write(folder)?;
        let path = self.folder.database();
        let db = Db::create_with(&path, &key, id, |w| w.set_pending_recovery_code(&code))?;
        tracing::info!(key = key_source.as_str(), "a new database was made");
        Ok(Opened { db, key_source, notice, created: true })
    }

    /// A key that is put away. A key file that is there already is used instead of the new key,
    /// never overwritten: it may be what opens a backup.
    fn key_for_new(
        &self,
        id: Uuid,
        key: DatabaseKey,
        choice: KeyChoice,
    ) -> Result<(DatabaseKey, KeySource, Option<KeyNotice>)> {
        for source in [KeySource::Environment, KeySource::KeyFile] {
            if self.places.at(source).is_none() {
                continue;
            }
            let found = self.places.find(source, id).map_err(|fault| fault.told(false))?;
            if let Some(key) = found {
                return Ok((key, source, notice_of(source)));
            }
        }
        let (source, notice) = self.keep(id, &key, choice, false)?;
        Ok((key, source, notice))
    }

    /// Puts a key where the rules say.
    pub(crate) fn keep(
        &self,
        id: Uuid,
        key: &DatabaseKey,
        choice: KeyChoice,
        database_exists: bool,
    ) -> Result<(KeySource, Option<KeyNotice>)> {
        let into = |source, notice| {
            kept(self.places.keep(source, id, key), database_exists).map(|()| (source, notice))
        };
        if self.places.environment.is_some() {
            return into(KeySource::Environment, Some(KeyNotice::NamedByEnvironment));
        }
        if choice == KeyChoice::KeyFile {
            return into(KeySource::KeyFile, Some(KeyNotice::KeyFileChosen));
        }
        match into(KeySource::Keyring, None) {
            Err(Error::KeyringGone) => into(KeySource::KeyFile, Some(KeyNotice::NoKeyring)),
            other => other,
        }
    }

    fn open_existing(&self) -> Result<Opened> {
        let folder = self.folder.path();
        db::size_of(&self.folder.database())?;
        let register = Register::read(folder)?.ok_or(Error::DatabaseMissing)?;
        if lock::is_locked(self.folder, &register)? {
            return Err(Error::Locked);
        }
        let (source, key) = self.find_key(&register)?;
        let known_good = register.fits(&key) == Some(true);
        let db = Db::open(&self.folder.database(), &key).map_err(|error| match error {
            // The key is the one that was put away, so it is the page that changed.
            Error::KeyWrong if known_good => Error::Corrupt(crate::Damage::FirstPage),
            other => other,
        })?;
        let known = register.kept_in == Some(source);
        let notice = if known { register.notice } else { notice_of(source) };
        if !known || !known_good {
            Register::new(register.database, source, notice, &key).write(folder)?;
        }
        // Left by a process that was killed while a passphrase was set or removed.
        lock::drop_wrap(self.folder)?;
        Ok(Opened { db, key_source: source, notice, created: false })
    }

    /// The key of a database that exists: first where it was put, then where else it may be. A key
    /// that is known to be of another database is not tried.
    fn find_key(&self, register: &Register) -> Result<(KeySource, DatabaseKey)> {
        let order = match (self.places.environment, register.kept_in) {
            (Some(_), _) => vec![KeySource::Environment],
            (None, Some(KeySource::KeyFile)) => vec![KeySource::KeyFile],
            (None, _) => vec![KeySource::Keyring, KeySource::KeyFile],
        };
        let (mut fault, mut wrong) = (None, false);
        for source in order {
            match self.places.find(source, register.database) {
                Ok(Some(key)) if register.fits(&key) != Some(false) => return Ok((source, key)),
                Ok(Some(_)) => wrong = true,
                Ok(None) => {}
                Err(found) => fault = fault.or(Some(found).filter(|f| matters(*f, register))),
            }
        }
        Err(match fault {
            _ if wrong => Error::KeyWrong,
            Some(fault) => fault.told(true),
            None => Error::KeyMissing { kept_in: register.kept_in },
        })
    }
}

/// What putting a key away means to the caller.
pub(crate) fn kept(kept: Result<(), Fault>, database_exists: bool) -> Result<()> {
    kept.map_err(|fault| match fault {
        Fault { error: SecretError::Malformed, .. } => Error::KeyNotKept,
        fault => fault.told(database_exists),
    })
}

/// A keyring that is not there matters only where the key is known to be in it.
fn matters(fault: Fault, register: &Register) -> bool {
    fault.source != KeySource::Keyring
        || register.kept_in == Some(KeySource::Keyring)
        || (register.kept_in.is_none() && fault.error != SecretError::Missing)
}

/// What to say of a place where a key was found, not put.
fn notice_of(source: KeySource) -> Option<KeyNotice> {
    match source {
        KeySource::Environment => Some(KeyNotice::NamedByEnvironment),
        KeySource::Keyring | KeySource::Passphrase => None,
        KeySource::KeyFile => Some(KeyNotice::KeyFileChosen),
    }
}
