//! Fills a library with passages that nobody wrote, to measure what many of them cost: `cargo run --release
//! -p hearth-app --example fill_library -- DATABASE KEY_FILE COLLECTION PASSAGES`. The words are as rare as in real
//! text (Zipf), the vectors point anywhere. Development only: nothing of it is in the programs.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::{env, fs, path::Path};

use hearth_domain::{CollectionId, FileId, Secret, SourceId, SourceKind, Timestamp};
use hearth_rag::{
    index::Quantised,
    terms::{Language, TermCutter},
};
use hearth_store::{ChunkContent, DatabaseKey, Db, NewChunk, NewFile, Searchable, VectorRow};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
/// Passages of a file.
const EACH: usize = 100;
const WORDS: usize = 130;
const VOCABULARY: f64 = 40_000.0;
const SYLLABLES: [&str; 15] = [
    "ka", "ri", "to", "mon", "les", "fa", "du", "per", "sin", "tra", "ve", "lo", "gi", "hu", "ban",
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [database, key, collection, passages] = &arguments[..] else { panic!("four arguments") };
    let key = Secret::new(fs::read(key).expect("a key file"));
    let key = DatabaseKey::from_hex(&key).expect("a key");
    let db = Db::open(Path::new(database), &key).expect("a database");
    let passages: usize = passages.parse().expect("a number");
    let mut chance = Chance(7);
    let (id, source) = place(&db, collection);
    for number in 0..passages / EACH {
        fill(&db, (id, source), number, &mut chance);
    }
}

fn place(db: &Db, name: &str) -> (CollectionId, SourceId) {
    let id = db.read(|r| r.collection_named(name)).unwrap().expect("a collection").id;
    let put = (Path::new("/nowhere"), SourceKind::Folder);
    (id, db.write(|w| w.source_put(id, SourceId(Uuid::now_v7()), put, NOW)).unwrap())
}

/// One file, searchable.
fn fill(
    db: &Db,
    (collection, source): (CollectionId, SourceId),
    number: usize,
    chance: &mut Chance,
) {
    let name = format!("{number}.txt");
    let file = NewFile {
        id: FileId(Uuid::now_v7()),
        collection,
        source,
        path: Path::new("/nowhere").join(&name),
        row: String::new(),
        place: name.clone(),
        name,
        size: (EACH * WORDS * 6) as u64,
        mtime: 1,
        code: None,
        added: NOW,
    };
    let mut cutter = TermCutter::new(Language::English);
    let chunks: Vec<NewChunk> = (0..EACH).map(|at| chunk(at, chance, &mut cutter)).collect();
    db.write(|w| {
        let seq = w.file_put(&file)?;
        w.queue_take(1)?;
        let change = w.chunks_put(seq, &chunks)?;
        let space = match w.answering_space()? {
            Some(space) => space,
            None => w.space_put("nothing", 384)?,
        };
        let vectors = change.places.iter().map(|place| chance.vector(place.passage));
        w.vectors_put(space.id, &vectors.collect::<Vec<_>>())?;
        let facts = Searchable { hash: [7; 32], chunks: EACH as u32, ..Searchable::default() };
        w.queue_searchable(seq, &facts, NOW)
    })
    .unwrap();
}

fn chunk(ordinal: usize, chance: &mut Chance, cutter: &mut TermCutter) -> NewChunk {
    let words: Vec<String> = (0..WORDS).map(|_| chance.word()).collect();
    let text = words.join(" ");
    let (terms, count) = cutter.index_terms(&text);
    let from = (ordinal * WORDS * 6) as u32;
    let place = from..from + text.len() as u32;
    NewChunk {
        hash: Uuid::from_u128(u128::from(chance.next()) << 64 | u128::from(chance.next()))
            .into_bytes(),
        terms,
        term_count: count as u32,
        content: ChunkContent {
            ordinal: ordinal as u32,
            bytes: place.clone(),
            characters: place,
            language: Language::English.code().to_owned(),
            text,
            ..ChunkContent::default()
        },
    }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The same words as those of `tests/bench/search.py`.
    fn word(&mut self) -> String {
        let mut rest = VOCABULARY.powf(self.part()) as usize;
        let mut word = String::new();
        while rest > 0 {
            word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
            rest /= SYLLABLES.len();
        }
        word
    }

    fn vector(&mut self, passage: i64) -> VectorRow {
        let values: Vec<f32> = (0..384).map(|_| self.part() as f32 - 0.5).collect();
        let Quantised { scale, codes } = Quantised::of(&values);
        VectorRow { passage, scale, codes }
    }
}
