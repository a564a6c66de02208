//! Folders, drafts, attachments and saved prompts.

use hearth_domain::{
    AskedOf, Attachment, AttachmentId, AttachmentText, ConversationChange, ConversationConfig,
    ConversationId, Draft, Folder, FolderId, ModelId, Prompt, PromptDraft, PromptId,
    SamplingParams, Timestamp,
};
use hearth_store::{ConversationFilter, Db, Error, Origin, StoredDraft, StoredQuestion};
use uuid::Uuid;

use crate::support::{Home, conversation, message};

fn folder(db: &Db, name: &str) -> Folder {
    let folder = Folder { id: FolderId(Uuid::now_v7()), name: name.into(), created: Timestamp(1) };
    db.write(|w| w.folder_insert(&folder)).unwrap();
    folder
}

fn attach(db: &Db, name: &str, at: i64) -> Attachment {
    let attachment = Attachment {
        id: AttachmentId(Uuid::now_v7()),
        name: name.into(),
        bytes: 4,
        lines: 1,
        pages: 0,
    };
    let text = AttachmentText { attachment: attachment.clone(), text: "text".into() };
    db.write(|w| w.attachment_insert(&text, Timestamp(at))).unwrap();
    attachment
}

fn draft(text: &str, attachments: &[&Attachment]) -> StoredDraft {
    let attachments = attachments.iter().map(|attachment| attachment.id).collect();
    StoredDraft { text: text.into(), attachments, queue: Vec::new() }
}

#[test]
fn folders_hold_conversations_and_leave_them_when_they_go() {
    let (_home, db) = Home::new();
    let (travel, work) = (folder(&db, "Travel"), folder(&db, "Work"));
    let (paris, report) = (conversation("Paris", 2), conversation("Report", 1));
    db.write(|w| {
        for (of, folder) in [(&paris, &travel), (&report, &work)] {
            w.conversation_insert(of)?;
            let change = ConversationChange::Move { folder: Some(folder.id) };
            w.conversation_change(of.id, change, Timestamp(3))?;
        }
        Ok(())
    })
    .unwrap();
    let list = |folder, archived| {
        let filter = ConversationFilter { folder, archived, ..Default::default() };
        let page = db.read(|r| r.conversation_list(&filter)).unwrap();
        page.items.into_iter().map(|item| item.title).collect::<Vec<_>>()
    };
    assert_eq!(list(Some(travel.id), false), ["Paris"]);
    assert_eq!(list(None, false), ["Paris", "Report"]);
    let archive = ConversationChange::Archive { archived: true };
    db.write(|w| w.conversation_change(paris.id, archive, Timestamp(3))).unwrap();
    assert_eq!(list(Some(travel.id), false), [""; 0]);
    assert_eq!(list(Some(travel.id), true), ["Paris"]);
    assert_eq!(
        (list(None, true), list(None, false)),
        (vec!["Paris".into()], vec!["Report".into()])
    );
    db.write(|w| w.folder_delete(travel.id)).unwrap();
    let left = db.read(|r| r.conversation(paris.id)).unwrap();
    assert_eq!((left.folder, left.archived), (None, true));
    assert!(matches!(db.write(|w| w.folder_delete(travel.id)), Err(Error::FolderNotFound)));
    let gone = ConversationChange::Move { folder: Some(travel.id) };
    let refused = db.write(|w| w.conversation_change(report.id, gone, Timestamp(3)));
    assert!(matches!(refused, Err(Error::FolderNotFound)));
}

#[test]
fn two_folders_or_prompts_cannot_share_a_name() {
    let (_home, db) = Home::new();
    let (one, two) = (folder(&db, "One"), folder(&db, "Two"));
    let refused = db.write(|w| w.folder_rename(two.id, "ONE").map(drop));
    assert!(matches!(refused, Err(Error::NameTaken)));
    let renamed = db.write(|w| w.folder_rename(one.id, "ONE")).unwrap();
    assert_eq!(renamed.name, "ONE");
    let unknown = db.write(|w| w.folder_rename(FolderId(Uuid::nil()), "new").map(drop));
    assert!(matches!(unknown, Err(Error::FolderNotFound)));

    let prompt = |name: &str| Prompt {
        id: PromptId(Uuid::now_v7()),
        draft: PromptDraft { name: name.into(), text: "Write to {{name}}.".into() },
        updated: Timestamp(1),
    };
    let (mail, letter) = (prompt("mail"), prompt("letter"));
    db.write(|w| w.prompt_insert(&mail)).unwrap();
    db.write(|w| w.prompt_insert(&letter)).unwrap();
    assert!(matches!(db.write(|w| w.prompt_insert(&prompt("Mail"))), Err(Error::NameTaken)));
    let change = PromptDraft { name: "mail".into(), text: "x".into() };
    let refused = db.write(|w| w.prompt_update(letter.id, &change, Timestamp(2)).map(drop));
    assert!(matches!(refused, Err(Error::NameTaken)));
    let changed = db.write(|w| w.prompt_update(mail.id, &change, Timestamp(2))).unwrap();
    assert_eq!((changed.draft, changed.updated), (change, Timestamp(2)));
    let names = db.read(|r| r.prompt_list()).unwrap();
    assert_eq!(names.iter().map(|p| p.draft.name.as_str()).collect::<Vec<_>>(), ["letter", "mail"]);
    db.write(|w| w.prompt_delete(mail.id)).unwrap();
    assert!(matches!(db.write(|w| w.prompt_delete(mail.id)), Err(Error::PromptNotFound)));
}

#[test]
fn how_a_conversation_is_answered_is_kept_as_a_whole() {
    let (home, db) = Home::new();
    let of = conversation("own", 1);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    let config = ConversationConfig {
        persona: None,
        instructions: Some(String::new()),
        model: Some(ModelId("tiny".into())),
        sampling: SamplingParams { top_k: Some(3), stop: vec!["x".into()], ..Default::default() },
    };
    db.write(|w| w.conversation_configure(of.id, &config)).unwrap();
    drop(db);
    let db = home.open().unwrap();
    assert_eq!(db.read(|r| r.conversation(of.id)).unwrap().config, config);
    let none = ConversationConfig::default();
    assert_eq!(db.write(|w| w.conversation_configure(of.id, &none)).unwrap().config, none);
    let unknown = ConversationId(Uuid::new_v4());
    let refused = db.write(|w| w.conversation_configure(unknown, &none).map(drop));
    assert!(matches!(refused, Err(Error::ConversationNotFound)));
}

#[test]
fn a_draft_survives_reopening_and_an_empty_one_is_no_row() {
    let (home, db) = Home::new();
    let of = conversation("drafted", 1);
    db.write(|w| w.conversation_insert(&of)).unwrap();
    let file = attach(&db, "notes.txt", 1);
    let waiting = StoredQuestion {
        client_id: Uuid::new_v4(),
        text: "and then?".into(),
        attachments: vec![file.id],
        of: AskedOf::default(),
    };
    let kept = StoredDraft { queue: vec![waiting.clone()], ..draft("half a", &[&file]) };
    db.write(|w| w.draft_save(Some(of.id), &kept)).unwrap();
    db.write(|w| w.draft_save(None, &draft("of a new one", &[]))).unwrap();
    drop(db);
    let db = home.open().unwrap();
    let read = db.read(|r| r.draft(Some(of.id))).unwrap();
    assert_eq!((read.text.as_str(), &read.attachments[..]), ("half a", &[file.clone()][..]));
    assert_eq!(read.queue[0].client_id, waiting.client_id);
    assert_eq!(read.queue[0].attachments, [file]);
    assert_eq!(db.read(|r| r.draft(None)).unwrap().text, "of a new one");
    for key in [Some(of.id), None] {
        db.write(|w| w.draft_save(key, &StoredDraft::default())).unwrap();
        assert_eq!(db.read(|r| r.draft(key)).unwrap(), Draft::default());
    }
}

#[test]
fn a_draft_of_nothing_that_is_there_is_refused_and_the_old_one_stays() {
    let (_home, db) = Home::new();
    db.write(|w| w.draft_save(None, &draft("old", &[]))).unwrap();
    let unknown = AttachmentId(Uuid::new_v4());
    let stray = StoredDraft { attachments: vec![unknown], ..draft("new", &[]) };
    let refused = db.write(|w| w.draft_save(None, &stray));
    assert!(matches!(refused, Err(Error::AttachmentNotFound)));
    assert_eq!(db.read(|r| r.draft(None)).unwrap().text, "old");
    let nowhere = Some(ConversationId(Uuid::new_v4()));
    let refused = db.write(|w| w.draft_save(nowhere, &draft("new", &[])));
    assert!(matches!(refused, Err(Error::ConversationNotFound)));
    assert_eq!(db.read(|r| r.draft(nowhere)).unwrap(), Draft::default());
}

#[test]
fn sending_clears_the_field_that_was_sent_and_no_other() {
    let (_home, db) = Home::new();
    let of = conversation("sent", 1);
    let file = attach(&db, "notes.txt", 1);
    let waiting = |text: &str| StoredQuestion {
        client_id: Uuid::new_v4(),
        text: text.into(),
        attachments: Vec::new(),
        of: AskedOf::default(),
    };
    let queue = vec![waiting("first"), waiting("second")];
    db.write(|w| {
        w.conversation_insert(&of)?;
        let draft = StoredDraft { queue: queue.clone(), ..draft("sent\n", &[&file]) };
        w.draft_save(Some(of.id), &draft)?;
        w.draft_save(None, &draft)
    })
    .unwrap();
    db.write(|w| w.draft_clear_sent(Some(of.id), "another text")).unwrap();
    assert_eq!(db.read(|r| r.draft(Some(of.id))).unwrap().text, "sent\n");
    db.write(|w| w.draft_clear_sent(Some(of.id), "sent")).unwrap();
    let left = db.read(|r| r.draft(Some(of.id))).unwrap();
    assert_eq!((left.text.as_str(), left.attachments.len(), left.queue.len()), ("", 0, 2));
    assert_eq!(db.read(|r| r.draft(None)).unwrap().text, "sent\n");
    // A question of the queue that was sent waits no longer, also after a crash.
    let origin = Origin { client_id: Some(queue[0].client_id), generation: None };
    db.write(|w| w.message_insert(&message(of.id, None, "first"), origin)).unwrap();
    let left = db.read(|r| r.draft(Some(of.id))).unwrap();
    assert_eq!(left.queue.iter().map(|q| q.text.as_str()).collect::<Vec<_>>(), ["second"]);
}

#[test]
fn a_message_carries_its_attachments_in_order_and_a_branch_has_their_texts() {
    let (_home, db) = Home::new();
    let of = conversation("carried", 1);
    let (a, b) = (attach(&db, "a.txt", 1), attach(&db, "b.txt", 1));
    let first = message(of.id, None, "first");
    let second = message(of.id, Some(first.id), "second");
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&first, Origin::default())?;
        w.message_attach(first.id, &[b.id, a.id])?;
        w.message_insert(&second, Origin::default())?;
        w.message_attach(second.id, &[a.id])
    })
    .unwrap();
    assert_eq!(db.read(|r| r.message(first.id)).unwrap().attachments, [b.clone(), a.clone()]);
    let branch = db.read(|r| r.branch(second.id)).unwrap();
    assert_eq!(branch[1].attachments, std::slice::from_ref(&a));
    let texts = db.read(|r| r.attachments_of_branch(second.id)).unwrap();
    let names: Vec<_> =
        texts.iter().map(|(of, text)| (*of, text.attachment.name.as_str())).collect();
    assert_eq!(names, [(first.id, "b.txt"), (first.id, "a.txt"), (second.id, "a.txt")]);
    assert!(texts.iter().all(|(_, text)| text.text == "text"));
    let refused = db.write(|w| w.message_attach(second.id, &[AttachmentId(Uuid::nil())]));
    assert!(matches!(refused, Err(Error::AttachmentNotFound)));
}

#[test]
fn an_attachment_goes_when_neither_a_message_nor_a_draft_carries_it() {
    let (_home, db) = Home::new();
    let of = conversation("kept", 1);
    let question = message(of.id, None, "?");
    let (sent, drafted, queued, loose, fresh) = (
        attach(&db, "sent", 1),
        attach(&db, "drafted", 1),
        attach(&db, "queued", 1),
        attach(&db, "loose", 1),
        attach(&db, "fresh", 9),
    );
    let waiting = StoredQuestion {
        client_id: Uuid::new_v4(),
        text: "?".into(),
        attachments: vec![queued.id],
        of: AskedOf::default(),
    };
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.message_insert(&question, Origin::default())?;
        w.message_attach(question.id, &[sent.id])?;
        w.draft_save(None, &StoredDraft { queue: vec![waiting], ..draft("", &[&drafted]) })
    })
    .unwrap();
    assert_eq!(db.write(|w| w.attachments_purge(Timestamp(5))).unwrap(), 1);
    assert!(matches!(db.read(|r| r.attachment(loose.id)), Err(Error::AttachmentNotFound)));
    for kept in [&sent, &drafted, &queued, &fresh] {
        assert_eq!(&db.read(|r| r.attachment(kept.id)).unwrap(), kept);
    }
    // With the conversation goes what it alone carried.
    db.write(|w| w.conversation_delete(of.id, Timestamp(2))).unwrap();
    db.write(|w| w.conversations_purge(Timestamp(3))).unwrap();
    db.write(|w| w.draft_save(None, &StoredDraft::default())).unwrap();
    assert_eq!(db.write(|w| w.attachments_purge(Timestamp(10))).unwrap(), 4);
}

#[test]
fn the_last_questions_come_newest_first_each_once_and_no_long_or_deleted_one() {
    let (_home, db) = Home::new();
    let (of, gone) = (conversation("asked", 1), conversation("gone", 1));
    let long = "x".repeat(9000);
    let mut deleted = None;
    db.write(|w| {
        w.conversation_insert(&of)?;
        w.conversation_insert(&gone)?;
        for text in ["one", "two", "one", long.as_str(), "", "deleted"] {
            let question = message(of.id, None, text);
            w.message_insert(&question, Origin::default())?;
            deleted = Some(question.id);
        }
        w.message_insert(&message(gone.id, None, "elsewhere"), Origin::default())?;
        w.conversation_delete(gone.id, Timestamp(2))?;
        w.message_delete(deleted.unwrap(), Timestamp(2)).map(drop)
    })
    .unwrap();
    assert_eq!(db.read(|r| r.last_questions(50)).unwrap(), ["one", "two"]);
    assert_eq!(db.read(|r| r.last_questions(1)).unwrap(), ["one"]);
}
