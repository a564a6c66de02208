//! A database on disk, secret stores in memory, and a second process.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

use hearth_domain::{
    Conversation, ConversationConfig, ConversationId, Message, MessageId, MessageStatus, Role,
    Secret, SecretError, SecretStore, Timestamp,
};
use hearth_store::{DatabaseKey, Db};
use uuid::Uuid;

/// A database in a folder that goes away.
pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) key: DatabaseKey,
}

impl Home {
    pub(crate) fn new() -> (Self, Db) {
        let home =
            Self { folder: tempfile::tempdir().unwrap(), key: DatabaseKey::generate().unwrap() };
        let db = Db::create(&home.path(), &home.key, Uuid::new_v4()).unwrap();
        (home, db)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("hearth.db")
    }

    pub(crate) fn open(&self) -> hearth_store::Result<Db> {
        Db::open(&self.path(), &self.key)
    }
}

/// A connection of our own, past the store.
pub(crate) fn raw(path: &Path, key: &DatabaseKey) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    let hex = String::from_utf8(key.to_hex().expose().clone()).unwrap();
    conn.query_row(&format!("PRAGMA key = \"x'{hex}'\""), [], |_| Ok(())).unwrap();
    conn
}

/// Every file of a folder with its content.
pub(crate) fn contents(folder: &Path) -> HashMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

pub(crate) fn conversation(title: &str, at: i64) -> Conversation {
    Conversation {
        id: ConversationId(Uuid::now_v7()),
        title: title.to_owned(),
        pinned: false,
        archived: false,
        folder: None,
        config: ConversationConfig::default(),
        head: None,
        created: Timestamp(at),
        updated: Timestamp(at),
    }
}

pub(crate) fn message(of: ConversationId, parent: Option<MessageId>, text: &str) -> Message {
    Message {
        id: MessageId(Uuid::now_v7()),
        conversation: of,
        parent,
        role: Role::User,
        content: text.to_owned(),
        attachments: Vec::new(),
        reasoning: String::new(),
        status: MessageStatus::Complete,
        finish: None,
        model: None,
        usage: None,
        timing: None,
        created: Timestamp(1),
    }
}

pub(crate) fn answer(of: ConversationId, parent: MessageId) -> Message {
    Message {
        role: Role::Assistant,
        status: MessageStatus::Streaming,
        model: Some("tiny".into()),
        ..message(of, Some(parent), "")
    }
}

/// A secret store in memory, which can be told to fail.
#[derive(Default)]
pub(crate) struct Memory {
    secrets: Mutex<HashMap<String, Vec<u8>>>,
    fails: Mutex<Option<SecretError>>,
    forgets: bool,
}

impl Memory {
    pub(crate) fn failing(error: SecretError) -> Self {
        Self { fails: Mutex::new(Some(error)), ..Self::default() }
    }

    /// Takes every secret and has none.
    pub(crate) fn forgetful() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    pub(crate) fn fail(&self, error: Option<SecretError>) {
        *self.fails.lock().unwrap() = error;
    }

    pub(crate) fn wipe(&self) {
        self.secrets.lock().unwrap().clear();
    }

    pub(crate) fn count(&self) -> usize {
        self.secrets.lock().unwrap().len()
    }

    /// Puts the same text under every name.
    pub(crate) fn replace_all(&self, text: &[u8]) {
        self.secrets.lock().unwrap().values_mut().for_each(|secret| *secret = text.to_vec());
    }

    fn check(&self) -> Result<(), SecretError> {
        self.fails.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl SecretStore for Memory {
    fn kind(&self) -> &'static str {
        "memory"
    }

    fn get(&self, name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        self.check()?;
        Ok(self.secrets.lock().unwrap().get(name).cloned().map(Secret::new))
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        self.check()?;
        if !self.forgets {
            self.secrets.lock().unwrap().insert(name.to_owned(), value.expose().clone());
        }
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.check()?;
        self.secrets.lock().unwrap().remove(name);
        Ok(())
    }
}

const CHILD: &str = "HEARTH_TEST_CHILD";

/// The folder that a parent named, where this process is the child of a test.
pub(crate) fn child_of() -> Option<PathBuf> {
    env::var_os(CHILD).map(PathBuf::from)
}

/// This test once more as a process of its own, behind `shell` if one is given.
pub(crate) fn child(test: &str, folder: &Path, shell: Option<&str>) -> Command {
    let exe = env::current_exe().unwrap();
    let mut command = match shell {
        Some(script) => {
            let mut bash = Command::new("bash");
            bash.args(["-c", script, "child"]).arg(exe);
            bash
        }
        None => Command::new(exe),
    };
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
