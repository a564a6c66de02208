//! What is kept of the quick chat.

use hearth_domain::{
    Attachment, AttachmentId, AttachmentText, ConversationId, Persona, PersonaDraft, PersonaId,
    QuickChat, SamplingParams, Timestamp,
};
use hearth_store::{Db, Error, StoredQuick};
use uuid::Uuid;

use crate::support::{Home, conversation};

fn attach(db: &Db) -> Attachment {
    let id = AttachmentId(Uuid::now_v7());
    let attachment = Attachment { id, name: "copied".into(), bytes: 4, lines: 1, pages: 0 };
    let text = AttachmentText { attachment: attachment.clone(), text: "text".into() };
    db.write(|w| w.attachment_insert(&text, Timestamp(1))).unwrap();
    attachment
}

fn kept(db: &Db) -> QuickChat {
    db.read(|r| r.quick()).unwrap().unwrap()
}

#[test]
fn it_is_one_row_that_keeps_its_attachments_from_being_removed() {
    let (_home, db) = Home::new();
    assert_eq!(db.read(|r| r.quick()).unwrap(), None);
    let attachment = attach(&db);
    let quick = StoredQuick {
        text: "What is".into(),
        attachments: vec![attachment.id],
        ..StoredQuick::default()
    };
    db.write(|w| w.quick_save(&quick)).unwrap();
    assert_eq!(db.write(|w| w.attachments_purge(Timestamp(i64::MAX))).unwrap(), 0);
    assert_eq!(kept(&db).attachments, [attachment]);
    db.write(|w| w.quick_save(&StoredQuick { text: "this?".into(), ..StoredQuick::default() }))
        .unwrap();
    assert_eq!(kept(&db), QuickChat { text: "this?".into(), ..QuickChat::default() });
    assert_eq!(db.write(|w| w.attachments_purge(Timestamp(i64::MAX))).unwrap(), 1);
}

#[test]
fn a_conversation_and_a_persona_that_go_leave_what_is_written() {
    let (_home, db) = Home::new();
    let of = conversation("Paris", 1);
    let draft = PersonaDraft {
        name: "Short".into(),
        icon: String::new(),
        instructions: String::new(),
        model: None,
        sampling: SamplingParams::default(),
    };
    let persona = Persona {
        id: PersonaId(Uuid::now_v7()),
        draft,
        preset: None,
        created: Timestamp(1),
        updated: Timestamp(1),
    };
    db.write(|w| w.conversation_insert(&of).and_then(|()| w.persona_insert(&persona))).unwrap();
    let quick = StoredQuick {
        text: "And of Italy?".into(),
        attachments: Vec::new(),
        conversation: Some(of.id),
        persona: Some(persona.id),
    };
    db.write(|w| w.quick_save(&quick)).unwrap();
    assert_eq!((kept(&db).conversation, kept(&db).persona), (Some(of.id), Some(persona.id)));
    db.write(|w| w.conversation_delete(of.id, Timestamp(2))).unwrap();
    assert_eq!(kept(&db).conversation, None, "nothing follows in a deleted conversation");
    db.write(|w| w.conversation_restore(of.id)).unwrap();
    assert_eq!(kept(&db).conversation, Some(of.id));
    db.write(|w| w.persona_delete(persona.id)).unwrap();
    db.write(|w| w.erase_conversations()).unwrap();
    assert_eq!(db.read(|r| r.quick()).unwrap(), None, "removing everything removes this too");
}

#[test]
fn what_is_not_there_is_refused() {
    let (_home, db) = Home::new();
    let nothing = StoredQuick::default();
    let conversation =
        StoredQuick { conversation: Some(ConversationId(Uuid::now_v7())), ..nothing.clone() };
    let persona = StoredQuick { persona: Some(PersonaId(Uuid::now_v7())), ..nothing.clone() };
    let attachment = StoredQuick { attachments: vec![AttachmentId(Uuid::now_v7())], ..nothing };
    let refused = |quick: &StoredQuick| db.write(|w| w.quick_save(quick)).unwrap_err();
    assert!(matches!(refused(&conversation), Error::ConversationNotFound));
    assert!(matches!(refused(&persona), Error::PersonaNotFound));
    assert!(matches!(refused(&attachment), Error::AttachmentNotFound));
}
