//! Killed processes and full disks.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
};

use hearth_domain::{ConversationId, MessageId, MessageStatus};
use hearth_store::{DatabaseKey, Db, Error, MessageEnd, Origin};
use uuid::Uuid;

use crate::support::{Home, answer, child, child_of, contents, conversation, message};

/// A child has no way to be told the key but a file.
fn open_as_child(folder: &Path) -> Db {
    let hex = hearth_domain::Secret::new(fs::read(folder.join("key")).unwrap());
    Db::open(&folder.join("hearth.db"), &DatabaseKey::from_hex(&hex).unwrap()).unwrap()
}

fn for_a_child() -> Home {
    let (home, _db) = Home::new();
    fs::write(home.folder.path().join("key"), home.key.to_hex().expose()).unwrap();
    home
}

/// Says that something is on disk, as an answer to a person would.
fn acknowledge(word: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "ack {word}").unwrap();
    out.flush().unwrap();
}

/// Questions and streaming answers until someone kills the process.
fn chat_for_ever(folder: &Path) {
    let db = open_as_child(folder);
    let of = conversation("killed", 1);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    acknowledge(&of.id.to_string());
    let mut parent = None;
    loop {
        let question = message(of.id, parent, &"a question ".repeat(100));
        let reply = answer(of.id, question.id);
        db.write(|w| {
            w.message_insert(&question, Origin::default())?;
            w.message_insert(&reply, Origin::default())
        })
        .unwrap();
        acknowledge(&question.id.to_string());
        acknowledge(&reply.id.to_string());
        for _ in 0..5 {
            db.write(|w| w.message_append(reply.id, "more of the answer ", "")).unwrap();
        }
        parent = Some(reply.id);
    }
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    if let Some(folder) = child_of() {
        return chat_for_ever(&folder);
    }
    let name = "faults::a_killed_process_loses_nothing_that_it_acknowledged";
    for acknowledged in [1, 2, 7, 30, 200] {
        let home = for_a_child();
        let mut child = child(name, home.folder.path(), None).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut lines = lines.filter_map(|line| {
            line.split_once("ack ").and_then(|(_, id)| Uuid::parse_str(id.trim()).ok())
        });
        let mut seen: Vec<Uuid> = lines.by_ref().take(acknowledged).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        seen.extend(lines);
        assert!(seen.len() >= acknowledged, "the child ended by itself");

        let db = home.open().unwrap();
        let of = ConversationId(seen[0]);
        let written = db.read(|r| r.messages(of)).unwrap();
        for id in &seen[1..] {
            assert!(written.iter().any(|message| message.id == MessageId(*id)), "{id} is lost");
        }
        let streaming =
            written.iter().filter(|message| message.status == MessageStatus::Streaming).count();
        assert_eq!(db.write(|w| w.mark_interrupted()).unwrap(), streaming);
        assert_eq!(db.write(|w| w.mark_interrupted()).unwrap(), 0);
        assert!(db.verify().unwrap().is_sound());
    }
}

#[test]
fn a_folder_copied_in_the_middle_of_work_opens_with_everything_that_was_committed() {
    let (home, db) = Home::new();
    let of = conversation("copied", 1);
    let question = message(of.id, None, "kept");
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&question, Origin::default())
    })
    .unwrap();
    let copy = tempfile::tempdir().unwrap();
    let lost = message(of.id, None, "never committed");
    let refused = db.write(|w| {
        w.message_insert(&lost, Origin::default())?;
        for (path, content) in contents(home.folder.path()) {
            fs::write(copy.path().join(path.file_name().unwrap()), content).unwrap();
        }
        Err::<(), _>(Error::MessageNotFound)
    });
    assert!(refused.is_err());
    for folder in [home.folder.path(), copy.path()] {
        let db = Db::open(&folder.join("hearth.db"), &home.key).unwrap();
        let messages = db.read(|r| r.messages(of.id)).unwrap();
        assert_eq!(messages, std::slice::from_ref(&question));
        assert!(db.verify().unwrap().is_sound());
    }
}

#[test]
fn a_log_that_was_cut_in_the_middle_of_a_write_loses_only_that_write() {
    let (home, db) = Home::new();
    let of = conversation("kept", 1);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    let log = home.folder.path().join("hearth.db-wal");
    let kept = fs::read(&log).unwrap().len();
    db.write(|w| w.message_insert(&message(of.id, None, &"x".repeat(50_000)), Origin::default()))
        .unwrap();
    let whole = contents(home.folder.path());
    let log_content = whole.get(&log).unwrap().clone();
    for cut in [kept + 1, kept + 4000, log_content.len() - 1] {
        let copy = tempfile::tempdir().unwrap();
        fs::copy(home.path(), copy.path().join("hearth.db")).unwrap();
        fs::write(copy.path().join("hearth.db-wal"), &log_content[..cut]).unwrap();
        let db = Db::open(&copy.path().join("hearth.db"), &home.key).unwrap();
        assert_eq!(db.read(|r| r.conversation(of.id)).unwrap().title, "kept");
        assert_eq!(db.read(|r| r.message_count()).unwrap(), 0, "cut at {cut}");
        assert!(db.verify().unwrap().is_sound());
    }
}

/// Writes an answer until the limit of the file size stops it.
fn fill_the_disk(folder: &Path) {
    let db = open_as_child(folder);
    let of = conversation("full", 1);
    let question = message(of.id, None, "the question");
    let reply = answer(of.id, question.id);
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&question, Origin::default())?;
        w.message_insert(&reply, Origin::default())
    })
    .unwrap();
    let mut saved = 0;
    let refused = loop {
        match db.write(|w| w.message_append(reply.id, &"more ".repeat(2000), "")) {
            Ok(()) => saved += 10_000,
            Err(error) => break error,
        }
        assert!(saved < 50_000_000, "the limit never came");
    };
    assert!(matches!(refused, Error::DiskFull), "{refused:?}");
    let kept = db.read(|r| r.message(reply.id)).unwrap();
    assert_eq!(kept.content.len(), saved, "what was saved stays readable");
    assert_eq!(db.read(|r| r.message(question.id)).unwrap(), question);
    acknowledge(&reply.id.to_string());
    let end = MessageEnd {
        content: String::new(),
        reasoning: String::new(),
        status: MessageStatus::Failed,
        model: None,
        finish: None,
        usage: None,
        timing: None,
    };
    // Less text than before may fit or not; either is told.
    match db.write(|w| w.message_finish(reply.id, &end)) {
        Ok(_) | Err(Error::DiskFull) => {}
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_full_disk_is_said_what_was_saved_stays_and_the_database_opens_later() {
    if let Some(folder) = child_of() {
        return fill_the_disk(&folder);
    }
    let name = "faults::a_full_disk_is_said_what_was_saved_stays_and_the_database_opens_later";
    let home = for_a_child();
    // A limit of the file size fails writes as a full disk does, once its signal is ignored.
    let shell = "trap '' XFSZ; ulimit -f 1500; exec \"$@\"";
    let output = child(name, home.folder.path(), Some(shell)).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let reply = told.lines().find_map(|line| line.split_once("ack ")).unwrap().1;
    let db = home.open().unwrap();
    db.read(|r| r.message(reply.trim().parse().unwrap())).unwrap();
    assert!(db.verify().unwrap().is_sound());
}

#[cfg(unix)]
#[test]
fn a_database_on_a_read_only_place_says_so_and_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let (home, db) = Home::new();
    drop(db);
    if rustix::process::geteuid().is_root() {
        // Nothing is read-only for root; the log's folder is what a read-only disk lacks.
        fs::create_dir(home.folder.path().join("hearth.db-wal")).unwrap();
    } else {
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o400)).unwrap();
    }
    let told =
        home.open().and_then(|db| db.write(|w| w.conversation_insert(&conversation("x", 1))));
    assert!(matches!(told, Err(Error::ReadOnly | Error::Unreadable)), "{told:?}");
}
