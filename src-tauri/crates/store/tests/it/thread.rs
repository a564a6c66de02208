//! The end of a branch, what stands beside it, and where a branch leads.

use hearth_domain::{Conversation, Message, MessageId, MessageStatus, Versions};
use hearth_store::{Db, Error, Origin};
use uuid::Uuid;

use crate::support::{Home, answer, conversation, message};

/// A conversation of questions and answers in one line.
fn line(db: &Db, count: usize) -> (Conversation, Vec<MessageId>) {
    let of = conversation("line", 1);
    let ids = db.write(|w| {
        w.conversation_insert(&of)?;
        let mut ids: Vec<MessageId> = Vec::new();
        for number in 0..count {
            let parent = ids.last().copied();
            let next = match (number % 2, parent) {
                (1, Some(parent)) => Message {
                    content: number.to_string(),
                    status: MessageStatus::Complete,
                    ..answer(of.id, parent)
                },
                _ => message(of.id, parent, &number.to_string()),
            };
            w.message_insert(&next, Origin::default())?;
            ids.push(next.id);
        }
        Ok(ids)
    });
    (of, ids.unwrap())
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.as_str()).collect()
}

#[test]
fn of_ten_thousand_messages_only_the_window_is_returned() {
    let (_home, db) = Home::new();
    let (_, ids) = line(&db, 10_000);
    let head = ids[9_999];
    let end = db.read(|r| r.thread_end(head, 60, None)).unwrap();
    assert_eq!((end.messages.len(), end.earlier), (60, 9_940));
    assert_eq!((texts(&end.messages)[0], texts(&end.messages)[59]), ("9940", "9999"));
    assert_eq!(end.versions, []);
    let back = db.read(|r| r.thread_end(head, 60, Some(ids[100]))).unwrap();
    assert_eq!((back.messages.len(), back.earlier), (9_900, 100));
    assert_eq!(back.messages[0].id, ids[100]);
}

#[test]
fn the_texts_before_the_window_are_not_read() {
    let (home, db) = Home::new();
    let (_, ids) = line(&db, 100);
    drop(db);
    // A row that cannot be read: whoever reads it fails.
    let conn = crate::support::raw(&home.path(), &home.key);
    let sql = "UPDATE message SET usage = 'not json' WHERE id = ?1";
    assert_eq!(conn.execute(sql, [ids[10].0.as_bytes()]).unwrap(), 1);
    conn.close().unwrap();
    let db = home.open().unwrap();
    assert!(matches!(db.read(|r| r.message(ids[10])), Err(Error::RowMalformed)));
    let end = db.read(|r| r.thread_end(ids[99], 60, None)).unwrap();
    assert_eq!((end.messages.len(), end.earlier), (60, 40));
    let (of, through) = (end.messages[0].conversation, ids[0]);
    assert_eq!(db.read(|r| r.newest_leaf(of, through)).unwrap(), ids[99]);
}

#[test]
fn a_short_branch_is_returned_whole_and_a_foreign_start_is_left_out_of_account() {
    let (_home, db) = Home::new();
    let (_, ids) = line(&db, 5);
    let (_, other) = line(&db, 5);
    let head = ids[4];
    for from in [None, Some(ids[3]), Some(other[0]), Some(MessageId(Uuid::new_v4()))] {
        let end = db.read(|r| r.thread_end(head, 3, from)).unwrap();
        assert_eq!((texts(&end.messages), end.earlier), (vec!["2", "3", "4"], 2), "{from:?}");
    }
    let whole = db.read(|r| r.thread_end(head, 1000, None)).unwrap();
    assert_eq!((whole.messages.len(), whole.earlier), (5, 0));
    let unknown = db.read(|r| r.thread_end(MessageId(Uuid::new_v4()), 3, None));
    assert!(matches!(unknown, Err(Error::MessageNotFound)));
}

#[test]
fn messages_with_siblings_say_which_and_roots_are_siblings_too() {
    let (_home, db) = Home::new();
    let (of, ids) = line(&db, 3);
    let (other_root, other_answer) =
        (message(of.id, None, "another"), message(of.id, Some(ids[0]), "instead"));
    let head = db
        .write(|w| {
            w.message_insert(&other_root, Origin::default())?;
            w.message_insert(&other_answer, Origin::default())?;
            Ok(w.conversation(of.id)?.head)
        })
        .unwrap();
    assert_eq!(head, Some(other_answer.id));
    let end = db.read(|r| r.thread_end(other_answer.id, 60, None)).unwrap();
    let roots = Versions { message: ids[0], all: vec![ids[0], other_root.id] };
    let answers = Versions { message: other_answer.id, all: vec![ids[1], other_answer.id] };
    assert_eq!(end.versions, [roots, answers.clone()]);
    // Siblings of what is not in the window are not told.
    let last = db.read(|r| r.thread_end(other_answer.id, 1, None)).unwrap();
    assert_eq!(last.versions, [answers]);
    assert_eq!(last.earlier, 1);
}

#[test]
fn a_branch_leads_along_the_newest_child_of_each() {
    let (_home, db) = Home::new();
    let (of, ids) = line(&db, 4);
    let newer = message(of.id, Some(ids[0]), "newer");
    let leaf = message(of.id, Some(newer.id), "leaf");
    db.write(|w| {
        w.message_insert(&newer, Origin::default())?;
        w.message_insert(&leaf, Origin::default())
    })
    .unwrap();
    let leads = |from| db.read(|r| r.newest_leaf(of.id, from));
    assert_eq!(leads(ids[0]).unwrap(), leaf.id);
    assert_eq!(leads(ids[1]).unwrap(), ids[3]);
    assert_eq!(leads(leaf.id).unwrap(), leaf.id);
    let (other, foreign) = line(&db, 1);
    assert!(matches!(leads(foreign[0]), Err(Error::MessageNotFound)));
    db.write(|w| w.message_delete(newer.id, hearth_domain::Timestamp(5))).unwrap();
    assert_eq!(leads(ids[0]).unwrap(), ids[3]);
    assert_ne!(other.id, of.id);
}
