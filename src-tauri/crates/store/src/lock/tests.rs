//! A passphrase over a real folder: each point at which a process can be killed, and what is left
//! of the old way in.

use std::{collections::HashMap, sync::Mutex};

use hearth_domain::{Secret, SecretError, SecretStore};

use super::*;
use crate::RecoveryCode;

/// A keyring in memory that can be told to fail.
#[derive(Default)]
struct Memory {
    secrets: Mutex<HashMap<String, Vec<u8>>>,
    fails: Mutex<Option<SecretError>>,
    keeps: Mutex<bool>,
}

impl SecretStore for Memory {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn get(&self, name: &str) -> std::result::Result<Option<Secret<Vec<u8>>>, SecretError> {
        self.fails.lock().unwrap().map_or(Ok(()), Err)?;
        Ok(self.secrets.lock().unwrap().get(name).cloned().map(Secret::new))
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> std::result::Result<(), SecretError> {
        self.fails.lock().unwrap().map_or(Ok(()), Err)?;
        self.secrets.lock().unwrap().insert(name.to_owned(), value.expose().clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> std::result::Result<(), SecretError> {
        self.fails.lock().unwrap().map_or(Ok(()), Err)?;
        if !*self.keeps.lock().unwrap() {
            self.secrets.lock().unwrap().remove(name);
        }
        Ok(())
    }
}

struct Place {
    folder: DataFolder,
    keyring: Memory,
    key_file: Memory,
    environment: Option<Memory>,
    code: RecoveryCode,
    _home: tempfile::TempDir,
}

const CHEAP: Cost = Cost::for_tests();

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(&Secret::new(text.to_owned())).unwrap()
}

impl Place {
    /// A database whose key is in the keyring, or in the key file where there is no keyring.
    fn new(keyring: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut place = Self {
            folder: DataFolder::open(home.path()).unwrap(),
            keyring: Memory::default(),
            key_file: Memory::default(),
            environment: None,
            code: RecoveryCode::generate().unwrap(),
            _home: home,
        };
        if !keyring {
            *place.keyring.fails.lock().unwrap() = Some(SecretError::Missing);
        }
        let made = place.vault().open(KeyChoice::Automatic).unwrap();
        place.code = made.db.read(|r| r.pending_recovery_code()).unwrap().unwrap();
        place
    }

    fn vault(&self) -> Vault<'_> {
        let environment = self.environment.as_ref().map(|memory| memory as &dyn SecretStore);
        let places = KeyPlaces { environment, keyring: &self.keyring, key_file: &self.key_file };
        Vault::new(&self.folder, places)
    }

    fn open(&self) -> Result<crate::Opened> {
        self.vault().open(KeyChoice::Automatic)
    }

    fn set(&self, text: &str) -> Result<()> {
        let db = self.open().unwrap().db;
        self.vault().set(&db, &passphrase(text), CHEAP)
    }

    fn change<'a>(&self, vault: &'a Vault<'a>, passphrase: &'a Passphrase) -> Change<'a> {
        let register = Register::read(self.folder.path()).unwrap().unwrap();
        let key = match vault.open(KeyChoice::Automatic) {
            Ok(opened) => opened.db.key().clone(),
            Err(_) => vault.key_behind(passphrase).unwrap().1,
        };
        let source =
            if self.keyring.get("").is_ok() { KeySource::Keyring } else { KeySource::KeyFile };
        let place = (source, None);
        Change { vault, database: register.database, key, place, passphrase, cost: CHEAP }
    }

    /// Copies of the key outside the lock file.
    fn loose_keys(&self) -> usize {
        [&self.keyring, &self.key_file]
            .iter()
            .map(|place| place.secrets.lock().unwrap().len())
            .sum()
    }

    fn has_lock_file(&self) -> bool {
        self.folder.path().join(folder::LOCK_FILE).exists()
    }

    /// Opens it whichever way it wants to be opened, and says which.
    fn way_in(&self, text: &str) -> KeySource {
        let opened = match self.open() {
            Err(Error::Locked) => self.vault().open_with_passphrase(&passphrase(text)).unwrap(),
            other => other.unwrap(),
        };
        assert!(opened.db.verify().unwrap().is_sound() && !opened.created);
        opened.key_source
    }
}

#[test]
fn a_set_passphrase_is_the_only_way_in_and_the_keyring_alone_opens_nothing() {
    for keyring in [true, false] {
        let place = Place::new(keyring);
        assert_eq!(place.loose_keys(), 1);
        place.set("right").unwrap();
        assert_eq!(place.loose_keys(), 0, "the key is nowhere but behind the passphrase");
        assert!(place.vault().is_locked().unwrap());
        for choice in [KeyChoice::Automatic, KeyChoice::KeyFile] {
            let refused = place.vault().open(choice).err().unwrap();
            assert!(matches!(refused, Error::Locked), "{refused:?}");
        }
        let wrong = place.vault().open_with_passphrase(&passphrase("wrong")).err().unwrap();
        assert!(matches!(wrong, Error::PassphraseWrong), "{wrong:?}");
        assert_eq!(place.way_in("right"), KeySource::Passphrase);
        assert_eq!(place.loose_keys(), 0, "opening puts it nowhere");
    }
}

#[test]
fn a_removed_passphrase_puts_the_key_back_and_needs_the_passphrase() {
    for keyring in [true, false] {
        let place = Place::new(keyring);
        place.set("right").unwrap();
        let refused = place.vault().lock_remove(&passphrase("wrong"), KeyChoice::Automatic);
        assert!(matches!(refused, Err(Error::PassphraseWrong)), "{refused:?}");
        place.vault().lock_remove(&passphrase("right"), KeyChoice::Automatic).unwrap();
        assert_eq!((place.loose_keys(), place.has_lock_file()), (1, false));
        assert!(!place.vault().is_locked().unwrap());
        place.open().unwrap();
    }
}

#[test]
fn a_process_killed_while_a_passphrase_is_set_leaves_data_that_opens() {
    for keyring in [true, false] {
        for done in 0..=SET.len() {
            let place = Place::new(keyring);
            let (vault, text) = (place.vault(), passphrase("right"));
            let change = place.change(&vault, &text);
            SET[..done].iter().for_each(|step| step(&change).unwrap());
            // The word of the register counts; before it the old way opens, from it on the new one.
            let way = place.way_in("right");
            assert_eq!(way == KeySource::Passphrase, done >= 2, "killed after step {done}");
            let locked = done >= 2;
            assert_eq!(place.has_lock_file(), locked, "nothing is left of the other way");
            assert_eq!(place.loose_keys(), usize::from(!locked), "killed after step {done}");
        }
    }
}

#[test]
fn a_process_killed_while_a_passphrase_is_removed_leaves_data_that_opens() {
    for keyring in [true, false] {
        for done in 0..=REMOVE.len() {
            let place = Place::new(keyring);
            place.set("right").unwrap();
            let (vault, text) = (place.vault(), passphrase("right"));
            let change = place.change(&vault, &text);
            REMOVE[..done].iter().for_each(|step| step(&change).unwrap());
            let way = place.way_in("right");
            assert_eq!(way == KeySource::Passphrase, done < 2, "killed after step {done}");
            let locked = done < 2;
            assert_eq!(place.has_lock_file(), locked, "nothing is left of the other way");
            assert_eq!(place.loose_keys(), usize::from(!locked), "killed after step {done}");
        }
    }
}

#[test]
fn a_keyring_that_does_not_let_go_of_the_key_gets_no_passphrase_over_it() {
    let place = Place::new(true);
    *place.keyring.keeps.lock().unwrap() = true;
    assert!(matches!(place.set("right"), Err(Error::KeyringFailed { .. })));
    assert!(!place.has_lock_file());
    assert_eq!(place.way_in("none"), KeySource::Keyring);
}

#[test]
fn a_keyring_that_is_locked_keeps_the_passphrase_from_being_removed() {
    let place = Place::new(true);
    place.set("right").unwrap();
    *place.keyring.fails.lock().unwrap() = Some(SecretError::Locked);
    let refused = place.vault().lock_remove(&passphrase("right"), KeyChoice::Automatic);
    assert!(matches!(refused, Err(Error::KeyringLocked { .. })), "{refused:?}");
    assert_eq!(place.way_in("right"), KeySource::Passphrase);
}

#[test]
fn a_change_needs_the_old_passphrase_and_the_old_one_opens_nothing_afterwards() {
    let place = Place::new(true);
    place.set("old").unwrap();
    let (old, new) = (passphrase("old"), passphrase("new"));
    let refused = place.vault().lock_change(&passphrase("wrong"), &new);
    assert!(matches!(refused, Err(Error::PassphraseWrong)), "{refused:?}");
    place.vault().lock_change(&old, &new).unwrap();
    let refused = place.vault().open_with_passphrase(&old).err().unwrap();
    assert!(matches!(refused, Error::PassphraseWrong), "{refused:?}");
    assert_eq!(place.way_in("new"), KeySource::Passphrase);
}

#[test]
fn the_recovery_code_opens_locked_data_and_the_passphrase_is_gone() {
    for damaged in [false, true] {
        let place = Place::new(true);
        place.set("forgotten").unwrap();
        if damaged {
            files::replace(&place.folder.path().join(folder::LOCK_FILE), b"damaged").unwrap();
        }
        let code = place.code.reveal();
        let opened = place.vault().open_with_recovery_code(code.expose(), KeyChoice::Automatic);
        assert_eq!(opened.unwrap().key_source, KeySource::Keyring);
        assert_eq!((place.loose_keys(), place.has_lock_file()), (1, false));
        assert_eq!(place.way_in("none"), KeySource::Keyring);
    }
}

#[test]
fn a_lost_register_does_not_unlock_and_a_lost_lock_file_is_a_wrong_passphrase() {
    let place = Place::new(true);
    place.set("right").unwrap();
    files::remove(&place.folder.path().join(folder::REGISTER)).unwrap();
    assert!(place.vault().is_locked().unwrap());
    assert_eq!(place.way_in("right"), KeySource::Passphrase);
    files::remove(&place.folder.path().join(folder::LOCK_FILE)).unwrap();
    assert!(matches!(place.open(), Err(Error::Locked)));
    let refused = place.vault().open_with_passphrase(&passphrase("right")).err().unwrap();
    assert!(matches!(refused, Error::PassphraseWrong), "{refused:?}");
}

#[test]
fn a_key_from_outside_cannot_be_guarded_and_that_is_said() {
    let mut place = Place::new(true);
    let db = place.open().unwrap().db;
    place.environment = Some(Memory::default());
    let refused = place.vault().set(&db, &passphrase("right"), CHEAP);
    assert!(matches!(refused, Err(Error::LockUnavailable)), "{refused:?}");
    assert!(!place.has_lock_file());
}

#[test]
fn a_second_passphrase_is_a_change_and_a_first_one_is_not() {
    let place = Place::new(true);
    let (one, two) = (passphrase("one"), passphrase("two"));
    assert!(matches!(place.vault().lock_change(&one, &two), Err(Error::LockUnavailable)));
    let db = place.open().unwrap().db;
    place.vault().set(&db, &one, CHEAP).unwrap();
    assert!(matches!(place.vault().set(&db, &two, CHEAP), Err(Error::LockUnavailable)));
    assert_eq!(place.way_in("one"), KeySource::Passphrase);
}

#[test]
fn a_new_database_does_not_inherit_the_passphrase_of_a_lost_one() {
    let place = Place::new(true);
    place.set("right").unwrap();
    std::fs::remove_file(place.folder.database()).unwrap();
    let made = place.open().unwrap();
    assert!(made.created && !place.has_lock_file());
    let names = std::fs::read_dir(place.folder.path()).unwrap();
    let kept = names
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("lock-"));
    assert_eq!(kept.count(), 1, "it may open a backup");
}
