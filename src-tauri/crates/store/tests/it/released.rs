//! Databases as released versions wrote them, as text in `tests/fixtures/db`: each still opens.

use hearth_domain::{
    ConversationConfig, ConversationId, MessageId, MessageStatus, PortProfile, PortScope, Role,
    Timestamp,
};
use hearth_store::{Db, Error, FileFilter, JobStatus};
use uuid::Uuid;

use crate::support::{Home, raw};

const RELEASED: &[(u32, &str)] = &[
    (1, include_str!("../fixtures/db/schema-1.sql")),
    (2, include_str!("../fixtures/db/schema-2.sql")),
    (3, include_str!("../fixtures/db/schema-3.sql")),
    (4, include_str!("../fixtures/db/schema-4.sql")),
    (5, include_str!("../fixtures/db/schema-5.sql")),
    (6, include_str!("../fixtures/db/schema-6.sql")),
    (7, include_str!("../fixtures/db/schema-7.sql")),
    (8, include_str!("../fixtures/db/schema-8.sql")),
    (9, include_str!("../fixtures/db/schema-9.sql")),
    (10, include_str!("../fixtures/db/schema-10.sql")),
    (11, include_str!("../fixtures/db/schema-11.sql")),
    (12, include_str!("../fixtures/db/schema-12.sql")),
];

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + last)
}

/// A database that only this SQL has made.
fn written_by(version: u32, sql: &str) -> (Home, Db) {
    let (home, db) = Home::new();
    drop(db);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(home.folder.path().join(format!("hearth.db{suffix}")));
    }
    let conn = raw(&home.path(), &home.key);
    conn.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    conn.execute_batch(sql).unwrap();
    conn.pragma_update(None, "user_version", version).unwrap();
    conn.close().unwrap();
    let db = home.open().unwrap();
    (home, db)
}

#[test]
fn a_database_of_every_released_schema_opens_with_its_rows() {
    for (version, sql) in RELEASED {
        let (_home, db) = written_by(*version, sql);
        let of = ConversationId(id(1));
        assert_eq!(db.read(|r| r.conversation(of)).unwrap().title, "Grüße", "schema {version}");
        let messages = db.read(|r| r.messages(of)).unwrap();
        let roles: Vec<_> = messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::User, Role::Assistant]);
        assert_eq!(messages[1].status, MessageStatus::Complete);
        assert_eq!(messages[1].usage.unwrap().completion_tokens, 2);
        assert!(db.read(|r| r.settings()).unwrap().welcomed);
        assert_eq!(db.read(|r| r.persona_list()).unwrap()[0].draft.name, "Short");
        assert_eq!(db.read(|r| r.model_list()).unwrap()[0].size, 98);
        assert_eq!(db.read(|r| r.jobs(JobStatus::Succeeded)).unwrap().len(), 1);
        assert!(db.verify().unwrap().is_sound());
    }
}

#[test]
fn a_conversation_of_schema_1_has_no_folder_and_answers_as_its_persona_says() {
    let (_home, db) = written_by(RELEASED[0].0, RELEASED[0].1);
    let of = db.read(|r| r.conversation(ConversationId(id(1)))).unwrap();
    assert_eq!((of.folder, of.archived), (None, false));
    let persona = db.read(|r| r.persona_list()).unwrap().remove(0);
    assert_eq!(of.config, ConversationConfig { persona: Some(persona.id), ..Default::default() });
    assert_eq!((persona.draft.icon.as_str(), persona.preset), ("", None));
    let end = db.read(|r| r.thread_end(of.head.unwrap(), 60, None)).unwrap();
    assert_eq!((end.messages.len(), end.earlier), (2, 0));
}

#[test]
fn a_conversation_of_schema_2_keeps_its_folder_its_settings_and_what_was_deleted() {
    for (version, sql) in &RELEASED[1..] {
        keeps_what_schema_2_wrote(*version, sql);
    }
}

fn keeps_what_schema_2_wrote(version: u32, sql: &str) {
    let (_home, db) = written_by(version, sql);
    let of = db.read(|r| r.conversation(ConversationId(id(1)))).unwrap();
    assert!(of.archived && of.config.instructions.as_deref() == Some("Be kind."));
    assert_eq!(of.config.sampling.top_k, Some(40));
    let folder = db.read(|r| r.folder(of.folder.unwrap())).unwrap();
    assert_eq!(folder.name, "Reisen");
    let question = db.read(|r| r.message(MessageId(id(3)))).unwrap();
    assert_eq!(question.attachments[0].name, "notes.txt");
    let draft = db.read(|r| r.draft(None)).unwrap();
    assert_eq!((draft.text.as_str(), draft.queue.len()), ("Noch nicht", 1));
    assert_eq!(draft.attachments, question.attachments);
    assert_eq!(db.read(|r| r.prompt_list()).unwrap()[0].draft.name, "mail");
    db.write(|w| w.message_restore(MessageId(id(6)))).unwrap();
    assert_eq!(db.read(|r| r.messages(of.id)).unwrap().len(), 3);
}

#[test]
fn a_collection_of_schema_8_keeps_its_documents() {
    let (_home, db) = written_by(RELEASED[7].0, RELEASED[7].1);
    let collection = db.read(|r| r.collection_named("verträge")).unwrap().unwrap();
    assert_eq!((collection.counts.searchable, collection.counts.chunks), (1, 1));
    assert_eq!(collection.sources[0].path, "/home/a/docs");
    let chunk = db.read(|r| r.chunks(&[1])).unwrap().remove(0);
    assert_eq!(chunk.content.text, "The notice is a month.");
}

#[test]
fn a_key_of_schema_9_keeps_its_rights_and_its_use() {
    let (_home, db) = written_by(RELEASED[8].0, RELEASED[8].1);
    let key = db.read(|r| r.port_key_list()).unwrap().remove(0);
    assert_eq!((key.name.as_str(), key.hint.as_str()), ("Editor", "x3Kq"));
    assert_eq!(key.rights.scopes, [PortScope::Chat]);
    assert_eq!(key.rights.profile, Some(PortProfile::Strict));
    assert_eq!((key.used.requests, key.used.tokens()), (2, 42));
}

#[test]
fn a_webhook_of_schema_10_keeps_what_waits_for_it_and_the_ledger_its_lines() {
    let (_home, db) = written_by(RELEASED[9].0, RELEASED[9].1);
    let webhook = db.read(|r| r.webhook_list()).unwrap().remove(0);
    assert_eq!((webhook.name.as_str(), webhook.local), ("n8n", false));
    let due = db.read(|r| r.deliveries_due(Timestamp(1_700_000_005_000))).unwrap();
    assert_eq!((due.len(), due[0].delivery.http_status), (1, Some(503)));
    assert_eq!(db.read(|r| r.webhook_secret(webhook.id)).unwrap().expose(), &[0x44; 32]);
    let page = db.read(|r| r.connections(None, 9)).unwrap();
    assert_eq!((page.connections[0].host.as_str(), page.more), ("example.org", false));
}

#[test]
fn a_file_of_schema_11_keeps_how_many_of_its_pages_gave_no_text() {
    let (_home, db) = written_by(RELEASED[10].0, RELEASED[10].1);
    let collection = db.read(|r| r.collection_named("verträge")).unwrap().unwrap();
    let filter = FileFilter { limit: 9, ..FileFilter::default() };
    let file = db.read(|r| r.file_list(collection.id, &filter)).unwrap().items.remove(0);
    assert_eq!((file.pages, file.unread), (3, 2));
}

#[test]
fn the_newest_released_schema_is_the_one_this_program_writes() {
    let (home, db) = Home::new();
    drop(db);
    let newest = RELEASED.last().unwrap().0;
    let conn = raw(&home.path(), &home.key);
    conn.pragma_update(None, "user_version", newest + 1).unwrap();
    conn.close().unwrap();
    let refused = home.open().err().unwrap();
    assert!(matches!(refused, Error::SchemaNewer { known, .. } if known == newest), "{refused:?}");
}
