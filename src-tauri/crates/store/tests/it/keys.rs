//! Where the key comes from, when one is made, and the way back with the recovery code.

use std::fs;

use hearth_domain::{ErrorCode, Secret, SecretError, SecretStore};
use hearth_store::{
    CodeError, Damage, DataFolder, DatabaseKey, Error, KeyChoice, KeyNotice, KeyPlaces, KeySource,
    Opened, RecoveryCode, Result, Vault,
};

use crate::support::{Memory, contents};

/// A folder with a keyring and a key file in memory.
struct Place {
    folder: DataFolder,
    keyring: Memory,
    key_file: Memory,
    environment: Option<Memory>,
    _home: tempfile::TempDir,
}

impl Place {
    fn new(keyring: Memory) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            folder: DataFolder::open(home.path()).unwrap(),
            keyring,
            key_file: Memory::default(),
            environment: None,
            _home: home,
        }
    }

    fn vault(&self) -> Vault<'_> {
        let environment = self.environment.as_ref().map(|memory| memory as &dyn SecretStore);
        let places = KeyPlaces { environment, keyring: &self.keyring, key_file: &self.key_file };
        Vault::new(&self.folder, places)
    }

    fn open(&self) -> Result<Opened> {
        self.vault().open(KeyChoice::Automatic)
    }

    fn error(&self) -> Error {
        self.open().err().unwrap()
    }

    /// Makes the database; returns its recovery code.
    fn made(&self) -> RecoveryCode {
        let made = self.open().unwrap();
        assert!(made.created);
        made.db.read(|r| r.pending_recovery_code()).unwrap().unwrap()
    }

    fn database(&self) -> Vec<u8> {
        fs::read(self.folder.database()).unwrap()
    }
}

#[test]
fn a_new_key_goes_into_the_keyring_and_is_found_there_again() {
    let place = Place::new(Memory::default());
    let made = place.open().unwrap();
    assert!(made.created);
    assert_eq!((made.key_source, made.notice), (KeySource::Keyring, None));
    assert_eq!((place.keyring.count(), place.key_file.count()), (1, 0));
    drop(made);
    let opened = place.open().unwrap();
    assert!(!opened.created);
    assert_eq!((opened.key_source, opened.notice), (KeySource::Keyring, None));
    assert_eq!(place.keyring.count(), 1, "no second key");
}

#[test]
fn without_a_keyring_a_key_file_is_made_and_that_is_said_each_time() {
    let place = Place::new(Memory::failing(SecretError::Missing));
    for _ in 0..2 {
        let opened = place.open().unwrap();
        assert_eq!(opened.key_source, KeySource::KeyFile);
        assert_eq!(opened.notice, Some(KeyNotice::NoKeyring));
    }
    // A keyring that appears later changes nothing: no second key.
    place.keyring.fail(None);
    assert_eq!(place.open().unwrap().key_source, KeySource::KeyFile);
    assert_eq!(place.keyring.count(), 0);
}

#[test]
fn a_locked_keyring_makes_no_database_until_the_person_chooses_a_key_file() {
    let place = Place::new(Memory::failing(SecretError::Locked));
    let refused = place.error();
    assert!(matches!(refused, Error::KeyringLocked { database_exists: false }), "{refused:?}");
    assert_eq!(refused.code(), ErrorCode::KeyringChoice);
    assert!(!place.vault().exists().unwrap());
    let opened = place.vault().open(KeyChoice::KeyFile).unwrap();
    assert_eq!(opened.notice, Some(KeyNotice::KeyFileChosen));
    drop(opened);
    assert_eq!(place.open().unwrap().key_source, KeySource::KeyFile);
}

#[test]
fn a_keyring_that_fails_is_told_from_a_locked_one() {
    let place = Place::new(Memory::failing(SecretError::Failed));
    assert!(matches!(place.error(), Error::KeyringFailed { database_exists: false }));
}

#[test]
fn a_place_that_forgets_the_key_gets_no_database() {
    let place = Place::new(Memory::forgetful());
    assert!(matches!(place.error(), Error::KeyNotKept));
    assert!(!place.vault().exists().unwrap());
}

#[test]
fn a_database_whose_key_is_missing_is_refused_untouched_and_gets_no_second_key() {
    let place = Place::new(Memory::default());
    place.made();
    let before = place.database();
    place.keyring.wipe();
    for choice in [KeyChoice::Automatic, KeyChoice::KeyFile] {
        let refused = place.vault().open(choice).err().unwrap();
        assert!(matches!(refused, Error::KeyMissing { kept_in: Some(KeySource::Keyring) }));
        assert_eq!(refused.code(), ErrorCode::DatabaseKeyMissing);
    }
    assert_eq!((place.keyring.count(), place.key_file.count()), (0, 0));
    assert!(before == place.database(), "the database changed");
}

#[test]
fn a_keyring_that_is_gone_or_locked_today_is_said_and_no_key_file_is_made_instead() {
    let place = Place::new(Memory::default());
    place.made();
    let before = place.database();
    place.keyring.fail(Some(SecretError::Missing));
    assert!(matches!(place.error(), Error::KeyringGone));
    place.keyring.fail(Some(SecretError::Locked));
    assert!(matches!(place.error(), Error::KeyringLocked { database_exists: true }));
    assert!(matches!(
        place.vault().open(KeyChoice::KeyFile).err().unwrap(),
        Error::KeyringLocked { database_exists: true }
    ));
    assert_eq!(place.key_file.count(), 0);
    assert!(before == place.database(), "the database changed");
    place.keyring.fail(None);
    assert!(!place.open().unwrap().created);
}

#[test]
fn a_wrong_key_and_a_text_that_is_no_key_are_told_apart() {
    let place = Place::new(Memory::default());
    place.made();
    let before = place.database();
    place.keyring.replace_all(DatabaseKey::generate().unwrap().to_hex().expose());
    assert!(matches!(place.error(), Error::KeyWrong));
    place.keyring.replace_all(b"not a key");
    assert!(matches!(place.error(), Error::KeyringForeign));
    assert!(before == place.database(), "the database changed");
}

#[test]
fn with_the_right_key_a_damaged_first_page_is_not_called_a_wrong_key() {
    let place = Place::new(Memory::default());
    place.made();
    for byte in [0, 100] {
        let sound = place.database();
        let mut bent = sound.clone();
        bent[byte] ^= 1;
        fs::write(place.folder.database(), &bent).unwrap();
        let refused = place.error();
        assert!(matches!(refused, Error::Corrupt(Damage::FirstPage)), "{refused:?}");
        assert!(bent == place.database(), "the database changed");
        fs::write(place.folder.database(), &sound).unwrap();
    }
    place.open().unwrap();
}

#[test]
fn the_environment_names_the_only_place_that_is_asked() {
    let mut place = Place::new(Memory::default());
    place.environment = Some(Memory::default());
    let made = place.open().unwrap();
    assert_eq!(made.key_source, KeySource::Environment);
    assert_eq!(made.notice, Some(KeyNotice::NamedByEnvironment));
    drop(made);
    assert_eq!((place.keyring.count(), place.key_file.count()), (0, 0));
    assert_eq!(place.open().unwrap().key_source, KeySource::Environment);
    // Without the variable the key is missing, whatever the state of the keyring.
    let environment = place.environment.take();
    for state in [None, Some(SecretError::Missing), Some(SecretError::Locked)] {
        place.keyring.fail(state);
        let refused = place.error();
        let missing =
            matches!(refused, Error::KeyMissing { kept_in: Some(KeySource::Environment) });
        assert!(missing, "{refused:?}");
    }
    place.environment = environment;
    place.open().unwrap();
}

#[test]
fn a_key_that_comes_from_outside_is_used_for_a_new_database() {
    let mut place = Place::new(Memory::default());
    let (outside, key) = (Memory::default(), DatabaseKey::generate().unwrap());
    // The store has one secret under every name, as a file has.
    struct OneFile(Memory);
    impl SecretStore for OneFile {
        fn kind(&self) -> &'static str {
            "file"
        }
        fn get(&self, _: &str) -> std::result::Result<Option<Secret<Vec<u8>>>, SecretError> {
            self.0.get("")
        }
        fn set(&self, _: &str, value: &Secret<Vec<u8>>) -> std::result::Result<(), SecretError> {
            self.0.set("", value)
        }
        fn delete(&self, _: &str) -> std::result::Result<(), SecretError> {
            self.0.delete("")
        }
    }
    let file = OneFile(outside);
    file.set("", &key.to_hex()).unwrap();
    place.environment = None;
    let places =
        KeyPlaces { environment: Some(&file), keyring: &place.keyring, key_file: &place.key_file };
    drop(Vault::new(&place.folder, places).open(KeyChoice::Automatic).unwrap());
    hearth_store::Db::open(&place.folder.database(), &key).unwrap();
}

#[test]
fn the_recovery_code_opens_the_database_after_the_keyring_was_wiped_and_puts_the_key_back() {
    let place = Place::new(Memory::default());
    let code = place.made();
    place.keyring.wipe();
    place.open().err().unwrap();
    let typed = code.reveal().expose().to_lowercase().replace('-', " ");
    let opened = place.vault().open_with_recovery_code(&typed, KeyChoice::Automatic).unwrap();
    assert_eq!((opened.key_source, opened.created), (KeySource::Keyring, false));
    drop(opened);
    assert_eq!(place.open().unwrap().key_source, KeySource::Keyring);
}

#[test]
fn the_recovery_code_works_on_a_computer_without_a_keyring() {
    let place = Place::new(Memory::default());
    let code = place.made();
    place.keyring.fail(Some(SecretError::Missing));
    let code = code.reveal();
    let opened =
        place.vault().open_with_recovery_code(code.expose(), KeyChoice::Automatic).unwrap();
    assert_eq!(opened.notice, Some(KeyNotice::NoKeyring));
    drop(opened);
    assert_eq!(place.open().unwrap().key_source, KeySource::KeyFile);
}

#[test]
fn a_mistyped_code_says_so_and_a_foreign_one_says_that() {
    let place = Place::new(Memory::default());
    let code = place.made();
    let before = place.database();
    place.keyring.wipe();
    let told = |code: &str| {
        let refused = place.vault().open_with_recovery_code(code, KeyChoice::Automatic);
        let refused = refused.err().unwrap();
        assert_eq!(refused.code(), ErrorCode::RecoveryCodeWrong);
        refused
    };
    let shown = code.reveal();
    let (head, last) = shown.expose().split_at(shown.expose().len() - 1);
    let mistyped = format!("{head}{}", if last == "7" { "8" } else { "7" });
    assert!(matches!(told(&mistyped), Error::RecoveryCode(CodeError::Checksum)));
    assert!(matches!(told(head), Error::RecoveryCode(CodeError::Length { found: 31 })));
    let foreign = RecoveryCode::generate().unwrap().reveal();
    assert!(matches!(told(foreign.expose()), Error::RecoveryCodeForeign));
    fs::remove_file(place.folder.path().join("recovery.json")).unwrap();
    assert!(matches!(told(shown.expose()), Error::RecoveryFileMissing));
    assert_eq!(place.keyring.count(), 0);
    assert!(before == place.database(), "the database changed");
}

#[test]
fn the_code_is_forgotten_once_acknowledged_and_a_new_one_replaces_it() {
    let place = Place::new(Memory::default());
    let old = place.made();
    let opened = place.open().unwrap();
    assert_eq!(opened.db.read(|r| r.pending_recovery_code()).unwrap(), Some(old.clone()));
    opened.db.write(|w| w.acknowledge_recovery_code()).unwrap();
    assert_eq!(opened.db.read(|r| r.pending_recovery_code()).unwrap(), None);
    let new = Vault::renew_recovery_code(&place.folder, &opened.db).unwrap();
    drop(opened);
    let told = |code: &RecoveryCode| {
        place.vault().open_with_recovery_code(code.reveal().expose(), KeyChoice::Automatic)
    };
    assert!(matches!(told(&old), Err(Error::RecoveryCodeForeign)));
    told(&new).unwrap();
}

#[test]
fn ac_46_no_file_of_the_folder_holds_the_key_or_the_code_in_plain_text() {
    let place = Place::new(Memory::default());
    let code = place.made();
    let opened = place.open().unwrap();
    let id = opened.db.read(|r| r.database_id()).unwrap();
    let key = place.keyring.get(&format!("database {id}")).unwrap().unwrap();
    let shown = code.reveal();
    let compact = shown.expose().replace('-', "");
    for (path, content) in contents(place.folder.path()) {
        for secret in [key.expose().as_slice(), shown.expose().as_bytes(), compact.as_bytes()] {
            let found = content.windows(secret.len()).any(|part| part == secret);
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_lost_register_is_made_again_from_the_database() {
    let place = Place::new(Memory::default());
    place.made();
    let register = place.folder.path().join("vault.json");
    for damage in [None, Some("{")] {
        match damage {
            None => fs::remove_file(&register).unwrap(),
            Some(text) => fs::write(&register, text).unwrap(),
        }
        assert_eq!(place.open().unwrap().key_source, KeySource::Keyring);
        assert!(fs::read_to_string(&register).unwrap().contains("keyring"));
    }
    fs::remove_file(&register).unwrap();
    place.keyring.wipe();
    assert!(matches!(place.error(), Error::KeyMissing { kept_in: None }));
}

#[test]
fn a_new_database_in_the_place_of_a_lost_one_keeps_the_old_recovery_file() {
    let place = Place::new(Memory::default());
    place.made();
    fs::remove_file(place.folder.database()).unwrap();
    assert!(place.open().unwrap().created);
    let kept = contents(place.folder.path());
    let kept = kept.keys().filter(|path| path.to_string_lossy().contains("recovery-")).count();
    assert_eq!(kept, 1);
    assert_eq!(place.keyring.count(), 2, "the old key may open a copy");
}

#[test]
fn a_log_that_was_left_alone_is_kept_and_not_read_as_the_log_of_a_new_database() {
    let place = Place::new(Memory::default());
    let made = place.open().unwrap();
    let log = place.folder.path().join("hearth.db-wal");
    made.db.write(|w| w.acknowledge_recovery_code()).unwrap();
    let content = fs::read(&log).unwrap();
    assert!(!content.is_empty());
    drop(made);
    fs::remove_file(place.folder.database()).unwrap();
    fs::write(&log, &content).unwrap();
    let made = place.open().unwrap();
    assert!(made.created && made.db.verify().unwrap().is_sound());
    assert!(made.db.read(|r| r.pending_recovery_code()).unwrap().is_some());
    let kept = place.folder.path().join("hearth.db-wal.orphan");
    assert!(fs::read(kept).unwrap() == content);
}
