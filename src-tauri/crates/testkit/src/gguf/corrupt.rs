//! One file for each way in which a GGUF can lie: what makes llama.cpp abort, eat memory, or refuse.

use super::file::{Gguf, Tensor, Value};
use super::tiny::TinyModel;

/// A broken file and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is wrong, in snake case.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

type Break = fn(&mut Gguf);

const fn u32_bytes(n: u32) -> [u8; 4] {
    n.to_le_bytes()
}

fn list_bytes(kind: u32, len: u64) -> Value {
    let mut bytes = u32_bytes(kind).to_vec();
    bytes.extend(len.to_le_bytes());
    Value::Raw(9, bytes)
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

fn first_token_twice(file: &mut Gguf) {
    for (key, value) in &mut file.entries {
        if key == "tokenizer.ggml.tokens"
            && let Value::Texts(tokens) = value
        {
            tokens[9] = tokens[10].clone();
        }
    }
}

fn shorter_list(file: &mut Gguf, key: &str) {
    for (name, value) in &mut file.entries {
        if name == key
            && let Value::I32s(numbers) = value
        {
            numbers.pop();
        }
    }
}

/// What is wrong with the outermost frame.
const FRAME: &[(&str, Break)] = &[
    ("magic", |f| f.magic = *b"GGML"),
    ("version_1", |f| f.version = 1),
    ("version_4", |f| f.version = 4),
    ("other_byte_order", |f| f.version = 3u32.swap_bytes()),
    ("keys_without_end", |f| f.claimed_entries = Some(u64::MAX)),
    ("keys_more_than_bytes", |f| f.claimed_entries = Some(60_000)),
    ("tensors_without_end", |f| f.claimed_tensors = Some(u64::MAX)),
    ("tensors_more_than_bytes", |f| f.claimed_tensors = Some(100_000)),
    ("no_tensors", |f| f.tensors.clear()),
];

/// What is wrong with entries as such.
const ENTRIES: &[(&str, Break)] = &[
    ("key_empty", |f| f.entries.push((String::new(), Value::U32(1)))),
    ("key_too_long", |f| f.entries.push(("k".repeat(70_000), Value::U32(1)))),
    ("key_twice", |f| f.entries.push(("llama.block_count".to_owned(), Value::U32(2)))),
    ("value_type_unknown", |f| f.set("x", Value::Raw(13, vec![0; 8]))),
    ("list_type_unknown", |f| f.set("x", list_bytes(99, 1))),
    ("list_of_lists", |f| f.set("x", list_bytes(9, 1))),
    ("text_longer_than_file", |f| f.set("x", Value::Raw(8, u64::MAX.to_le_bytes().to_vec()))),
    ("list_longer_than_file", |f| f.set("x", list_bytes(4, u64::MAX / 4))),
    ("texts_longer_than_file", |f| f.set("x", list_bytes(8, u64::MAX / 16))),
    ("text_too_long", |f| f.set("x", text(&"x".repeat(17 << 20)))),
    ("alignment_zero", |f| f.set("general.alignment", Value::U32(0))),
    ("alignment_three", |f| f.set("general.alignment", Value::U32(3))),
    ("split", |f| f.set("split.count", Value::U32(2))),
];

/// What is wrong with the numbers of the network.
const SHAPE: &[(&str, Break)] = &[
    ("architecture_missing", |f| f.remove("general.architecture")),
    ("architecture_unknown", |f| f.set("general.architecture", text("llamma"))),
    ("architecture_wrong_type", |f| f.set("general.architecture", Value::U32(1))),
    ("block_count_missing", |f| f.remove("llama.block_count")),
    ("block_count_zero", |f| f.set("llama.block_count", Value::U32(0))),
    ("block_count_513", |f| f.set("llama.block_count", Value::U32(513))),
    ("block_count_wrong_type", |f| f.set("llama.block_count", text("two"))),
    ("block_count_negative", |f| f.set("llama.block_count", Value::I32(-1))),
    ("nextn_above_block_count", |f| f.set("llama.nextn_predict_layers", Value::U32(3))),
    ("context_length_zero", |f| f.set("llama.context_length", Value::U32(0))),
    ("embedding_length_missing", |f| f.remove("llama.embedding_length")),
    ("experts_without_used", |f| f.set("llama.expert_count", Value::U32(8))),
    ("experts_used_without_count", |f| f.set("llama.expert_used_count", Value::U32(2))),
    ("experts_used_above_count", |f| {
        f.set("llama.expert_count", Value::U32(4));
        f.set("llama.expert_used_count", Value::U32(5));
    }),
    ("experts_1025", |f| {
        f.set("llama.expert_count", Value::U32(1025));
        f.set("llama.expert_used_count", Value::U32(2));
    }),
    ("expert_groups_uneven", |f| {
        f.set("llama.expert_count", Value::U32(8));
        f.set("llama.expert_used_count", Value::U32(2));
        f.set("llama.expert_group_count", Value::U32(3));
        f.set("llama.expert_group_used_count", Value::U32(1));
    }),
    ("expert_groups_without_experts", |f| f.set("llama.expert_group_count", Value::U32(2))),
    ("rope_scaling_unknown", |f| f.set("llama.rope.scaling.type", text("rubber"))),
    ("rope_dimension_mismatch", |f| f.set("llama.rope.dimension_count", Value::U32(8))),
    ("head_count_missing", |f| f.remove("llama.attention.head_count")),
    ("head_count_zero", |f| f.set("llama.attention.head_count", Value::U32(0))),
    ("head_count_kv_zero", |f| f.set("llama.attention.head_count_kv", Value::U32(0))),
    ("head_count_kv_uneven", |f| f.set("llama.attention.head_count_kv", Value::U32(3))),
    ("head_count_list_short", |f| f.set("llama.attention.head_count", Value::I32s(vec![4]))),
];

/// What is wrong with the vocabulary.
const VOCABULARY: &[(&str, Break)] = &[
    ("tokenizer_unknown", |f| f.set("tokenizer.ggml.model", text("runes"))),
    ("tokenizer_none", |f| f.set("tokenizer.ggml.model", text("no_vocab"))),
    ("tokens_missing", |f| f.remove("tokenizer.ggml.tokens")),
    ("tokens_none", |f| f.set("tokenizer.ggml.tokens", Value::Texts(Vec::new()))),
    ("tokens_no_texts", |f| f.set("tokenizer.ggml.tokens", Value::I32s(vec![1, 2]))),
    ("token_twice", first_token_twice),
    ("token_types_short", |f| shorter_list(f, "tokenizer.ggml.token_type")),
    ("scores_short", |f| f.set("tokenizer.ggml.scores", Value::F32s(vec![0.0; 3]))),
    ("bos_outside", |f| f.set("tokenizer.ggml.bos_token_id", Value::U32(1_000_000))),
    ("eos_outside", |f| f.set("tokenizer.ggml.eos_token_id", Value::I32(-7))),
    ("template_too_long", |f| f.set("tokenizer.chat_template", text(&"x".repeat((1 << 20) + 1)))),
];

/// What is wrong with the tensors.
const TENSORS: &[(&str, Break)] = &[
    ("tensor_name_empty", |f| f.tensors[1].name.clear()),
    ("tensor_name_too_long", |f| f.tensors[1].name = "t".repeat(64)),
    ("tensor_twice", |f| f.tensors[1].name = f.tensors[0].name.clone()),
    ("tensor_no_dimensions", |f| f.tensors[1].shape.clear()),
    ("tensor_five_dimensions", |f| f.tensors[1].shape = vec![64, 1, 1, 1, 1]),
    ("tensor_dimension_zero", |f| f.tensors[1].shape = vec![64, 0]),
    ("tensor_overflow", |f| f.tensors[1].shape = vec![1 << 40, 1 << 40]),
    ("tensor_negative", |f| f.tensors[1].shape = vec![u64::MAX]),
    ("tensor_type_removed", |f| f.tensors[1].kind = 4),
    ("tensor_type_unknown", |f| f.tensors[1].kind = 77),
    ("tensor_row_uneven", |f| {
        f.tensors[1].kind = 12;
    }),
    ("tensor_offset_far", |f| f.tensors[1].offset = Some(u64::MAX - 31)),
    ("tensor_overlap", |f| f.tensors[1].offset = Some(0)),
    ("tensor_past_end", |f| {
        f.tensors.push(Tensor {
            name: "more".to_owned(),
            shape: vec![1 << 30],
            kind: 0,
            offset: None,
            bytes: Vec::new(),
        });
    }),
];

/// Every way, each in an otherwise sound file.
#[must_use]
pub fn cases() -> Vec<Case> {
    let sound = TinyModel::random().gguf();
    let broken = [FRAME, ENTRIES, SHAPE, VOCABULARY, TENSORS].concat().into_iter().map(
        |(name, break_it)| {
            let mut file = sound.clone();
            break_it(&mut file);
            Case { name, bytes: file.to_bytes() }
        },
    );
    let whole = sound.to_bytes();
    let cut = [
        Case { name: "empty", bytes: Vec::new() },
        Case { name: "cut_in_header", bytes: whole[..sound.header().len() / 2].to_vec() },
        Case { name: "cut_in_weights", bytes: whole[..whole.len() - 100].to_vec() },
    ];
    broken.chain(cut).collect()
}

/// A file that contradicts itself in a way that no check of the header knows: heads whose keys and
/// values differ in length, in an architecture whose graph asserts that they do not. llama.cpp
/// loads it and ends the process when the graph is built.
#[must_use]
pub fn ends_the_process() -> Vec<u8> {
    const VALUE_LENGTH: u32 = 8;
    let mut file = TinyModel::random().gguf();
    for (key, _) in &mut file.entries {
        if let Some(rest) = key.strip_prefix("llama.") {
            *key = format!("refact.{rest}");
        }
    }
    file.set("general.architecture", text("refact"));
    file.set("refact.attention.value_length", Value::U32(VALUE_LENGTH));
    for tensor in file.tensors.iter_mut().filter(|tensor| tensor.name.contains("attn_v")) {
        let rows = u64::from(super::tiny::HEADS_KV * VALUE_LENGTH);
        let columns = tensor.shape[0];
        tensor.shape = vec![columns, rows];
        tensor.bytes.truncate((columns * rows * 4) as usize);
    }
    file.to_bytes()
}

/// A file whose weights are no numbers: it loads, and what it computes is nothing.
#[must_use]
pub fn no_numbers() -> Vec<u8> {
    let mut file = TinyModel::random().gguf();
    for tensor in file.tensors.iter_mut().filter(|tensor| tensor.name == "output_norm.weight") {
        tensor.bytes = f32::NAN.to_le_bytes().repeat(tensor.bytes.len() / 4);
    }
    file.to_bytes()
}
