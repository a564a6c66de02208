//! The index over a real encrypted database with the real embedder, on documents made here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use hearth_domain::{CollectionId, FileId, SourceId, SourceKind, Timestamp};
use hearth_rag::{
    chunk::{self, Origin},
    document::{Block, BlockKind, Document, Page, Span},
    embed::{Embedder, EmbedderFiles, MiniLm},
    retrieve::{Found, Question, Retrieval},
};
use hearth_store::{DatabaseKey, Db, NewFile};
use uuid::Uuid;

use super::*;

/// A database with a collection, and the embedder.
struct Library {
    _folder: tempfile::TempDir,
    path: PathBuf,
    key: DatabaseKey,
    db: Database,
    embedder: MiniLm,
    collection: CollectionId,
    source: SourceId,
}

impl Library {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("hearth.db"), DatabaseKey::generate().unwrap());
        let db = Database::new(Arc::new(Db::create(&path, &key, Uuid::new_v4()).unwrap()));
        let models = hearth_testkit::bundled_model().ancestors().nth(2).unwrap().to_owned();
        let files = EmbedderFiles::in_folder(&models).expect("run ./build.sh setup first");
        let embedder = MiniLm::open(&files).unwrap();
        let (collection, id) = (CollectionId(Uuid::new_v4()), SourceId(Uuid::new_v4()));
        let source = db.store().write(|w| {
            w.collection_insert(collection, "papers", Timestamp(1))?;
            w.source_put(collection, id, (Path::new("/papers"), SourceKind::Folder), Timestamp(1))
        });
        let source = source.unwrap();
        Self { _folder: folder, path, key, db, embedder, collection, source }
    }

    fn open(&self) -> StoredIndex {
        StoredIndex::open(self.db.clone(), Some(self.embedder.space())).unwrap()
    }

    fn file(&self, name: &str) -> i64 {
        let new = NewFile {
            id: FileId(Uuid::new_v4()),
            collection: self.collection,
            source: self.source,
            path: Path::new("/papers").join(name),
            row: String::new(),
            name: name.to_owned(),
            place: name.to_owned(),
            size: 1,
            mtime: 1,
            code: None,
            added: Timestamp(1),
        };
        self.db.store().write(|w| w.file_put(&new)).unwrap()
    }

    /// Cuts, keeps and embeds a text; returns what was new of it.
    fn put(&self, index: &StoredIndex, file: i64, name: &str, text: &str) -> usize {
        let document = document(text);
        let origin = Origin { file_name: name, title: None };
        let chunks = chunk::cut(&document, origin, &self.embedder);
        let new = index.upsert(file, &chunks).unwrap().new_passages;
        self.embed(index);
        new
    }

    fn embed(&self, index: &StoredIndex) {
        loop {
            let waiting = index.unembedded(None, 7).unwrap();
            let texts: Vec<&str> = waiting.iter().map(|it| it.text.as_str()).collect();
            let vectors = self.embedder.embed(&texts).unwrap();
            let of = waiting.iter().map(|it| it.passage).zip(vectors).collect::<Vec<_>>();
            if of.is_empty() {
                return;
            }
            index.put_vectors(&of).unwrap();
        }
    }

    fn ask(&self, index: &StoredIndex, question: &str) -> Found {
        let asked = Question::new(question, &Filter::All, 10);
        Retrieval::new(index, Some(&self.embedder)).search(&asked).unwrap()
    }
}

/// A text with an empty line between two paragraphs, as the reader of plain text gives it.
fn document(text: &str) -> Document {
    let whole = Span::new(0, text.len()).unwrap();
    let mut blocks = Vec::new();
    let mut start = 0;
    for paragraph in text.split("\n\n") {
        let span = Span::new(start, start + paragraph.len()).unwrap();
        blocks.push(Block { span, kind: BlockKind::Paragraph });
        start += paragraph.len() + 2;
    }
    let pages = vec![Page { span: whole, ..Page::default() }];
    Document { text: text.to_owned(), pages, blocks, ..Document::default() }
}

/// One fact a language, and a question for it in other words where the language has them.
const FACTS: &[(&str, &str, &str)] = &[
    (
        "en.txt",
        "The lighthouse of Vardal was built of granite in 1874 by two brothers.",
        "Who built the lighthouse?",
    ),
    (
        "de.txt",
        "Die Kündigungsfristen des Mietvertrags betragen für beide Parteien drei Monate.",
        "Wie lang ist die Kündigungsfrist?",
    ),
    (
        "es.txt",
        "La biblioteca municipal abre sus puertas los sábados a las nueve de la mañana.",
        "¿Cuándo abren las bibliotecas?",
    ),
    (
        "ru.txt",
        "Старый каменный мост через реку построили в тысяча девятьсот втором году.",
        "Когда построен мост через реку?",
    ),
    (
        "ar.txt",
        "تقع المدرسة القديمة بجانب السوق الكبير في وسط المدينة.",
        "أين تقع المدرسة القديمة؟",
    ),
    ("zh.txt", "公司的年度报告显示，去年的营业收入增长了百分之十二。", "去年营业收入增长了多少？"),
    (
        "ja.txt",
        "東京の新しい図書館は来年の春に開館する予定です。",
        "新しい図書館はいつ開館しますか？",
    ),
    ("hi.txt", "पुराना किला नदी के किनारे पहाड़ी पर बना हुआ है।", "पुराना किला कहाँ है?"),
    ("th.txt", "พิพิธภัณฑ์แห่งใหม่เปิดให้เข้าชมทุกวันยกเว้นวันจันทร์", "พิพิธภัณฑ์เปิดวันไหน"),
    (
        "code.rs",
        "pub fn parse_header(input: &[u8]) -> Result<HeaderFrame, ParseError> {",
        "where is the header parsed, parseHeader",
    ),
];

#[test]
fn a_question_in_any_script_finds_its_fact_with_and_without_an_embedder() {
    let library = Library::new();
    let index = library.open();
    let mut files = Vec::new();
    for (name, text, _) in FACTS {
        let file = library.file(name);
        library.put(&index, file, name, text);
        files.push(file);
    }
    for ((name, text, question), file) in FACTS.iter().zip(files) {
        let both = library.ask(&index, question);
        assert_eq!(both.passages[0].file, file, "{name}");
        assert_eq!(both.passages[0].text, *text);
        assert_eq!(both.passages[0].characters, (0, text.chars().count() as u32));
        let asked = Question::new(question, &Filter::All, 3);
        let words = Retrieval::new(&index, None).search(&asked).unwrap();
        let first = words.passages.first().map(|passage| passage.file);
        assert_eq!(first, Some(file), "{name} by its words");
        assert_eq!(words.dense_weight, 0.0);
        let other = Filter::files(&[file + 1000]);
        let none = Question::new(question, &other, 3);
        let none = Retrieval::new(&index, Some(&library.embedder)).search(&none).unwrap();
        assert!(none.passages.is_empty() && !none.answerable);
    }
}

/// Paragraphs long enough to be passages of their own.
fn paragraphs(topics: &[&str]) -> String {
    let paragraph = |topic: &&str| {
        let all =
            (0..16).map(|n| format!("Sentence {n} about the {topic} tells what happened there."));
        all.collect::<Vec<_>>().join(" ")
    };
    topics.iter().map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn of_an_edited_file_only_what_changed_is_embedded_again() {
    let library = Library::new();
    let index = library.open();
    let file = library.file("story.txt");
    let topics = ["harbour", "lighthouse", "market", "station", "garden", "museum"];
    let all = library.put(&index, file, "story.txt", &paragraphs(&topics));
    assert!(all >= 5, "{all}");
    assert_eq!(library.put(&index, file, "story.txt", &paragraphs(&topics)), 0);
    let mut edited = topics;
    edited[5] = "zeppelin";
    let new = library.put(&index, file, "story.txt", &paragraphs(&edited));
    assert!((1..=3).contains(&new), "{new} of {all}");
    assert_eq!(library.ask(&index, "the zeppelin").passages[0].file, file);
    let museum = library.ask(&index, "\"about the museum\"");
    assert!(museum.passages.iter().all(|passage| !passage.text.contains("museum")));
    let stats = index.stats().unwrap();
    assert_eq!((stats.passages, stats.unembedded), (stats.chunks, 0));
}

#[test]
fn what_was_kept_is_found_the_same_after_the_program_began_again() {
    let library = Library::new();
    let index = library.open();
    for (name, text, _) in FACTS {
        library.put(&index, library.file(name), name, text);
    }
    let again = library.open();
    let fresh = Database::new(Arc::new(Db::open(&library.path, &library.key).unwrap()));
    let fresh = StoredIndex::open(fresh, Some(library.embedder.space())).unwrap();
    for (name, _, question) in FACTS {
        let found = library.ask(&index, question);
        assert_eq!(library.ask(&again, question), found, "{name}");
        assert_eq!(library.ask(&fresh, question), found, "{name}");
    }
}

#[test]
fn one_text_in_two_files_is_embedded_once_and_goes_with_the_last_file() {
    let library = Library::new();
    let index = library.open();
    let (one, two) = (library.file("a/report.txt"), library.file("b/report.txt"));
    let text = paragraphs(&["harbour", "market"]);
    assert!(library.put(&index, one, "report.txt", &text) > 0);
    assert_eq!(library.put(&index, two, "report.txt", &text), 0);
    index.delete(&[one]).unwrap();
    assert_eq!(library.ask(&index, "the harbour").passages[0].file, two);
    library.db.store().write(|w| w.file_remove(two)).unwrap();
    index.refresh().unwrap();
    assert!(library.ask(&index, "the harbour").passages.is_empty());
    let stats = index.stats().unwrap();
    assert_eq!((stats.chunks, stats.passages, stats.unembedded), (0, 0, 0));
}

#[test]
fn another_embedder_takes_over_when_it_has_embedded_everything() {
    let library = Library::new();
    let old = library.open();
    let file = library.file("story.txt");
    library.put(&old, file, "story.txt", &paragraphs(&["harbour", "market", "garden"]));
    drop(old);
    let other = Space { name: "another/1".to_owned(), dimensions: 3 };
    let index = StoredIndex::open(library.db.clone(), Some(&other)).unwrap();
    let waiting = index.unembedded(None, 100).unwrap();
    assert!(waiting.len() > 2);
    for (at, one) in waiting.iter().enumerate() {
        assert_eq!(index.space().as_ref(), Some(library.embedder.space()));
        assert!(library.ask(&index, "the garden").passages[0].parts.cosine.is_some());
        index.put_vectors(&[(one.passage, vec![1.0, at as f32, 0.0])]).unwrap();
    }
    assert_eq!(index.space(), Some(other));
    // The embedder of the old space is of no use any more, and words go on.
    let found = library.ask(&index, "the garden");
    assert!(found.passages[0].parts.cosine.is_none() && found.dense_weight == 0.0);
    assert_eq!(index.stats().unwrap().unembedded, 0);
}

#[test]
fn passages_for_an_answer_are_joined_and_stay_within_its_room() {
    let library = Library::new();
    let index = library.open();
    let file = library.file("story.txt");
    let text = paragraphs(&["harbour", "harbour of the north", "harbour of the south", "moon"]);
    library.put(&index, file, "story.txt", &text);
    let asked = Question { budget: Some(3000), ..Question::new("the harbour", &Filter::All, 10) };
    let found = Retrieval::new(&index, Some(&library.embedder)).search(&asked).unwrap();
    let all: usize = found.passages.iter().map(|passage| passage.text.chars().count()).sum();
    assert!((1500..=3000).contains(&all), "{all}");
    for passage in &found.passages {
        assert_eq!(&text[passage.span.range()], passage.text);
        assert!(passage.chunks.contains(&passage.best));
    }
}
