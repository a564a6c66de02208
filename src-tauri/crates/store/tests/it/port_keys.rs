//! Keys of the port: how they are recognised, renamed, counted and forgotten.

use hearth_domain::{
    KeyUse, KeyUseDay, PortKey, PortKeyDraft, PortKeyId, PortRights, PortScope, Secret, Timestamp,
};
use hearth_store::{Db, Error};
use uuid::Uuid;

use crate::support::{Home, raw};

fn named(name: &str) -> PortKey {
    PortKey {
        id: PortKeyId(Uuid::now_v7()),
        name: name.into(),
        rights: PortRights::default(),
        hint: "abcd".into(),
        created: Timestamp(1),
        last_used: None,
        used: KeyUse::default(),
    }
}

fn make(db: &Db, name: &str, secret: &str) -> PortKey {
    let (key, secret) = (named(name), Secret::new(secret.to_owned()));
    let hash = db.port_key_seal().unwrap().hash(&secret);
    db.write(|w| w.port_key_insert(&key, &hash)).unwrap();
    key
}

#[test]
fn a_key_is_recognised_by_a_hash_that_another_database_makes_otherwise() {
    let ((_one_home, one), (_two_home, two)) = (Home::new(), Home::new());
    let secret = Secret::new("hearth-secret".to_owned());
    let key = make(&one, "Editor", secret.expose());
    let stored = one.read(|r| r.port_key_rights()).unwrap().remove(0);
    assert_eq!((stored.id, stored.hash), (key.id, one.port_key_seal().unwrap().hash(&secret)));
    assert_ne!(stored.hash, two.port_key_seal().unwrap().hash(&secret));
}

#[test]
fn a_name_is_given_once_and_a_key_keeps_its_own() {
    let (_home, db) = Home::new();
    let (editor, agent) = (make(&db, "Editor", "a"), make(&db, "Agent", "b"));
    let scopes = vec![PortScope::Documents];
    let draft = |name: &str| PortKeyDraft {
        name: name.into(),
        rights: PortRights { scopes: scopes.clone(), ..PortRights::default() },
    };
    let taken = db.write(|w| w.port_key_update(agent.id, &draft("Editor"))).unwrap_err();
    assert!(matches!(taken, Error::NameTaken));
    let changed = db.write(|w| w.port_key_update(editor.id, &draft("Editor"))).unwrap();
    assert_eq!(changed.rights.scopes, scopes);
    let names = db.read(|r| r.port_key_list()).unwrap().into_iter().map(|key| key.name);
    assert_eq!(names.collect::<Vec<_>>(), ["Agent", "Editor"]);
}

#[test]
fn what_was_done_with_a_key_adds_up_by_day_and_goes_with_it() {
    let (_home, db) = Home::new();
    let key = make(&db, "Editor", "a");
    let used = KeyUse { requests: 1, prompt_tokens: 10, completion_tokens: 5 };
    for day in [7, 7, 8] {
        db.write(|w| w.port_key_used(key.id, KeyUseDay { day, used }, Timestamp(9))).unwrap();
    }
    let days = db.read(|r| r.port_key_days(key.id)).unwrap();
    assert_eq!(days, [KeyUseDay { day: 7, used: used.and(used) }, KeyUseDay { day: 8, used }]);
    let listed = db.read(|r| r.port_key(key.id)).unwrap();
    assert_eq!((listed.used.requests, listed.last_used), (3, Some(Timestamp(9))));
    db.write(|w| w.port_key_delete(key.id)).unwrap();
    assert_eq!(db.read(|r| r.port_key_days(key.id)).unwrap(), []);
    // What was still to be written of a key that is gone is nothing.
    db.write(|w| w.port_key_used(key.id, KeyUseDay { day: 8, used }, Timestamp(9))).unwrap();
    let gone = db.write(|w| w.port_key_delete(key.id)).unwrap_err();
    assert!(matches!(gone, Error::PortKeyNotFound));
}

#[test]
fn the_one_key_that_a_port_had_before_becomes_a_key_like_the_others() {
    let (home, db) = Home::new();
    drop(db);
    let conn = raw(&home.path(), &home.key);
    // SHA-256 of "hearth-old".
    let digest = "925eb2540819d771096ef943391906fa9fe6351e58bd8d6ceb9694285b1a7dfe";
    conn.execute("INSERT INTO meta VALUES ('server_key', ?1)", [digest]).unwrap();
    conn.close().unwrap();
    let db = home.open().unwrap();
    let seal = db.port_key_seal().unwrap();
    let draft = || PortKeyDraft { name: "First".into(), rights: PortRights::default() };
    let adopted = db.write(|w| w.port_key_adopt(&seal, draft(), Timestamp(2))).unwrap();
    let listed = db.read(|r| r.port_key_list()).unwrap();
    assert_eq!((Some(listed[0].id), listed[0].name.as_str()), (adopted, "First"));
    let stored = db.read(|r| r.port_key_rights()).unwrap().remove(0);
    assert_eq!(stored.hash, seal.hash(&Secret::new("hearth-old".to_owned())));
    assert_eq!(db.write(|w| w.port_key_adopt(&seal, draft(), Timestamp(3))).unwrap(), None);
}
