//! The table of tensors: names, shapes, and where their bytes are in the file. What is not here:
//! which tensors a model needs; llama.cpp says so itself, and cleanly.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};

use super::GgufError;
use super::pooling::CLASSIFIERS;
use super::reader::Reader;
use super::types::{TensorType, tensor_type};

/// Tensors of any file at most.
const MOST_TENSORS: u64 = 1 << 17;
/// The shortest row of the table.
const SHORTEST_TENSOR: u64 = 8 + 1 + 4 + 8 + 4 + 8;
/// llama.cpp keeps names in 64 bytes with a zero at the end.
const LONGEST_NAME: u64 = 63;
const MOST_DIMENSIONS: u32 = 4;
/// What the table says in all.
pub(super) struct Tensors {
    /// Weights.
    pub(super) parameters: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// The type that most of the bytes have.
    pub(super) commonest: &'static str,
    /// Which of the tensors there are that make a score of a text.
    pub(super) classifiers: Vec<&'static str>,
}

struct Row {
    kind: TensorType,
    elements: u64,
    bytes: u64,
    offset: u64,
}

impl Tensors {
    /// Reads `count` rows and checks that the bytes they name are in the file.
    pub(super) fn read<R: Read + Seek>(
        r: &mut Reader<R>,
        count: u64,
        alignment: u64,
    ) -> Result<Self, GgufError> {
        if count > MOST_TENSORS {
            return Err(GgufError::TooManyTensors);
        }
        if count == 0 {
            return Err(GgufError::NoTensors);
        }
        if count > r.left() / SHORTEST_TENSOR {
            return Err(GgufError::Truncated);
        }
        let mut names = HashSet::new();
        let mut by_type = BTreeMap::new();
        let mut all = Self { parameters: 0, bytes: 0, commonest: "", classifiers: Vec::new() };
        let (mut next, mut end) = (0u64, 0u64);
        for _ in 0..count {
            let row = row(r, &mut names)?;
            if row.offset != next {
                return Err(GgufError::TensorOffset);
            }
            end = next.checked_add(row.bytes).ok_or(GgufError::TensorShape)?;
            next = end.checked_next_multiple_of(alignment).ok_or(GgufError::TensorShape)?;
            all.parameters = all.parameters.saturating_add(row.elements);
            all.bytes = all.bytes.saturating_add(row.bytes);
            *by_type.entry(row.kind.name).or_insert(0u64) += row.bytes;
        }
        let start = r.position().checked_next_multiple_of(alignment).ok_or(GgufError::Alignment)?;
        let file = r.position() + r.left();
        if start.checked_add(end).is_none_or(|end| end > file) {
            return Err(GgufError::Truncated);
        }
        let there = |name: &&str| names.contains(name.as_bytes());
        all.classifiers = CLASSIFIERS.into_iter().filter(there).collect();
        all.commonest = by_type.iter().max_by_key(|(_, n)| **n).map_or("", |(name, _)| *name);
        Ok(all)
    }
}

fn row<R: Read + Seek>(r: &mut Reader<R>, names: &mut HashSet<Vec<u8>>) -> Result<Row, GgufError> {
    let mut name = Vec::new();
    r.text(&mut name, LONGEST_NAME).map_err(|error| match error {
        GgufError::StringTooLong => GgufError::TensorName,
        other => other,
    })?;
    if name.is_empty() || name.contains(&0) || !names.insert(name) {
        return Err(GgufError::TensorName);
    }
    let (row_len, elements) = shape(r)?;
    let kind = tensor_type(r.u32()?).ok_or(GgufError::TensorType)?;
    let offset = r.u64()?;
    if row_len % kind.block != 0 {
        return Err(GgufError::TensorShape);
    }
    let blocks = elements / kind.block;
    let bytes = blocks.checked_mul(kind.bytes).ok_or(GgufError::TensorShape)?;
    Ok(Row { kind, elements, bytes, offset })
}

/// The length of a row and the number of elements.
fn shape<R: Read + Seek>(r: &mut Reader<R>) -> Result<(u64, u64), GgufError> {
    let dimensions = r.u32()?;
    if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
        return Err(GgufError::TensorShape);
    }
    let (mut row_len, mut elements) = (0, 1u64);
    for dimension in 0..dimensions {
        let len = r.u64()?;
        if dimension == 0 {
            row_len = len;
        }
        elements = elements.checked_mul(len).ok_or(GgufError::TensorShape)?;
        if len == 0 || i64::try_from(elements).is_err() {
            return Err(GgufError::TensorShape);
        }
    }
    Ok((row_len, elements))
}
