//! The real Secret Service: each test starts itself again in a D-Bus session of its own, with a
//! home of its own, and a real keyring daemon, unlocked, locked or absent.

#![cfg(target_os = "linux")]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    process::Command,
    time::{Duration, Instant},
};

use hearth_domain::{Secret, SecretError, SecretStore};
use hearth_store::{DataFolder, Error, KeyChoice, KeyNotice, KeyPlaces, KeySource, Vault};

use super::{KeyFile, Keyring};

const INSIDE: &str = "HEARTH_TEST_SESSION";
/// A login keyring that the empty password opens.
const UNLOCKED: &str =
    "eval \"$(printf '\\n' | gnome-keyring-daemon --unlock --components=secrets)\"";
/// A daemon whose keyring nobody has opened.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";
/// A bus on which nobody offers secrets.
const ABSENT: &str = "HEARTH_NO_KEYRING=1";
/// The daemon returns before it has its name on the bus.
const THEN_RUN: &str = r#"
asks="dbus-send --session --print-reply --dest=org.freedesktop.DBus /"
for _ in $(seq 200); do
    test -n "$HEARTH_NO_KEYRING" && break
    $asks org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && break
    sleep 0.05
done
exec "$@""#;

/// A bus that starts no services by itself, so that a test has the daemon it asks for or none.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Runs `body` in a session that `setup` prepares; `test` is the name of the calling test.
fn in_session(test: &str, setup: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).unwrap();
    let bus = home.path().join("bus.conf");
    fs::write(&bus, BUS).unwrap();
    let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    let output = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&bus)
        .args(["--", "bash", "-c", &format!("{setup}\n{THEN_RUN}"), "session"])
        .arg(env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("dbus-run-session is installed by `./build.sh test`");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    assert!(text.contains("1 passed"), "the test did not run inside: {text}\n{errors}");
}

fn places<'a>(keyring: &'a Keyring, key_file: &'a KeyFile) -> KeyPlaces<'a> {
    KeyPlaces { environment: None, keyring, key_file }
}

#[test]
fn a_secret_goes_into_a_real_keyring_and_comes_back() {
    in_session("a_secret_goes_into_a_real_keyring_and_comes_back", UNLOCKED, || {
        let keyring = Keyring::new();
        let secret = Secret::new("s3cret-é".as_bytes().to_vec());
        assert_eq!(keyring.get("database one"), Ok(None));
        keyring.set("database one", &secret).unwrap();
        assert_eq!(keyring.get("database one"), Ok(Some(secret)));
        assert_eq!(keyring.get("database two"), Ok(None));
        keyring.delete("database one").unwrap();
        keyring.delete("database one").unwrap();
        assert_eq!(keyring.get("database one"), Ok(None));
    });
}

#[test]
fn a_database_opens_with_a_real_keyring_and_with_the_code_after_the_keyring_was_wiped() {
    let name = "a_database_opens_with_a_real_keyring_and_with_the_code_after_the_keyring_was_wiped";
    in_session(name, UNLOCKED, || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hearth");
        let folder = DataFolder::open(&path).unwrap();
        let (keyring, key_file) = (Keyring::new(), KeyFile::in_folder(&path));
        let vault = Vault::new(&folder, places(&keyring, &key_file));
        let made = vault.open(KeyChoice::Automatic).unwrap();
        assert!(made.created);
        assert_eq!((made.key_source, made.notice), (KeySource::Keyring, None));
        let code = made.db.read(|r| r.pending_recovery_code()).unwrap().unwrap();
        let id = made.db.read(|r| r.database_id()).unwrap();
        drop(made);
        assert!(!vault.open(KeyChoice::Automatic).unwrap().created);

        keyring.delete(&format!("database {id}")).unwrap();
        let refused = vault.open(KeyChoice::Automatic).err().unwrap();
        assert!(matches!(refused, Error::KeyMissing { kept_in: Some(KeySource::Keyring) }));
        let code = code.reveal();
        let opened = vault.open_with_recovery_code(code.expose(), KeyChoice::Automatic).unwrap();
        assert_eq!(opened.key_source, KeySource::Keyring);
        drop(opened);
        assert_eq!(vault.open(KeyChoice::Automatic).unwrap().key_source, KeySource::Keyring);
    });
}

#[test]
fn a_locked_keyring_says_so_in_time_and_a_key_file_can_be_chosen_instead() {
    let name = "a_locked_keyring_says_so_in_time_and_a_key_file_can_be_chosen_instead";
    in_session(name, LOCKED, || {
        let folder = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(folder.path()).unwrap();
        let keyring = Keyring::with_limit(Duration::from_secs(20));
        let key_file = KeyFile::in_folder(folder.path());
        let vault = Vault::new(&folder, places(&keyring, &key_file));
        let begun = Instant::now();
        let refused = vault.open(KeyChoice::Automatic).err().unwrap();
        eprintln!("a locked keyring answered after {:?}", begun.elapsed());
        assert!(matches!(refused, Error::KeyringLocked { database_exists: false }), "{refused:?}");
        assert!(!vault.exists().unwrap());
        let opened = vault.open(KeyChoice::KeyFile).unwrap();
        assert_eq!(opened.notice, Some(KeyNotice::KeyFileChosen));
    });
}

#[test]
fn without_a_keyring_the_key_goes_into_a_file_and_that_is_said() {
    let name = "without_a_keyring_the_key_goes_into_a_file_and_that_is_said";
    in_session(name, ABSENT, || {
        let folder = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(folder.path()).unwrap();
        let (keyring, key_file) = (Keyring::new(), KeyFile::in_folder(folder.path()));
        assert_eq!(keyring.get("any"), Err(SecretError::Missing));
        let vault = Vault::new(&folder, places(&keyring, &key_file));
        for _ in 0..2 {
            let opened = vault.open(KeyChoice::Automatic).unwrap();
            assert_eq!(opened.key_source, KeySource::KeyFile);
            assert_eq!(opened.notice, Some(KeyNotice::NoKeyring));
        }
    });
}

#[test]
fn a_keyring_that_is_locked_over_the_key_of_a_database_says_so_and_gets_no_second_key() {
    let name = "a_keyring_that_is_locked_over_the_key_of_a_database_says_so_and_gets_no_second_key";
    in_session(name, UNLOCKED, || {
        let folder = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(folder.path()).unwrap();
        let keyring = Keyring::with_limit(Duration::from_secs(20));
        let key_file = KeyFile::in_folder(folder.path());
        let vault = Vault::new(&folder, places(&keyring, &key_file));
        drop(vault.open(KeyChoice::Automatic).unwrap());
        let before = fs::read(folder.database()).unwrap();
        let locked = Command::new("dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
            .args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"])
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .output()
            .unwrap();
        assert!(locked.status.success(), "{locked:?}");
        for choice in [KeyChoice::Automatic, KeyChoice::KeyFile] {
            let refused = vault.open(choice).err().unwrap();
            let told = matches!(refused, Error::KeyringLocked { database_exists: true });
            assert!(told, "{refused:?}");
        }
        assert_eq!(key_file.get("any"), Ok(None), "no second key");
        assert!(fs::read(folder.database()).unwrap() == before, "the database changed");
    });
}
