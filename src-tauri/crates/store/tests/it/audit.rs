//! The audit log: whoever changes, drops, inserts or reorders an entry is found.

use hearth_domain::{AuditFilter, GuardAction, GuardKind, Timestamp};
use hearth_store::{Db, NewAuditEntry};

use crate::support::{Home, raw};

fn entry(rule: &str) -> NewAuditEntry {
    NewAuditEntry {
        actor: "person",
        channel: "user",
        kind: "pii".into(),
        rule: rule.into(),
        action: "mask".into(),
        count: 1,
    }
}

/// A log with five entries, one a day.
fn five() -> (Home, Db) {
    let (home, db) = Home::new();
    let key = db.audit_key().unwrap();
    for day in 1..=5 {
        let new = [entry(&format!("rule.{day}"))];
        db.write(|w| w.audit_append(&key, Timestamp(day * 1000), &new)).unwrap();
    }
    (home, db)
}

fn broken_at(db: &Db) -> Option<u64> {
    let key = db.audit_key().unwrap();
    db.read(|r| r.audit_verify(&key)).unwrap()
}

/// What the chain says after somebody with the key of the file ran this past the program.
fn after(sql: &str) -> Option<u64> {
    let (home, db) = five();
    drop(db);
    let conn = raw(&home.path(), &home.key);
    conn.execute_batch("DROP TRIGGER audit_never_changed").unwrap();
    conn.execute_batch(sql).unwrap();
    conn.close().unwrap();
    broken_at(&home.open().unwrap())
}

#[test]
fn entries_are_numbered_read_newest_first_and_filtered() {
    let (_home, db) = five();
    assert_eq!(broken_at(&db), None);
    let page = db.read(|r| r.audit_page(&AuditFilter::default(), 3)).unwrap();
    assert_eq!(page.entries.iter().map(|it| it.seq).collect::<Vec<_>>(), [5, 4, 3]);
    let more = AuditFilter { before: page.next, ..AuditFilter::default() };
    let rest = db.read(|r| r.audit_page(&more, 3)).unwrap();
    assert_eq!((rest.entries.len(), rest.next), (2, None));
    let of = |kind, action| AuditFilter { kind, action, before: None };
    let count = |filter: AuditFilter| db.read(|r| r.audit_page(&filter, 9)).unwrap().entries.len();
    assert_eq!(count(of(Some(GuardKind::Pii), Some(GuardAction::Mask))), 5);
    assert_eq!(count(of(Some(GuardKind::Secrets), None)), 0);
}

#[test]
fn ac_55_an_entry_that_was_edited_is_named() {
    assert_eq!(after("UPDATE audit SET action = 'allow' WHERE seq = 3"), Some(3));
    assert_eq!(after("UPDATE audit SET at = 1 WHERE seq = 2"), Some(2));
}

#[test]
fn ac_55_an_entry_that_was_deleted_inserted_or_moved_is_named() {
    assert_eq!(after("DELETE FROM audit WHERE seq = 2"), Some(2));
    let copied = "INSERT INTO audit SELECT 6, at, actor, channel, kind, rule, action, count, mac
         FROM audit WHERE seq = 5";
    assert_eq!(after(copied), Some(6));
    let swapped = "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
         UPDATE audit SET seq = 3 WHERE seq = 9";
    assert_eq!(after(swapped), Some(2));
}

#[test]
fn ac_55_a_tail_that_was_cut_off_is_missed_also_where_the_end_was_moved_back() {
    assert_eq!(after("DELETE FROM audit WHERE seq > 3"), Some(4));
    let moved = "DELETE FROM audit WHERE seq > 3;
         UPDATE audit_state SET end_seq = 3, end_mac = (SELECT mac FROM audit WHERE seq = 3)";
    assert_eq!(after(moved), Some(1));
    assert_eq!(after("DELETE FROM audit; DELETE FROM audit_state"), None);
    assert_eq!(after("DELETE FROM audit_state"), Some(6));
}

#[test]
fn an_entry_is_never_changed_by_the_program_s_own_statements() {
    let (home, db) = five();
    drop(db);
    let conn = raw(&home.path(), &home.key);
    assert!(conn.execute_batch("UPDATE audit SET count = 2 WHERE seq = 1").is_err());
}

#[test]
fn old_entries_go_from_the_beginning_and_the_rest_is_still_a_chain() {
    let (_home, db) = five();
    let key = db.audit_key().unwrap();
    assert_eq!(db.write(|w| w.audit_expire(&key, Timestamp(3000))).unwrap(), 2);
    assert_eq!(broken_at(&db), None);
    assert_eq!(db.write(|w| w.audit_expire(&key, Timestamp(3000))).unwrap(), 0);
    db.write(|w| w.audit_append(&key, Timestamp(6000), &[entry("rule.6")])).unwrap();
    assert_eq!(broken_at(&db), None);
    assert_eq!(db.write(|w| w.audit_expire(&key, Timestamp(i64::MAX))).unwrap(), 4);
    assert_eq!((broken_at(&db), db.read(|r| r.audit_count()).unwrap()), (None, 0));
    db.write(|w| w.audit_append(&key, Timestamp(7000), &[entry("rule.7")])).unwrap();
    let page = db.read(|r| r.audit_page(&AuditFilter::default(), 9)).unwrap();
    assert_eq!((page.entries[0].seq, broken_at(&db)), (7, None));
}
