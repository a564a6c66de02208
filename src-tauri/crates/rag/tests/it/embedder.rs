//! The bundled embedder, as `models/fetch.py` puts it in place.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use hearth_rag::{
    chunk::PieceCount,
    embed::{EmbedError, Embedder, EmbedderFiles, MiniLm, OnDemand},
};

fn models() -> PathBuf {
    match std::env::var_os("HEARTH_MODELS_DIR") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models"),
    }
}

/// One for all tests. A process loads the library once, so what is refused is tried before.
static EMBEDDER: LazyLock<MiniLm> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libonnxruntime.so");
    fs::write(&library, b"not a library").unwrap();
    let files = EmbedderFiles::in_folder(&models()).expect("run ./build.sh setup first");
    let broken = EmbedderFiles { library, ..files.clone() };
    assert!(matches!(MiniLm::open(&broken).err(), Some(EmbedError::LibraryRefused)));
    MiniLm::open(&files).unwrap()
});

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[test]
fn the_same_text_gives_the_same_vector_whatever_it_is_embedded_beside() {
    let text = "The lease may be ended by either party with three months' notice.";
    let alone = EMBEDDER.embed(&[text]).unwrap();
    let others = "A much longer text about something else. ".repeat(40);
    let beside = EMBEDDER.embed(&[&others, text, "short"]).unwrap();
    assert_eq!(alone[0], beside[1]);
    assert_eq!((beside.len(), alone[0].len()), (3, EMBEDDER.space().dimensions));
    assert!((cosine(&alone[0], &alone[0]) - 1.0).abs() < 1e-3);
}

#[test]
fn one_that_rested_gives_the_same_vector_again() {
    let text = "The lease may be ended by either party.";
    // The library is loaded by the one of all tests.
    let expected = EMBEDDER.embed(&[text]).unwrap();
    let embedder = OnDemand::open(EmbedderFiles::in_folder(&models()).unwrap()).unwrap();
    assert!(embedder.rest(Duration::from_secs(3600)), "it was used just now");
    assert!(!embedder.rest(Duration::ZERO));
    assert_eq!(embedder.embed(&[text]).unwrap(), expected);
    assert_eq!(embedder.pieces(text), EMBEDDER.pieces(text));
    assert!(embedder.rest(Duration::from_secs(3600)), "it is back");
}

#[test]
fn what_means_the_same_is_nearer_than_what_has_the_same_words() {
    let texts =
        ["How do I end the contract?", "Termination of the agreement", "How do I end the song?"];
    let vectors = EMBEDDER.embed(&texts).unwrap();
    assert!(cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]));
}

#[test]
fn empty_and_endless_texts_and_every_script_have_a_vector() {
    let endless = "word ".repeat(100_000);
    let texts = ["", " ", "字\u{0}\u{202e}", "🎉", "पुल कब बना", &endless];
    for vector in EMBEDDER.embed(&texts).unwrap() {
        assert!(vector.iter().all(|value| value.is_finite()));
    }
}

#[test]
fn pieces_are_counted_beyond_what_the_model_reads_and_tell_how_well_it_knows_a_language() {
    assert_eq!(EMBEDDER.pieces("hello world"), 2);
    assert!(EMBEDDER.pieces(&"hello ".repeat(1000)) == 1000);
    let english = EMBEDDER.fit("When was the old stone bridge built?");
    let german = EMBEDDER.fit("Wann wurde die alte Steinbrücke gebaut?");
    assert!(english.pieces_per_word < 1.3 && german.pieces_per_word > 1.6, "{german:?}");
    let cherokee = EMBEDDER.fit("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ");
    assert!(cherokee.unknown > 0.5, "{cherokee:?}");
}

#[test]
fn what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = EmbedderFiles::in_folder(folder.path()).err();
    assert!(matches!(missing, Some(EmbedError::ModelMissing)));
    fs::create_dir(folder.path().join("embedder")).unwrap();
    fs::write(folder.path().join("embedder/model.onnx"), b"").unwrap();
    let missing = EmbedderFiles::in_folder(folder.path()).err();
    assert!(matches!(missing, Some(EmbedError::LibraryMissing)));
    let good = EmbedderFiles::in_folder(&models()).unwrap();
    LazyLock::force(&EMBEDDER);
    let refused = MiniLm::open(&EmbedderFiles { model: folder.path().join("embedder"), ..good });
    assert!(matches!(refused.err(), Some(EmbedError::ModelMissing | EmbedError::ModelRefused(_))));
}
