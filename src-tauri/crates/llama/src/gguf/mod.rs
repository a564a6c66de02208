//! Reading the header of a GGUF file without trusting it. llama.cpp aborts the process on files that
//! contradict themselves; whatever it would not survive is refused here, in safe Rust. What is not
//! here: weights.

mod architectures;
mod error;
mod pooling;
mod reader;
mod shape;
mod tensors;
mod types;
mod value;
mod vocabulary;

use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::path::Path;

pub use error::GgufError;
pub use pooling::Pooling;

use reader::Reader;
use shape::Shape;
use tensors::Tensors;
use value::{Entries, Value};

const MAGIC: [u8; 4] = *b"GGUF";
const DEFAULT_ALIGNMENT: u32 = 32;
/// Larger than any page.
const LARGEST_ALIGNMENT: u32 = 1 << 20;
/// Texts for lists are cut here.
const LONGEST_NAME: usize = 200;

/// What a model's file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Such as `llama`.
    pub architecture: String,
    /// Its own name.
    pub name: Option<String>,
    /// Such as `Q4_1`.
    pub quantisation: String,
    /// Tokens that it was trained to read at once.
    pub context_length: u32,
    /// Layers.
    pub block_count: u32,
    /// Width of the network.
    pub embedding_length: u32,
    /// Attention heads, the most of any layer.
    pub head_count: u32,
    /// Heads of the cache, the most of any layer.
    pub head_count_kv: u32,
    /// Tokens in the vocabulary.
    pub vocab_size: u32,
    /// Parameters of the network.
    pub parameters: u64,
    /// Jinja source, at most 1 MiB.
    pub chat_template: Option<String>,
    /// How a model that ranks is asked: `{query}` and `{document}` stand for the two texts.
    pub rank_template: Option<String>,
    /// The licence in the file's own words.
    pub licence: Option<String>,
    /// Bytes of the file.
    pub file_size: u64,
    /// Bytes of the weights.
    pub tensor_bytes: u64,
    /// Bytes of an f16 cache for one token.
    pub kv_bytes_per_token: u64,
    /// How it makes vectors, where that is what it does; `None` for a model that writes.
    pub pooling: Option<Pooling>,
}

/// Reads and checks the header of a file.
///
/// # Errors
/// [`GgufError`] says what is wrong and what to do.
pub fn read(path: &Path) -> Result<Header, GgufError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => GgufError::Missing,
        _ => GgufError::Unreadable,
    })?;
    let facts = file.metadata().map_err(|_| GgufError::Unreadable)?;
    if !facts.is_file() {
        return Err(GgufError::NotGguf);
    }
    read_from(file, facts.len())
}

/// Reads and checks a header from its start; `size` is the size of the whole file.
///
/// # Errors
/// As [`read`].
pub fn read_from(file: impl Read + Seek, size: u64) -> Result<Header, GgufError> {
    let mut r = Reader::new(file, size);
    let magic = r.bytes::<4>().map_err(|error| match error {
        GgufError::Truncated => GgufError::NotGguf,
        other => other,
    })?;
    if magic != MAGIC {
        return Err(GgufError::NotGguf);
    }
    if !matches!(r.u32()?, 2 | 3) {
        return Err(GgufError::Version);
    }
    let tensor_count = r.u64()?;
    let key_count = r.u64()?;
    let entries = Entries::read(&mut r, key_count)?;
    let alignment = alignment(&entries)?;
    let tensors = Tensors::read(&mut r, tensor_count, u64::from(alignment))?;
    header(&entries, &tensors, size)
}

fn alignment(entries: &Entries) -> Result<u32, GgufError> {
    let named = entries.number("general.alignment", "general.alignment")?;
    let alignment = named.unwrap_or(DEFAULT_ALIGNMENT);
    if alignment.is_power_of_two() && alignment <= LARGEST_ALIGNMENT {
        Ok(alignment)
    } else {
        Err(GgufError::Alignment)
    }
}

fn header(entries: &Entries, tensors: &Tensors, file_size: u64) -> Result<Header, GgufError> {
    let architecture = entries.text("general.architecture", "general.architecture")?;
    let architecture = architecture.ok_or(GgufError::MissingKey("general.architecture"))?;
    if !architectures::known(architecture) {
        return Err(GgufError::Architecture);
    }
    if entries.number("split.count", "split.count")?.is_some_and(|parts| parts > 1) {
        return Err(GgufError::Split);
    }
    let shape = Shape::read(entries, architecture)?;
    let vocab_size = vocabulary::size(entries)?;
    let file_type = entries.number("general.file_type", "general.file_type").unwrap_or_default();
    Ok(Header {
        architecture: architecture.to_owned(),
        name: label(entries, "general.name"),
        quantisation: file_type.and_then(types::file_type).unwrap_or(tensors.commonest).to_owned(),
        context_length: shape.context_length,
        block_count: shape.block_count,
        embedding_length: shape.embedding_length,
        head_count: shape.head_count,
        head_count_kv: shape.head_count_kv,
        vocab_size,
        parameters: tensors.parameters,
        chat_template: vocabulary::template(entries, "tokenizer.chat_template")?,
        rank_template: vocabulary::template(entries, "tokenizer.chat_template.rerank")?,
        licence: label(entries, "general.license"),
        file_size,
        tensor_bytes: tensors.bytes,
        kv_bytes_per_token: shape.kv_bytes_per_token,
        pooling: Pooling::read(entries, tensors, architecture)?,
    })
}

/// A text for people: one line, of a length that a list can show.
fn label(entries: &Entries, key: &str) -> Option<String> {
    let Some(Value::Text(bytes)) = entries.get(key) else {
        return None;
    };
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
