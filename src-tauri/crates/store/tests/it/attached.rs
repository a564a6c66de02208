//! Attached documents among the files, what a question is asked of, tags, and documents by their names.

use std::path::Path;

use hearth_domain::{
    AskedKind, Attachment, AttachmentId, AttachmentText, CollectionId, ConversationId,
    DocumentPart, FileId, MessageId, SourceId, SourceKind, Timestamp,
};
use hearth_store::{ChunkContent, Db, Error, NewChunk, NewFile, Origin, Searchable, StoredDraft};
use uuid::Uuid;

use crate::support::{Home, conversation, message};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn attach(db: &Db, name: &str) -> Attachment {
    let id = AttachmentId(Uuid::now_v7());
    let attachment = Attachment { id, name: name.into(), bytes: 9_000, lines: 9, pages: 2 };
    let new = AttachmentText { attachment: attachment.clone(), text: "x".into() };
    db.write(|w| {
        w.attachment_insert(&new, NOW)?;
        w.attached_put(&attachment, b"document", NOW)
    })
    .unwrap();
    attachment
}

/// Makes what waits searchable, each with one passage.
fn read_all(db: &Db) {
    db.write(|w| {
        for file in w.queue_take(100)? {
            let chunk = NewChunk {
                hash: Uuid::now_v7().into_bytes(),
                terms: file.name.clone(),
                term_count: 1,
                content: ChunkContent { text: file.name.clone(), ..ChunkContent::default() },
            };
            let facts = Searchable { hash: [7; 32], chunks: 1, ..Searchable::default() };
            w.chunks_put(file.seq, &[chunk])?;
            w.queue_searchable(file.seq, &facts, NOW)?;
        }
        Ok(())
    })
    .unwrap();
}

struct Shelf {
    collection: CollectionId,
    source: SourceId,
}

/// A collection of one folder with these files.
fn shelf(db: &Db, name: &str, places: &[&str]) -> Shelf {
    let (collection, source) = (CollectionId(Uuid::now_v7()), SourceId(Uuid::now_v7()));
    let root = format!("/home/kim/{name}");
    db.write(|w| {
        w.collection_insert(collection, name, NOW)?;
        w.source_put(collection, source, (Path::new(&root), SourceKind::Folder), NOW)?;
        for place in places {
            w.file_put(&NewFile {
                id: FileId(Uuid::now_v7()),
                collection,
                source,
                path: format!("{root}/{place}").into(),
                row: String::new(),
                name: place.rsplit('/').next().unwrap_or_default().into(),
                place: (*place).into(),
                size: 10,
                mtime: 1,
                code: None,
                added: NOW,
            })?;
        }
        Ok(())
    })
    .unwrap();
    read_all(db);
    Shelf { collection, source }
}

/// A question, in a conversation of its own or in this one.
fn asked(db: &Db, of: Option<ConversationId>) -> (ConversationId, MessageId) {
    let new = conversation("Lease", 1);
    let id = of.unwrap_or(new.id);
    let question = message(id, None, "When?");
    db.write(|w| {
        if of.is_none() {
            w.conversation_insert(&new)?;
        }
        w.message_insert(&question, Origin::default())
    })
    .unwrap();
    (id, question.id)
}

fn names(db: &Db, part: &DocumentPart) -> Vec<String> {
    let mut names = db
        .read(|r| {
            let keys = r.part_keys(part)?;
            keys.into_iter().map(|key| Ok(r.file_of(key)?.place)).collect::<Result<Vec<_>, Error>>()
        })
        .unwrap();
    names.sort();
    names
}

fn file_id(db: &Db, text: &str) -> FileId {
    db.read(|r| r.library_find(text, 5)).unwrap().files[0].id
}

#[test]
fn an_attached_document_is_in_no_list_and_nobody_can_name_it() {
    let (_home, db) = Home::new();
    let attachment = attach(&db, "plan.pdf");
    read_all(&db);
    let file = db.read(|r| r.attached(attachment.id)).unwrap().unwrap();
    assert_eq!((file.name.as_str(), file.collection), ("plan.pdf", CollectionId::ATTACHED));
    assert!(db.read(|r| r.collection_list()).unwrap().is_empty());
    assert!(db.read(|r| r.sources()).unwrap().is_empty());
    assert!(db.read(|r| r.library_find("plan", 5)).unwrap().files.is_empty());
    let gone = db.read(|r| r.collection(CollectionId::ATTACHED)).unwrap_err();
    assert!(matches!(gone, Error::CollectionNotFound));
    for part in [
        DocumentPart::File { id: file.id },
        DocumentPart::Folder { source: SourceId::ATTACHED, place: String::new() },
    ] {
        let refused = db.read(|r| r.part_check(&part)).unwrap_err();
        assert!(matches!(refused, Error::DocumentNotFound), "{part:?}");
    }
    assert!(db.write(|w| w.file_tag(file.id, &["mine".to_owned()], &[])).is_err());
    assert!(db.write(|w| w.collection_leave(CollectionId::ATTACHED)).is_err());
    assert!(db.write(|w| w.source_remove(SourceId::ATTACHED)).is_err());
    assert!(db.read(|r| r.attached(attachment.id)).unwrap().is_some());
}

#[test]
fn an_attached_document_goes_with_its_attachment() {
    let (_home, db) = Home::new();
    let (loose, kept) = (attach(&db, "loose.pdf"), attach(&db, "kept.pdf"));
    read_all(&db);
    let draft = StoredDraft { attachments: vec![kept.id], ..StoredDraft::default() };
    db.write(|w| w.draft_save(None, &draft)).unwrap();
    let later = Timestamp(NOW.0 + 1);
    assert_eq!(db.write(|w| w.attachments_purge(later)).unwrap(), 1);
    assert!(db.read(|r| r.attached(loose.id)).unwrap().is_none());
    assert!(db.read(|r| r.attached(kept.id)).unwrap().is_some());
    assert_eq!(db.read(|r| r.passage_counts()).unwrap().0, 1);
    db.write(|w| w.erase_conversations()).unwrap();
    assert!(db.read(|r| r.attached(kept.id)).unwrap().is_none());
    assert_eq!(db.read(|r| r.passage_counts()).unwrap().0, 0);
}

#[test]
fn a_document_that_an_answer_waits_for_is_taken_once() {
    let (_home, db) = Home::new();
    let attachment = attach(&db, "plan.pdf");
    assert!(db.write(|w| w.attached_take(attachment.id)).unwrap().is_some());
    assert!(db.write(|w| w.attached_take(attachment.id)).unwrap().is_none());
    assert!(db.write(|w| w.queue_take(10)).unwrap().is_empty());
}

#[test]
fn a_folder_is_what_lies_in_it_and_below_and_nothing_beside_it() {
    let (_home, db) = Home::new();
    let shelf = shelf(&db, "Work", &["a.md", "in/b.md", "in/deep/c.md", "inside/d.md"]);
    let folder = |place: &str| DocumentPart::Folder { source: shelf.source, place: place.into() };
    assert_eq!(names(&db, &folder("")).len(), 4);
    assert_eq!(names(&db, &folder("in")), ["in/b.md", "in/deep/c.md"]);
    assert_eq!(names(&db, &folder("in/deep/")), ["in/deep/c.md"]);
    assert!(names(&db, &folder("i%")).is_empty());
}

#[test]
fn a_tag_crosses_collections_and_goes_with_its_last_document() {
    let (_home, db) = Home::new();
    let first = shelf(&db, "Work", &["lease.md", "other.md"]);
    shelf(&db, "Home", &["rent.md"]);
    let (lease, rent) = (file_id(&db, "lease"), file_id(&db, "rent"));
    let tags = ["Flat".to_owned()];
    db.write(|w| w.file_tag(lease, &tags, &[])).unwrap();
    db.write(|w| w.file_tag(rent, &["flat".to_owned(), "2026".to_owned()], &[])).unwrap();
    let part = DocumentPart::Tag { tag: "FLAT".into() };
    assert_eq!(names(&db, &part), ["lease.md", "rent.md"]);
    let listed = db.read(|r| r.tag_list(None)).unwrap();
    let listed: Vec<_> = listed.iter().map(|tag| (tag.name.as_str(), tag.files)).collect();
    assert_eq!(listed, [("2026", 1), ("Flat", 2)]);
    let of_first = db.read(|r| r.tag_list(Some(first.collection))).unwrap();
    assert_eq!((of_first.len(), of_first[0].files), (1, 1));
    let filter = hearth_store::FileFilter {
        tag: Some("flat".into()),
        limit: 10,
        ..hearth_store::FileFilter::default()
    };
    let page = db.read(|r| r.file_list(first.collection, &filter)).unwrap();
    assert_eq!((page.total, page.items[0].tags.clone()), (1, vec!["Flat".to_owned()]));
    db.write(|w| w.file_tag(lease, &[], &["flat".to_owned()])).unwrap();
    assert!(db.read(|r| r.tag_list(Some(first.collection))).unwrap().is_empty());
    let unknown = db.write(|w| w.file_tag(FileId(Uuid::nil()), &tags, &[])).unwrap_err();
    assert!(matches!(unknown, Error::DocumentNotFound));
}

#[test]
fn what_a_question_was_asked_of_is_kept_in_order_and_goes_with_what_it_names() {
    let (_home, db) = Home::new();
    let shelf = shelf(&db, "Work", &["lease.md", "in/other.md"]);
    let (of, question) = asked(&db, None);
    let parts = vec![
        DocumentPart::File { id: file_id(&db, "lease") },
        DocumentPart::Folder { source: shelf.source, place: "in".into() },
        DocumentPart::Tag { tag: "flat".into() },
    ];
    db.write(|w| w.message_ask(question, &[shelf.collection], &parts)).unwrap();
    assert_eq!(db.read(|r| r.message_parts(question)).unwrap(), parts);
    assert!(!db.read(|r| r.message_reads_all(question)).unwrap());
    db.write(|w| w.message_read_all(question)).unwrap();
    assert!(db.read(|r| r.message_reads_all(question)).unwrap());
    let names = |db: &Db| {
        let asked = db.read(|r| r.asked_of_messages(&[r.message(question)?])).unwrap().remove(0);
        assert!(asked.everything && asked.message == question);
        let names = asked.names.into_iter().map(|it| (it.kind, it.name));
        names.collect::<Vec<_>>()
    };
    let tag = (AskedKind::Tag, "flat".to_owned());
    let all = [
        (AskedKind::Collection, "Work".to_owned()),
        (AskedKind::File, "lease.md".to_owned()),
        (AskedKind::Folder, "Work/in".to_owned()),
        tag.clone(),
    ];
    assert_eq!(names(&db), all);
    let (_, other) = asked(&db, Some(of));
    let unknown = DocumentPart::File { id: FileId(Uuid::nil()) };
    assert!(db.write(|w| w.message_ask(other, &[], std::slice::from_ref(&unknown))).is_err());
    assert!(db.read(|r| r.message_parts(other)).unwrap().is_empty());
    db.write(|w| w.source_remove(shelf.source)).unwrap();
    assert_eq!(db.read(|r| r.message_parts(question)).unwrap(), parts[2..]);
    assert_eq!(names(&db), [all[0].clone(), tag]);
    let plain = db.read(|r| r.asked_of_messages(&[r.message(other)?])).unwrap();
    assert!(plain.is_empty());
}

#[test]
fn documents_folders_tags_and_collections_are_found_by_their_names() {
    let (_home, db) = Home::new();
    shelf(&db, "Contracts", &["lease.md", "letters/rent.md", "letters/rent/may.md", "b/Rent.md"]);
    let may = file_id(&db, "may");
    db.write(|w| w.file_tag(may, &["rent".to_owned()], &[])).unwrap();
    let found = db.read(|r| r.library_find("RENT", 10)).unwrap();
    assert_eq!((found.tags.len(), found.tags[0].files), (1, 1));
    let files: Vec<_> = found.files.iter().map(|file| file.place.as_str()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    let folders: Vec<_> = found.folders.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(folders, ["Contracts/letters/rent"]);
    let found = db.read(|r| r.library_find("contr", 10)).unwrap();
    assert_eq!((found.collections.len(), found.folders[0].place.as_str()), (1, ""));
    let found = db.read(|r| r.library_find("", 2)).unwrap();
    assert_eq!((found.files.len(), found.folders.len()), (2, 1));
}

#[test]
fn names_are_found_by_their_letters_whatever_marks_and_capitals_they_have() {
    let (_home, db) = Home::new();
    // The second is written as the system of another maker writes it: the letter, then its marks.
    shelf(&db, "Verträge", &["Übersicht.md", "E\u{301}tats/O\u{308}l.md", "ΣΟΦΙΑ.md"]);
    let files = |text: &str| {
        let found = db.read(|r| r.library_find(text, 5)).unwrap();
        found.files.into_iter().map(|file| file.place).collect::<Vec<_>>()
    };
    for text in ["Über", "über", "uber", "U\u{308}BER"] {
        assert_eq!(files(text), ["Übersicht.md"], "{text}");
    }
    assert_eq!(files("öl"), ["E\u{301}tats/O\u{308}l.md"]);
    assert_eq!(files("σοφια"), ["ΣΟΦΙΑ.md"]);
    let found = db.read(|r| r.library_find("état", 5)).unwrap();
    assert_eq!(found.folders[0].place, "E\u{301}tats");
    let found = db.read(|r| r.library_find("VERTRAG", 5)).unwrap();
    assert_eq!((found.collections.len(), found.folders.len()), (1, 1));
}
