//! Collections, their files and the queue, with what is removed with them.

use hearth_domain::{
    Citation, CollectionId, ErrorCode, FileId, FileState, MessageSources, SourceId, SourceKind,
    Timestamp,
};
use hearth_store::{
    ChunkContent, Db, Error, NewChunk, NewFile, Searchable, StoredCitation, VectorRow,
};
use uuid::Uuid;

use crate::support::{Home, answer, conversation, message};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn made(db: &Db, name: &str) -> (CollectionId, SourceId) {
    let (id, source) = (CollectionId(Uuid::now_v7()), SourceId(Uuid::now_v7()));
    db.write(|w| w.collection_insert(id, name, NOW)).unwrap();
    let put = (std::path::Path::new("/docs"), SourceKind::Folder);
    (id, db.write(|w| w.source_put(id, source, put, NOW)).unwrap())
}

fn put(db: &Db, (collection, source): (CollectionId, SourceId), name: &str) -> i64 {
    let file = NewFile {
        id: FileId(Uuid::now_v7()),
        collection,
        source,
        path: format!("/docs/{name}").into(),
        row: String::new(),
        name: name.into(),
        place: name.into(),
        size: 10,
        mtime: 1,
        code: None,
        added: NOW,
    };
    db.write(|w| w.file_put(&file)).unwrap()
}

/// Makes a file searchable with one passage.
fn read(db: &Db, seq: i64, text: &str) {
    let chunk = NewChunk {
        hash: Uuid::now_v7().into_bytes(),
        terms: text.to_lowercase(),
        term_count: 2,
        content: ChunkContent { text: text.into(), ..ChunkContent::default() },
    };
    let facts = Searchable { hash: [7; 32], chunks: 1, ..Searchable::default() };
    db.write(|w| {
        w.queue_take(16)?;
        w.chunks_put(seq, &[chunk])?;
        w.document_put(seq, text.as_bytes())?;
        w.queue_searchable(seq, &facts, NOW)
    })
    .unwrap();
}

#[test]
fn a_file_goes_through_the_queue_once_and_an_interrupted_one_waits_again() {
    let (home, db) = Home::new();
    let of = made(&db, "Work");
    let (first, second) = (put(&db, of, "a"), put(&db, of, "b"));
    let taken = db.write(|w| w.queue_take(1)).unwrap();
    assert_eq!((taken.len(), taken[0].seq, taken[0].attempts), (1, first, 1));
    assert_eq!(db.write(|w| w.queue_take(16)).unwrap()[0].seq, second);
    assert!(db.write(|w| w.queue_take(16)).unwrap().is_empty());
    drop(db);
    let db = home.open().unwrap();
    assert_eq!(db.write(|w| w.queue_recover(3)).unwrap(), 2);
    for seq in [first, second] {
        let again = db.write(|w| w.queue_take(16)).unwrap();
        assert_eq!(
            again.iter().map(|file| (file.seq, file.attempts)).collect::<Vec<_>>(),
            [(seq, 2)]
        );
    }
}

#[test]
fn files_that_were_interrupted_together_are_never_given_up_for_it() {
    let (_home, db) = Home::new();
    let of = made(&db, "Work");
    let seqs: Vec<i64> = (0..4).map(|number| put(&db, of, &number.to_string())).collect();
    for _ in 0..9 {
        // Whatever number of them the program was ended with.
        while !db.write(|w| w.queue_take(16)).unwrap().is_empty() {}
        assert_eq!(db.write(|w| w.queue_recover(3)).unwrap(), 4);
    }
    let state = |seq: &i64| db.read(|r| r.file_of(*seq)).unwrap().state;
    assert!(seqs.iter().all(|seq| state(seq) == FileState::Queued));
}

#[test]
fn a_file_that_ends_the_program_again_and_again_is_left_alone_with_a_reason() {
    let (_home, db) = Home::new();
    let seq = put(&db, made(&db, "Work"), "a");
    for _ in 0..4 {
        assert_eq!(db.write(|w| w.queue_take(16)).unwrap().len(), 1);
        db.write(|w| w.queue_recover(3)).unwrap();
    }
    let file = db.read(|r| r.file_of(seq)).unwrap();
    assert_eq!((file.state, file.code), (FileState::Failed, Some(ErrorCode::DocumentTooCostly)));
    db.write(|w| w.queue_retry(seq)).unwrap();
    assert_eq!(db.write(|w| w.queue_take(16)).unwrap().len(), 1, "a person may ask again");
}

#[test]
fn a_file_that_rests_is_not_blamed_for_what_ends_the_program_meanwhile() {
    let (_home, db) = Home::new();
    let seq = put(&db, made(&db, "Work"), "a");
    for _ in 0..9 {
        assert_eq!(db.write(|w| w.queue_take(16)).unwrap().len(), 1);
        db.write(|w| w.queue_rest(seq, true)).unwrap();
        db.write(|w| w.queue_recover(3)).unwrap();
    }
    db.write(|w| w.queue_take(16)).unwrap();
    db.write(|w| w.queue_rest(seq, true)).unwrap();
    db.write(|w| w.queue_rest(seq, false)).unwrap();
    assert_eq!(db.read(|r| r.file_of(seq)).unwrap().attempts, 1, "it goes on");
}

#[test]
fn the_queue_of_a_paused_collection_rests() {
    let (_home, db) = Home::new();
    let of = made(&db, "Work");
    put(&db, of, "a");
    db.write(|w| w.collection_pause(of.0, true)).unwrap();
    assert!(db.write(|w| w.queue_take(16)).unwrap().is_empty());
    db.write(|w| w.collection_pause(of.0, false)).unwrap();
    assert_eq!(db.write(|w| w.queue_take(16)).unwrap().len(), 1);
}

#[test]
fn a_file_that_cannot_be_read_any_more_takes_its_passages_with_it() {
    let (_home, db) = Home::new();
    let seq = put(&db, made(&db, "Work"), "a");
    read(&db, seq, "The lease");
    assert_eq!(db.read(|r| r.chunk_count(seq)).unwrap(), 1);
    db.write(|w| {
        w.file_requeue(seq, 11, 2)?;
        w.queue_take(16)?;
        w.queue_refuse(seq, FileState::Failed, ErrorCode::DocumentBroken, None)
    })
    .unwrap();
    assert_eq!(db.read(|r| r.passage_counts()).unwrap(), (0, 0));
    assert!(matches!(db.read(|r| r.document(seq)), Err(Error::DocumentNotFound)));
}

#[test]
fn a_deleted_collection_is_in_no_list_and_goes_with_all_that_it_held() {
    let (_home, db) = Home::new();
    let of = made(&db, "Work");
    let seq = put(&db, of, "a");
    read(&db, seq, "The lease");
    db.write(|w| w.collection_leave(of.0)).unwrap();
    assert!(db.read(|r| r.collection_list()).unwrap().is_empty());
    assert!(db.read(|r| r.file_keys(&[of.0])).unwrap().is_empty());
    made(&db, "Work");
    assert!(!db.write(|w| w.collection_remove_step(of.0)).unwrap());
    assert!(db.write(|w| w.collection_remove_step(of.0)).unwrap());
    assert_eq!(db.read(|r| r.passage_counts()).unwrap(), (0, 0));
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn what_a_collection_takes_up_is_what_was_kept_of_its_documents() {
    let (_home, db) = Home::new();
    let (work, empty) = (made(&db, "Work"), made(&db, "Empty"));
    let bytes = |of: CollectionId| db.read(|r| r.collection_storage(of)).map(|it| it.bytes);
    assert_eq!(bytes(work.0).unwrap(), 0);
    let text = "The lease ends in March. ".repeat(40);
    let seq = put(&db, work, "a");
    read(&db, seq, &text);
    let one = bytes(work.0).unwrap();
    // The text of the document, that of its passage, and its words.
    assert!((2_000..4_000).contains(&one), "{one}");
    let space = db.write(|w| w.space_put("e5", 384)).unwrap().id;
    let passage = db.read(|r| r.unembedded(space, None, 9)).unwrap()[0].0;
    let vector = VectorRow { passage, scale: 0.5, codes: vec![1; 384] };
    db.write(|w| w.vectors_put(space, &[vector])).unwrap();
    assert_eq!(bytes(work.0).unwrap(), one + 384 + 8);
    assert_eq!(bytes(empty.0).unwrap(), 0);
    let unknown = bytes(CollectionId(Uuid::now_v7())).unwrap_err();
    assert!(matches!(unknown, Error::CollectionNotFound));
}

#[test]
fn a_citation_says_that_its_document_changed_and_forgets_the_passage_with_the_file() {
    let (_home, db) = Home::new();
    let of = made(&db, "Work");
    let seq = put(&db, of, "a");
    read(&db, seq, "The lease");
    let file = db.read(|r| r.file_of(seq)).unwrap();
    let talk = conversation("Lease", 1);
    let question = message(talk.id, None, "When?");
    let reply = answer(talk.id, question.id);
    let citation = Citation {
        number: 1,
        file: Some(file.id),
        document: "a".into(),
        title: String::new(),
        page: None,
        start: 0,
        end: 9,
        text: "The lease".into(),
        support: 0.2,
        weak: true,
        changed: false,
    };
    let sources = MessageSources {
        message: reply.id,
        confidence: 0.5,
        answerable: true,
        passages: 3,
        citations: vec![citation.clone()],
    };
    db.write(|w| {
        w.conversation_insert(&talk)?;
        w.message_insert(&question, hearth_store::Origin::default())?;
        w.message_ask(question.id, &[of.0], &[])?;
        w.message_insert(&reply, hearth_store::Origin::default())?;
        w.message_sources_put(&sources, &[StoredCitation { citation, hash: Some([7; 32]) }])
    })
    .unwrap();
    let kept = || db.read(|r| r.message_sources(reply.id)).unwrap().unwrap();
    assert_eq!(kept(), sources);
    assert_eq!(db.read(|r| r.message_collections(question.id)).unwrap(), [of.0]);
    db.write(|w| {
        w.file_requeue(seq, 11, 2)?;
        w.queue_take(16)?;
        w.queue_searchable(seq, &Searchable { hash: [8; 32], ..Default::default() }, NOW)
    })
    .unwrap();
    assert!(kept().citations[0].changed);
    db.write(|w| w.file_remove(seq)).unwrap();
    let gone = kept().citations.remove(0);
    assert_eq!((gone.file, gone.text.as_str(), gone.document.as_str()), (None, "", "a"));
}
