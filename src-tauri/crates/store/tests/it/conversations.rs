//! Conversations and their trees.

use hearth_domain::{
    FinishReason, GenerationId, MessageId, MessageStatus, Timestamp, Timing, Usage,
};
use hearth_store::{ConversationFilter, Db, Error, MessageEnd, Origin};
use uuid::Uuid;

use crate::support::{Home, answer, conversation, message};

fn titles(db: &Db, filter: &ConversationFilter) -> (Vec<String>, Option<Timestamp>) {
    let page = db.read(|r| r.conversation_list(filter)).unwrap();
    (page.items.into_iter().map(|item| item.title).collect(), page.next)
}

#[test]
fn a_tree_comes_back_as_it_was_written() {
    let (home, db) = Home::new();
    let mut of = conversation("Paris", 1);
    let question = message(of.id, None, "What is the capital of France?");
    let (mut first, mut second) = (answer(of.id, question.id), answer(of.id, question.id));
    first.content = "Paris.".into();
    first.status = MessageStatus::Complete;
    first.finish = Some(FinishReason::Stop);
    first.usage = Some(Usage { prompt_tokens: 3, cached_tokens: 2, completion_tokens: 1 });
    first.timing = Some(Timing { queue_ms: 0.5, ..Timing::default() });
    second.reasoning = "Hm.".into();
    second.created = Timestamp(9);
    db.write(|w| {
        w.conversation_insert(&of)?;
        for new in [&question, &first, &second] {
            w.message_insert(new, Origin::default())?;
        }
        Ok(())
    })
    .unwrap();
    drop(db);
    let db = home.open().unwrap();
    let messages = db.read(|r| r.messages(of.id)).unwrap();
    assert_eq!(messages, [question.clone(), first.clone(), second.clone()]);
    of.head = Some(second.id);
    of.updated = Timestamp(9);
    assert_eq!(db.read(|r| r.conversation(of.id)).unwrap(), of);
    assert_eq!(db.read(|r| r.branch(first.id)).unwrap(), [question, first.clone()]);
    let shown = db.write(|w| w.conversation_select(of.id, first.id)).unwrap();
    assert_eq!(shown.head, Some(first.id));
}

#[test]
fn a_message_cannot_hang_below_another_conversation() {
    let (_home, db) = Home::new();
    let (one, two) = (conversation("one", 1), conversation("two", 2));
    let root = message(one.id, None, "root");
    db.write(|w| {
        w.conversation_insert(&one)?;
        w.conversation_insert(&two)?;
        w.message_insert(&root, Origin::default())
    })
    .unwrap();
    let stray = message(two.id, Some(root.id), "stray");
    let refused = db.write(|w| w.message_insert(&stray, Origin::default())).unwrap_err();
    assert!(matches!(refused, Error::MessageNotFound));
    let refused = db.write(|w| w.conversation_select(two.id, root.id)).unwrap_err();
    assert!(matches!(refused, Error::MessageNotFound));
}

#[test]
fn a_request_that_is_sent_twice_is_known_by_its_client_id() {
    let (_home, db) = Home::new();
    let of = conversation("twice", 1);
    let question = message(of.id, None, "Hello?");
    let reply = answer(of.id, question.id);
    let (client, generation) = (Uuid::new_v4(), GenerationId(Uuid::new_v4()));
    let sent = Origin { client_id: Some(client), generation: None };
    let written = Origin { client_id: None, generation: Some(generation) };
    assert_eq!(db.read(|r| r.earlier_send(client)).unwrap(), None);
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&question, sent)?;
        w.message_insert(&reply, written)
    })
    .unwrap();
    let earlier = db.read(|r| r.earlier_send(client)).unwrap().unwrap();
    assert_eq!((earlier.conversation, earlier.user_message), (of.id, question.id));
    assert_eq!(earlier.answer, Some((reply.id, Some(generation))));
    let again = message(of.id, None, "Hello?");
    let refused = db.write(|w| w.message_insert(&again, sent)).unwrap_err();
    assert!(matches!(refused, Error::Conflict), "{refused:?}");
    assert_eq!(db.read(|r| r.message_count()).unwrap(), 2);
}

#[test]
fn a_streaming_answer_is_saved_piece_by_piece_and_ended_once() {
    let (_home, db) = Home::new();
    let of = conversation("stream", 1);
    let question = message(of.id, None, "Go on");
    let reply = answer(of.id, question.id);
    let generation = GenerationId(Uuid::new_v4());
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&question, Origin::default())?;
        w.message_insert(&reply, Origin { client_id: None, generation: Some(generation) })
    })
    .unwrap();
    assert_eq!(db.read(|r| r.streaming_generation(of.id)).unwrap(), Some(generation));
    assert_eq!(db.read(|r| r.generation_of(reply.id)).unwrap(), Some(generation));
    db.write(|w| w.message_append(reply.id, "One, ", "")).unwrap();
    db.write(|w| w.message_append(reply.id, "two", "Hm")).unwrap();
    let saved = db.read(|r| r.message(reply.id)).unwrap();
    assert_eq!((saved.content.as_str(), saved.reasoning.as_str()), ("One, two", "Hm"));
    db.write(|w| w.message_save_text(reply.id, "One", "")).unwrap();
    let end = MessageEnd {
        content: "One, two, three".into(),
        reasoning: String::new(),
        status: MessageStatus::Stopped,
        model: None,
        finish: Some(FinishReason::Cancelled),
        usage: None,
        timing: None,
    };
    db.write(|w| w.message_finish(reply.id, &end)).unwrap();
    let ended = db.read(|r| r.message(reply.id)).unwrap();
    assert_eq!((ended.status, ended.finish), (MessageStatus::Stopped, end.finish));
    assert_eq!(db.read(|r| r.streaming_generation(of.id)).unwrap(), None);
    let late = db.write(|w| w.message_save_text(reply.id, "late", "")).unwrap_err();
    assert!(matches!(late, Error::MessageNotFound));
    assert_eq!(db.read(|r| r.message(reply.id)).unwrap().content, end.content);
}

#[test]
fn the_list_has_pinned_ones_first_then_the_newest_and_pages_lose_none() {
    let (_home, db) = Home::new();
    // Four share a millisecond, across the edge of a page.
    let times = [10, 20, 30, 30, 30, 30, 40, 50, 60];
    db.write(|w| {
        for (number, at) in times.iter().enumerate() {
            w.conversation_insert(&conversation(&format!("c{number}"), *at))?;
        }
        let pinned = conversation("pinned", 5);
        w.conversation_insert(&pinned)?;
        w.conversation_pin(pinned.id, true).map(drop)
    })
    .unwrap();
    let mut filter = ConversationFilter { limit: Some(4), ..ConversationFilter::default() };
    let mut seen = Vec::new();
    loop {
        let (mut page, next) = titles(&db, &filter);
        seen.append(&mut page);
        filter.before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), times.len() + 1, "{seen:?}");
    assert_eq!(seen[..4], ["pinned", "c8", "c7", "c6"]);
    assert_eq!(seen[8..], ["c1", "c0"]);
}

#[test]
fn a_search_finds_titles_by_their_text_alone() {
    let (_home, db) = Home::new();
    db.write(|w| {
        for title in ["100% sure", "1000 sure", "Under_score", "Underscore", "Back\\slash"] {
            w.conversation_insert(&conversation(title, 1))?;
        }
        Ok(())
    })
    .unwrap();
    for (query, found) in [
        ("0% s", "100% sure"),
        ("r_s", "Under_score"),
        ("k\\s", "Back\\slash"),
        ("UNDERS", "Underscore"),
    ] {
        let filter = ConversationFilter { query: Some(query.into()), ..Default::default() };
        assert_eq!(titles(&db, &filter).0, [found], "{query}");
    }
}

#[test]
fn a_deleted_conversation_is_hidden_comes_back_whole_and_is_purged_with_a_long_branch() {
    let (_home, db) = Home::new();
    let of = conversation("long", 1);
    db.write(|w| {
        w.conversation_insert(&of)?;
        let mut parent = None;
        for number in 0..3000 {
            let next = message(of.id, parent, &number.to_string());
            w.message_insert(&next, Origin::default())?;
            parent = Some(next.id);
        }
        Ok(())
    })
    .unwrap();
    db.write(|w| w.conversation_delete(of.id, Timestamp(5))).unwrap();
    assert!(matches!(db.read(|r| r.conversation(of.id)).unwrap_err(), Error::ConversationNotFound));
    assert_eq!(titles(&db, &ConversationFilter::default()).0.len(), 0);
    let refused = db.write(|w| w.message_insert(&message(of.id, None, "x"), Origin::default()));
    assert!(matches!(refused, Err(Error::ConversationNotFound)));
    assert_eq!(db.write(|w| w.conversations_purge(Timestamp(5))).unwrap(), 0);
    let back = db.write(|w| w.conversation_restore(of.id)).unwrap();
    assert_eq!(db.read(|r| r.branch(back.head.unwrap())).unwrap().len(), 3000);
    db.write(|w| w.conversation_delete(of.id, Timestamp(5))).unwrap();
    assert_eq!(db.write(|w| w.conversations_purge(Timestamp(6))).unwrap(), 1);
    assert_eq!(db.read(|r| r.message_count()).unwrap(), 0);
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn what_is_not_there_is_said_by_name() {
    let (_home, db) = Home::new();
    let (of, one) = (conversation("x", 1).id, MessageId(Uuid::new_v4()));
    let told = |result: hearth_store::Result<()>| result.unwrap_err();
    assert!(matches!(
        told(db.write(|w| w.conversation_rename(of, "y").map(drop))),
        Error::ConversationNotFound
    ));
    assert!(matches!(
        told(db.write(|w| w.conversation_delete(of, Timestamp(1)))),
        Error::ConversationNotFound
    ));
    assert!(matches!(
        told(db.write(|w| w.conversation_restore(of).map(drop))),
        Error::ConversationNotFound
    ));
    assert!(matches!(told(db.read(|r| r.branch(one).map(drop))), Error::MessageNotFound));
    assert!(matches!(told(db.write(|w| w.message_append(one, "x", ""))), Error::MessageNotFound));
}

#[test]
fn many_readers_and_writers_at_once_each_see_whole_moments() {
    let (_home, db) = Home::new();
    let of = conversation("busy", 1);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let pair = [message(of.id, None, "one"), message(of.id, None, "two")];
                    let write = db.write(|w| {
                        w.message_insert(&pair[0], Origin::default())?;
                        w.message_insert(&pair[1], Origin::default())
                    });
                    write.unwrap();
                }
            });
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(db.read(|r| r.message_count()).unwrap() % 2, 0);
                }
            });
        }
        scope.spawn(|| assert!(db.verify().unwrap().is_sound()));
    });
    assert_eq!(db.read(|r| r.message_count()).unwrap(), 200);
}
