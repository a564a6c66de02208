//! The full-text index: what is found, in which order, and that it never lies.

use hearth_domain::{ConversationId, MessageStatus, Role, SearchRequest, Timestamp, terms::Query};
use hearth_store::{Db, MessageEnd, Origin};
use uuid::Uuid;

use crate::support::{Home, answer, conversation, message, raw};

fn wanted(text: &str) -> SearchRequest {
    SearchRequest { query: text.into(), ..SearchRequest::default() }
}

/// Contents of the messages that are found, a title as itself.
fn found_by(db: &Db, request: &SearchRequest) -> Vec<String> {
    let query = Query::parse(&request.query);
    let (found, _) = db.read(|r| r.search(&query, request, 100)).unwrap();
    found.into_iter().map(|hit| hit.message.map_or(hit.title, |m| m.content)).collect()
}

fn found(db: &Db, text: &str) -> Vec<String> {
    found_by(db, &wanted(text))
}

/// A conversation with these messages, one below the other.
fn talk(db: &Db, title: &str, texts: &[&str]) -> ConversationId {
    let of = conversation(title, 1);
    db.write(|w| {
        w.conversation_insert(&of)?;
        let mut parent = None;
        for text in texts {
            let next = message(of.id, parent, text);
            w.message_insert(&next, Origin::default())?;
            parent = Some(next.id);
        }
        Ok(())
    })
    .unwrap();
    of.id
}

fn end(text: &str) -> MessageEnd {
    MessageEnd {
        content: text.into(),
        reasoning: String::new(),
        status: MessageStatus::Complete,
        model: Some("tiny".into()),
        finish: None,
        usage: None,
        timing: None,
    }
}

#[test]
fn text_of_every_script_is_found_however_it_is_typed() {
    let (_home, db) = Home::new();
    let texts = [
        "Viele Grüße aus Köln",
        "東京都の天気はどうですか",
        "ฉันชอบกินข้าวผัด",
        "Сегодня холодно, ёлка",
        "한국어 학교에서 공부합니다",
        "don't use snake_case_names",
        "मुझे हिन्दी पसंद है",
    ];
    talk(&db, "", &texts);
    for (asked, number) in [
        ("GRUSSE koln", 0),
        ("gru", 0),
        ("東京", 1),
        ("天気", 1),
        ("気", 1),
        ("ข้าวผัด", 2),
        ("елка", 3),
        ("학교", 4),
        ("case", 5),
        ("don't", 5),
        ("हिन्दी", 6),
    ] {
        assert_eq!(found(&db, asked), [texts[number]], "{asked}");
    }
    for asked in ["京東", "grusse berlin", "ase", "zzz"] {
        assert_eq!(found(&db, asked), Vec::<String>::new(), "{asked}");
    }
}

#[test]
fn every_sign_of_a_query_is_text() {
    let (_home, db) = Home::new();
    talk(&db, "", &["plain words"]);
    for asked in ["\"", "'; DROP TABLE message; --", "plain OR", "plain*\"", "terms:plain", "^", ""]
    {
        let request = wanted(asked);
        db.read(|r| r.search(&Query::parse(asked), &request, 10)).unwrap();
    }
    assert_eq!(found(&db, "\"plain\" (words)*"), ["plain words"]);
    assert_eq!(found(&db, &"plain ".repeat(200_000)), ["plain words"]);
}

#[test]
fn the_index_follows_every_change_of_a_message() {
    let (_home, db) = Home::new();
    let of = talk(&db, "", &["a question about apples"]);
    let asked = db.read(|r| r.messages(of)).unwrap().remove(0);
    let reply = answer(of, asked.id);
    db.write(|w| w.message_insert(&reply, Origin::default())).unwrap();
    db.write(|w| w.message_save_text(reply.id, "half an answer about pears", "")).unwrap();
    assert_eq!(found(&db, "pears"), Vec::<String>::new(), "it is still being written");
    db.write(|w| w.message_finish(reply.id, &end("all about pears")).map(drop)).unwrap();
    assert_eq!(found(&db, "pears"), ["all about pears"]);
    assert_eq!(found(&db, "half"), Vec::<String>::new());

    db.write(|w| w.message_edit(asked.id, "a question about plums").map(drop)).unwrap();
    assert_eq!(found(&db, "apples"), Vec::<String>::new());
    assert_eq!(found(&db, "plums"), ["a question about plums"]);

    db.write(|w| w.message_delete(asked.id, Timestamp(5)).map(drop)).unwrap();
    assert_eq!(found(&db, "plums").len() + found(&db, "pears").len(), 0);
    db.write(|w| w.message_restore(asked.id).map(drop)).unwrap();
    assert_eq!(found(&db, "plums").len() + found(&db, "pears").len(), 2);
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn an_answer_that_was_cut_off_is_found_after_the_next_start() {
    let (_home, db) = Home::new();
    let of = talk(&db, "", &["question"]);
    let asked = db.read(|r| r.messages(of)).unwrap().remove(0);
    let reply = answer(of, asked.id);
    db.write(|w| w.message_insert(&reply, Origin::default())).unwrap();
    db.write(|w| w.message_save_text(reply.id, "the beginning", "")).unwrap();
    db.write(|w| w.mark_interrupted().map(drop)).unwrap();
    assert_eq!(found(&db, "beginning"), ["the beginning"]);
}

#[test]
fn titles_come_first_and_follow_their_conversation() {
    let (_home, db) = Home::new();
    let of = talk(&db, "Holidays in Norway", &["when is norway warm"]);
    assert_eq!(found(&db, "norway"), ["Holidays in Norway", "when is norway warm"]);
    db.write(|w| w.conversation_rename(of, "Sweden").map(drop)).unwrap();
    assert_eq!(found(&db, "holidays"), Vec::<String>::new());
    assert_eq!(found(&db, "swed"), ["Sweden"]);
    db.write(|w| w.conversation_delete(of, Timestamp(5))).unwrap();
    assert_eq!(found(&db, "sweden").len() + found(&db, "norway").len(), 0);
    db.write(|w| w.conversation_restore(of).map(drop)).unwrap();
    assert_eq!(found(&db, "sweden").len() + found(&db, "norway").len(), 2);
    db.write(|w| w.conversation_delete(of, Timestamp(5))).unwrap();
    db.write(|w| w.conversations_purge(Timestamp(6)).map(drop)).unwrap();
    assert_eq!(found(&db, "sweden").len() + found(&db, "norway").len(), 0);
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn every_filter_narrows() {
    let (_home, db) = Home::new();
    let (one, two) = (talk(&db, "tea", &["tea one"]), talk(&db, "tea too", &["tea two"]));
    let asked = db.read(|r| r.messages(one)).unwrap().remove(0);
    let reply = answer(one, asked.id);
    db.write(|w| {
        w.message_insert(&reply, Origin::default())?;
        w.message_finish(reply.id, &end("tea answer")).map(drop)?;
        let mut late = message(two, None, "tea late");
        late.created = Timestamp(1000);
        late.role = Role::User;
        w.message_insert(&late, Origin::default())
    })
    .unwrap();
    let all = wanted("tea");
    assert_eq!(found_by(&db, &all).len(), 6);
    let inside = SearchRequest { conversation: Some(one), ..all.clone() };
    let mut names = found_by(&db, &inside);
    names.sort();
    assert_eq!(names, ["tea answer", "tea one"]);
    let model = SearchRequest { model: Some("tiny".into()), ..all.clone() };
    assert_eq!(found_by(&db, &model), ["tea answer"]);
    let after = SearchRequest { after: Some(Timestamp(1000)), ..all.clone() };
    assert_eq!(found_by(&db, &after), ["tea too", "tea late"]);
    let before = SearchRequest { before: Some(Timestamp(1)), ..all.clone() };
    assert_eq!(found_by(&db, &before), Vec::<String>::new());
    let paged = SearchRequest { offset: Some(2), ..all };
    let query = Query::parse("tea");
    let (page, more) = db.read(|r| r.search(&query, &paged, 3)).unwrap();
    assert_eq!((page.len(), more), (3, true));
}

#[test]
fn among_messages_that_fit_about_as_well_the_newest_comes_first() {
    let (_home, db) = Home::new();
    let of = conversation("", 1);
    db.write(|w| {
        w.conversation_insert(&of)?;
        for at in [3, 1, 4, 2] {
            let mut next = message(of.id, None, &format!("same words {at}"));
            next.created = Timestamp(at);
            w.message_insert(&next, Origin::default())?;
        }
        w.message_insert(
            &message(of.id, None, &format!("same {}", "and much else ".repeat(50))),
            Origin::default(),
        )
    })
    .unwrap();
    let order = found(&db, "same");
    assert_eq!(order[..4], ["same words 4", "same words 3", "same words 2", "same words 1"]);
    assert_eq!(order.len(), 5);
}

#[test]
fn messages_of_an_older_schema_are_indexed_in_steps_and_across_restarts() {
    let (home, db) = Home::new();
    let of = talk(&db, "old", &[]);
    db.write(|w| {
        for number in 0..1500 {
            w.message_insert(
                &message(of, None, &format!("old message {number}")),
                Origin::default(),
            )?;
        }
        Ok(())
    })
    .unwrap();
    drop(db);
    // As the migration leaves a database of schema 2.
    let conn = raw(&home.path(), &home.key);
    conn.execute_batch(
        "INSERT INTO message_text (message_text) VALUES ('delete-all');
         UPDATE search_progress SET until = (SELECT max(seq) FROM message);",
    )
    .unwrap();
    conn.close().unwrap();

    let db = home.open().unwrap();
    assert_eq!(found(&db, "message"), Vec::<String>::new());
    assert!(db.write(|w| w.search_index_step()).unwrap());
    assert_eq!(found(&db, "1499"), ["old message 1499"], "the newest come first");
    assert_eq!(found(&db, "old message 7"), Vec::<String>::new());
    drop(db);
    let db = home.open().unwrap();
    while db.write(|w| w.search_index_step()).unwrap() {}
    assert!(!db.write(|w| w.search_index_step()).unwrap());
    assert_eq!(found(&db, "old message 0"), ["old message 0"]);
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn what_is_erased_is_in_no_file_and_in_no_table() {
    let (home, db) = Home::new();
    let canary = format!("canary{}", Uuid::new_v4().simple());
    talk(&db, &canary, &[&canary, &"filler text to fill pages ".repeat(20_000)]);
    assert_eq!(found(&db, &canary).len(), 2);
    db.checkpoint().unwrap();
    let size = |home: &Home| std::fs::metadata(home.path()).unwrap().len();
    let before = size(&home);
    assert_eq!(db.write(|w| w.erase_conversations()).unwrap(), 1);
    db.compact().unwrap();
    assert!(size(&home) < before / 2, "{} of {before}", size(&home));
    assert_eq!(found(&db, &canary), Vec::<String>::new());
    assert!(db.verify().unwrap().is_sound());
    drop(db);
    let conn = raw(&home.path(), &home.key);
    for (table, kept) in [
        ("message", "1"),
        ("title_place", "1"),
        ("message_text_docsize", "1"),
        ("message_text_data", &format!("instr(block, '{canary}') > 0")),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {kept}");
        let left: i64 = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[test]
fn erasing_what_was_deleted_takes_its_words_out_of_the_index() {
    let (home, db) = Home::new();
    let canary = format!("canary{}", Uuid::new_v4().simple());
    let gone = talk(&db, "gone", &[&canary]);
    talk(&db, "stays", &["stays here"]);
    db.write(|w| w.conversation_delete(gone, Timestamp(1))).unwrap();
    assert_eq!(db.write(|w| w.erase_deleted(Timestamp(0))).unwrap(), 1);
    db.compact().unwrap();
    assert_eq!(found(&db, "stays"), ["stays", "stays here"]);
    drop(db);
    let conn = raw(&home.path(), &home.key);
    let sql = format!("SELECT count(*) FROM message_text_data WHERE instr(block, '{canary}') > 0");
    assert_eq!(conn.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}
