//! Single messages deleted with what follows them, brought back, purged.

use hearth_domain::{GenerationId, Message, MessageId, MessageStatus, Timestamp};
use hearth_store::{Db, Error, MessageEnd, Origin};
use uuid::Uuid;

use crate::support::{Home, answer, conversation, message, raw};

/// A question with two answers, and a question with its answer below the second.
struct Tree {
    root: Message,
    first: Message,
    second: Message,
    next: Message,
    last: Message,
}

fn tree(db: &Db) -> Tree {
    let of = conversation("tree", 1);
    let root = message(of.id, None, "root");
    let first = Message { status: MessageStatus::Complete, ..answer(of.id, root.id) };
    let second = Message { status: MessageStatus::Complete, ..answer(of.id, root.id) };
    let next = message(of.id, Some(second.id), "next");
    let last = Message { status: MessageStatus::Complete, ..answer(of.id, next.id) };
    db.write(|w| {
        w.conversation_insert(&of)?;
        for new in [&root, &first, &second, &next, &last] {
            w.message_insert(new, Origin::default())?;
        }
        Ok(())
    })
    .unwrap();
    Tree { root, first, second, next, last }
}

fn left(db: &Db, of: &Tree) -> Vec<MessageId> {
    let messages = db.read(|r| r.messages(of.root.conversation)).unwrap();
    messages.into_iter().map(|message| message.id).collect()
}

fn delete(db: &Db, id: MessageId, at: i64) -> Option<MessageId> {
    db.write(|w| w.message_delete(id, Timestamp(at))).unwrap().conversation.head
}

#[test]
fn a_message_goes_with_all_that_follows_it_and_comes_back_with_it() {
    let (home, db) = Home::new();
    let tree = tree(&db);
    let whole = left(&db, &tree);
    assert_eq!(delete(&db, tree.second.id, 5), Some(tree.first.id), "the branch beside it");
    assert_eq!(left(&db, &tree), [tree.root.id, tree.first.id]);
    for gone in [tree.second.id, tree.last.id] {
        assert!(matches!(db.read(|r| r.message(gone)), Err(Error::MessageNotFound)));
        assert!(matches!(db.read(|r| r.branch(gone)), Err(Error::MessageNotFound)));
        let again = db.write(|w| w.message_delete(gone, Timestamp(6)).map(drop));
        assert!(matches!(again, Err(Error::MessageNotFound)));
    }
    drop(db);
    let db = home.open().unwrap();
    let back = db.write(|w| w.message_restore(tree.second.id)).unwrap();
    assert_eq!(back.head, Some(tree.last.id), "what came back is shown");
    assert_eq!(left(&db, &tree), whole);
}

#[test]
fn without_a_branch_beside_it_what_came_before_is_shown() {
    let (_home, db) = Home::new();
    let tree = tree(&db);
    assert_eq!(delete(&db, tree.last.id, 5), Some(tree.next.id));
    assert_eq!(delete(&db, tree.first.id, 5), Some(tree.next.id), "it was not shown");
    assert_eq!(delete(&db, tree.second.id, 5), Some(tree.root.id));
    assert_eq!(delete(&db, tree.root.id, 5), None);
    assert_eq!(left(&db, &tree), []);
}

#[test]
fn what_was_deleted_before_at_the_same_moment_stays_deleted() {
    let (_home, db) = Home::new();
    let tree = tree(&db);
    delete(&db, tree.last.id, 5);
    delete(&db, tree.second.id, 5);
    let back = db.write(|w| w.message_restore(tree.second.id)).unwrap();
    assert_eq!(back.head, Some(tree.next.id));
    assert_eq!(left(&db, &tree).len(), 4, "all but the last");
    db.write(|w| w.message_restore(tree.last.id)).unwrap();
    assert_eq!(left(&db, &tree).len(), 5);
}

#[test]
fn bringing_back_brings_back_what_it_hangs_below() {
    let (_home, db) = Home::new();
    let tree = tree(&db);
    delete(&db, tree.last.id, 5);
    delete(&db, tree.root.id, 6);
    let back = db.write(|w| w.message_restore(tree.last.id)).unwrap();
    assert_eq!(back.head, Some(tree.last.id));
    assert_eq!(left(&db, &tree).len(), 5);
    let same = db.write(|w| w.message_restore(tree.first.id)).unwrap();
    assert_eq!(same.head, Some(tree.last.id), "what is not deleted stays as it is");
}

#[test]
fn nothing_is_added_below_and_nothing_shown_that_was_deleted() {
    let (_home, db) = Home::new();
    let tree = tree(&db);
    let of = tree.root.conversation;
    delete(&db, tree.second.id, 5);
    let below = message(of, Some(tree.last.id), "late");
    let refused = db.write(|w| w.message_insert(&below, Origin::default()));
    assert!(matches!(refused, Err(Error::MessageNotFound)));
    let refused = db.write(|w| w.conversation_select(of, tree.last.id).map(drop));
    assert!(matches!(refused, Err(Error::MessageNotFound)));
    let refused = db.write(|w| w.message_edit(tree.next.id, "late").map(drop));
    assert!(matches!(refused, Err(Error::MessageNotFound)));
}

#[test]
fn an_answer_that_is_deleted_while_it_is_written_is_saved_and_comes_back_with_its_text() {
    let (_home, db) = Home::new();
    let tree = tree(&db);
    let running = answer(tree.root.conversation, tree.first.id);
    let generation = GenerationId(Uuid::new_v4());
    let origin = Origin { client_id: None, generation: Some(generation) };
    db.write(|w| w.message_insert(&running, origin)).unwrap();
    let edit = db.write(|w| w.message_edit(running.id, "mine").map(drop));
    assert!(matches!(edit, Err(Error::MessageStreaming)));
    let deletion = db.write(|w| w.message_delete(tree.first.id, Timestamp(5))).unwrap();
    assert_eq!(deletion.running, [generation]);
    db.write(|w| w.message_save_text(running.id, "One", "")).unwrap();
    let end = MessageEnd {
        content: "One, two".into(),
        reasoning: String::new(),
        status: MessageStatus::Stopped,
        model: None,
        finish: None,
        usage: None,
        timing: None,
    };
    db.write(|w| w.message_finish(running.id, &end)).unwrap();
    db.write(|w| w.message_restore(tree.first.id)).unwrap();
    let back = db.read(|r| r.message(running.id)).unwrap();
    assert_eq!((back.content.as_str(), back.status), ("One, two", MessageStatus::Stopped));
}

#[test]
fn deleted_messages_are_purged_after_their_time_whatever_the_clock_said() {
    let (home, db) = Home::new();
    let tree = tree(&db);
    // The clock went back between the two.
    delete(&db, tree.last.id, 100);
    delete(&db, tree.second.id, 50);
    assert_eq!(db.write(|w| w.messages_purge(Timestamp(50))).unwrap(), 0);
    assert_eq!(db.write(|w| w.messages_purge(Timestamp(51))).unwrap(), 3);
    assert!(matches!(db.write(|w| w.message_restore(tree.last.id)), Err(Error::MessageNotFound)));
    assert_eq!(left(&db, &tree), [tree.root.id, tree.first.id]);
    assert!(db.verify().unwrap().is_sound());
    drop(db);
    let conn = raw(&home.path(), &home.key);
    let rows: i64 = conn.query_row("SELECT count(*) FROM message", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 2);
}
