//! Databases as released versions wrote them, as text in `tests/fixtures/db`: each still opens.

use hearth_domain::{ConversationId, MessageStatus, Role};
use hearth_store::{Db, Error, JobStatus};
use uuid::Uuid;

use crate::support::{Home, raw};

const RELEASED: &[(u32, &str)] = &[(1, include_str!("../fixtures/db/schema-1.sql"))];

#[test]
fn a_database_of_every_released_schema_opens_with_its_rows() {
    for (version, sql) in RELEASED {
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

        let db: Db = home.open().unwrap();
        let of = ConversationId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
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
