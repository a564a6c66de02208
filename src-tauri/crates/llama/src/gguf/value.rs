//! The entries of a header: typed values under names. What is not here: which names a model needs.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::io::{Read, Seek};

use super::GgufError;
use super::reader::Reader;

/// Entries of any header at most.
const MOST_KEYS: u64 = 1 << 16;
/// Bytes of a name.
const LONGEST_KEY: u64 = 1 << 16;
/// Numbers of a list that are kept: one a layer is enough.
const KEPT_NUMBERS: u64 = 1024;
/// The shortest entry: a length, one byte of name, a type, one byte of value.
const SHORTEST_KEY: u64 = 8 + 1 + 4 + 1;

/// The one list whose texts must differ.
pub(super) const TOKENS: &str = "tokenizer.ggml.tokens";
/// Tokens of any honest vocabulary at most.
const MOST_TOKENS: u64 = 1 << 22;

const TYPE_STRING: u32 = 8;
const TYPE_ARRAY: u32 = 9;

/// A value of the header. Long lists are counted, not kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Any whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// Bytes that should be text.
    Text(Vec<u8>),
    /// A list.
    List(List),
}

/// What is known of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    /// Whether it holds texts.
    pub(super) texts: bool,
    /// Its length.
    pub(super) len: u64,
    /// Its numbers, where it is short and holds whole numbers.
    pub(super) numbers: Vec<i128>,
    /// Whether a text is in it twice (an empty text never counts).
    pub(super) repeats: bool,
}

/// The entries of a header.
pub(super) struct Entries(HashMap<String, Value>);

impl Entries {
    /// Reads `count` entries.
    pub(super) fn read<R: Read + Seek>(r: &mut Reader<R>, count: u64) -> Result<Self, GgufError> {
        if count > MOST_KEYS {
            return Err(GgufError::TooManyKeys);
        }
        if count > r.left() / SHORTEST_KEY {
            return Err(GgufError::Truncated);
        }
        let mut entries = HashMap::new();
        let mut bytes = Vec::new();
        for _ in 0..count {
            let key = key(r, &mut bytes)?;
            let kind = r.u32()?;
            let value = value(r, kind, key == TOKENS)?;
            if entries.insert(key, value).is_some() {
                return Err(GgufError::DuplicateKey);
            }
        }
        Ok(Self(entries))
    }

    /// The value under a name.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// A whole number of 32 bits under `key`, which errors call `name`.
    pub(super) fn number(&self, key: &str, name: &'static str) -> Result<Option<u32>, GgufError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Int(n)) => {
                u32::try_from(*n).map(Some).map_err(|_| GgufError::OutOfRange(name))
            }
            Some(_) => Err(GgufError::WrongType(name)),
        }
    }

    /// A whole number, or a list with one for each of `layers`.
    pub(super) fn per_layer(
        &self,
        key: &str,
        name: &'static str,
        layers: u32,
    ) -> Result<Option<Vec<u32>>, GgufError> {
        let Some(Value::List(list)) = self.get(key) else {
            let one = self.number(key, name)?;
            return Ok(one.map(|n| vec![n; layers as usize]));
        };
        if list.len != u64::from(layers) || list.numbers.len() != layers as usize {
            return Err(GgufError::OutOfRange(name));
        }
        let each = list.numbers.iter().map(|n| u32::try_from(*n));
        each.collect::<Result<_, _>>().map(Some).map_err(|_| GgufError::OutOfRange(name))
    }

    /// A text.
    pub(super) fn text(&self, key: &str, name: &'static str) -> Result<Option<&str>, GgufError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Text(bytes)) => {
                std::str::from_utf8(bytes).map(Some).map_err(|_| GgufError::WrongType(name))
            }
            Some(_) => Err(GgufError::WrongType(name)),
        }
    }

    /// A list.
    pub(super) fn list(&self, key: &str, name: &'static str) -> Result<Option<&List>, GgufError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(_) => Err(GgufError::WrongType(name)),
        }
    }
}

fn key<R: Read + Seek>(r: &mut Reader<R>, bytes: &mut Vec<u8>) -> Result<String, GgufError> {
    r.text(bytes, LONGEST_KEY).map_err(|error| match error {
        GgufError::StringTooLong => GgufError::KeyName,
        other => other,
    })?;
    let key = std::str::from_utf8(bytes).map_err(|_| GgufError::KeyName)?;
    if key.is_empty() || key.contains('\0') {
        return Err(GgufError::KeyName);
    }
    Ok(key.to_owned())
}

fn value<R: Read + Seek>(r: &mut Reader<R>, kind: u32, unique: bool) -> Result<Value, GgufError> {
    Ok(match kind {
        6 => Value::Float(f32::from_le_bytes(r.bytes()?).into()),
        7 => Value::Bool(r.bytes::<1>()?[0] != 0),
        TYPE_STRING => {
            let mut bytes = Vec::new();
            r.text(&mut bytes, u64::MAX)?;
            Value::Text(bytes)
        }
        TYPE_ARRAY => Value::List(list(r, unique)?),
        12 => Value::Float(f64::from_le_bytes(r.bytes()?)),
        _ => Value::Int(int(r, kind)?.ok_or(GgufError::ValueType)?),
    })
}

/// A whole number; `None` where `kind` is none of their types.
fn int<R: Read + Seek>(r: &mut Reader<R>, kind: u32) -> Result<Option<i128>, GgufError> {
    Ok(Some(match kind {
        0 => u8::from_le_bytes(r.bytes()?).into(),
        1 => i8::from_le_bytes(r.bytes()?).into(),
        2 => u16::from_le_bytes(r.bytes()?).into(),
        3 => i16::from_le_bytes(r.bytes()?).into(),
        4 => r.u32()?.into(),
        5 => i32::from_le_bytes(r.bytes()?).into(),
        10 => r.u64()?.into(),
        11 => i64::from_le_bytes(r.bytes()?).into(),
        _ => return Ok(None),
    }))
}

fn width(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

fn list<R: Read + Seek>(r: &mut Reader<R>, unique: bool) -> Result<List, GgufError> {
    let kind = r.u32()?;
    let len = r.u64()?;
    match kind {
        TYPE_STRING => texts(r, len, unique),
        TYPE_ARRAY => Err(GgufError::NestedArray),
        _ => {
            let width = width(kind).ok_or(GgufError::ValueType)?;
            if len.checked_mul(width).is_none_or(|bytes| bytes > r.left()) {
                return Err(GgufError::Truncated);
            }
            let mut numbers = Vec::new();
            if len <= KEPT_NUMBERS && !matches!(kind, 6 | 7 | 12) {
                for _ in 0..len {
                    numbers.extend(int(r, kind)?);
                }
            } else {
                r.skip(len, width)?;
            }
            Ok(List { texts: false, len, numbers, repeats: false })
        }
    }
}

/// A list of texts. Whether one repeats, where that matters (`unique`), is seen by 64-bit hashes under a random key: a false alarm on
/// an honest file is less likely than a broken disk, and costs one more try.
fn texts<R: Read + Seek>(r: &mut Reader<R>, len: u64, unique: bool) -> Result<List, GgufError> {
    if len > r.left() / 8 {
        return Err(GgufError::Truncated);
    }
    if unique && len > MOST_TOKENS {
        return Err(GgufError::OutOfRange(TOKENS));
    }
    let state = RandomState::new();
    let mut seen = HashSet::new();
    let mut repeats = false;
    let mut bytes = Vec::new();
    for _ in 0..len {
        r.text(&mut bytes, u64::MAX)?;
        repeats |= unique && !bytes.is_empty() && !seen.insert(state.hash_one(&bytes));
    }
    Ok(List { texts: true, len, numbers: Vec::new(), repeats })
}
