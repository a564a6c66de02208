//! Files that lie: each is refused in Rust, by its own error, and the process lives.

use std::io::Cursor;

use hearth_llama::gguf::{self, GgufError};
use hearth_llama::{Error, Model, ModelParams};
use hearth_testkit::gguf::{TinyModel, cases};
use proptest::prelude::*;

/// What each case must be refused with.
fn wanted(name: &str) -> GgufError {
    use GgufError as E;
    match name {
        "magic" | "empty" => E::NotGguf,
        "version_1" | "version_4" | "other_byte_order" => E::Version,
        "keys_without_end" => E::TooManyKeys,
        "tensors_without_end" => E::TooManyTensors,
        "no_tensors" => E::NoTensors,
        "key_empty" | "key_too_long" => E::KeyName,
        "key_twice" => E::DuplicateKey,
        "value_type_unknown" | "list_type_unknown" => E::ValueType,
        "list_of_lists" => E::NestedArray,
        "text_too_long" => E::StringTooLong,
        "keys_more_than_bytes"
        | "tensors_more_than_bytes"
        | "text_longer_than_file"
        | "list_longer_than_file"
        | "texts_longer_than_file"
        | "cut_in_header"
        | "cut_in_weights"
        | "tensor_past_end" => E::Truncated,
        "alignment_zero" | "alignment_three" => E::Alignment,
        "split" => E::Split,
        "architecture_missing" => E::MissingKey("general.architecture"),
        "architecture_unknown" => E::Architecture,
        "architecture_wrong_type" => E::WrongType("general.architecture"),
        "block_count_missing" => E::MissingKey("block_count"),
        "block_count_zero" | "block_count_513" | "nextn_above_block_count" => E::BlockCount,
        "block_count_wrong_type" => E::WrongType("block_count"),
        "block_count_negative" => E::OutOfRange("block_count"),
        "context_length_zero" => E::OutOfRange("context_length"),
        "embedding_length_missing" => E::MissingKey("embedding_length"),
        name if name.starts_with("expert") => E::Experts,
        "rope_scaling_unknown" => E::RopeScaling,
        "rope_dimension_mismatch" => E::RopeDimension,
        "head_count_missing" => E::MissingKey("attention.head_count"),
        "head_count_zero" | "head_count_kv_zero" | "head_count_kv_uneven" => E::Heads,
        "head_count_list_short" => E::OutOfRange("attention.head_count"),
        "tokenizer_unknown" | "tokenizer_none" => E::Tokenizer,
        "tokens_missing" => E::MissingKey("tokenizer.ggml.tokens"),
        "tokens_no_texts" => E::WrongType("tokenizer.ggml.tokens"),
        "tokens_none" | "token_types_short" | "scores_short" => E::TokenLists,
        "token_twice" => E::DuplicateToken,
        "bos_outside" | "eos_outside" => E::SpecialToken,
        "template_too_long" => E::Template,
        "tensor_name_empty" | "tensor_name_too_long" | "tensor_twice" => E::TensorName,
        "tensor_type_removed" | "tensor_type_unknown" => E::TensorType,
        "tensor_offset_far" | "tensor_overlap" => E::TensorOffset,
        name if name.starts_with("tensor_") => E::TensorShape,
        other => panic!("no error is named for the case {other}"),
    }
}

fn read(bytes: &[u8]) -> Result<gguf::Header, GgufError> {
    gguf::read_from(Cursor::new(bytes), bytes.len() as u64)
}

#[test]
fn ac_13_every_lying_file_is_refused_by_its_own_error() {
    for case in cases() {
        assert_eq!(read(&case.bytes).unwrap_err(), wanted(case.name), "{}", case.name);
    }
}

#[test]
fn ac_13_loading_a_lying_file_is_an_error_and_the_process_lives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret plan.gguf");
    for case in cases() {
        std::fs::write(&path, &case.bytes).unwrap();
        let error = Model::load(&path, &ModelParams::default(), &mut |_| true).unwrap_err();
        assert_eq!(error, Error::Gguf(wanted(case.name)), "{}", case.name);
        assert!(!error.to_string().contains("secret"), "{}", case.name);
    }
}

#[test]
fn a_missing_file_and_a_folder_are_told_apart_from_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(gguf::read(&folder.path().join("x.gguf")), Err(GgufError::Missing));
    assert_eq!(gguf::read(folder.path()), Err(GgufError::NotGguf));
}

#[test]
fn a_sound_file_tells_what_it_is() {
    let bytes = TinyModel::random().half().to_bytes();
    let header = read(&bytes).unwrap();
    assert_eq!(header.architecture, "llama");
    assert_eq!(header.name.as_deref(), Some("Tiny"));
    assert_eq!(header.quantisation, "F16");
    assert_eq!(header.licence.as_deref(), Some("apache-2.0"));
    assert_eq!((header.block_count, header.context_length), (2, 4096));
    assert_eq!((header.head_count, header.head_count_kv), (4, 2));
    assert_eq!(header.kv_bytes_per_token, 2 * 2 * 2 * 16 * 2);
    assert_eq!(header.file_size, bytes.len() as u64);
    assert!(header.chat_template.is_some_and(|source| source.contains("<|assistant|>")));
}

#[test]
fn ac_13_a_header_that_ends_anywhere_is_cut_short() {
    let file = TinyModel::random().gguf();
    let (whole, header) = (file.to_bytes(), file.header().len());
    for end in 4..header {
        assert_eq!(read(&whole[..end]), Err(GgufError::Truncated), "at {end} of {header}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_header_with_changed_bytes_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let file = TinyModel::random().gguf();
        let (mut bytes, header) = (file.to_bytes(), file.header().len());
        for (at, byte) in changes {
            bytes[at.index(header)] = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn noise_behind_the_magic_never_panics(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(noise);
        let _ = read(&bytes);
    }
}
