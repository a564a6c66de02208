//! The numbers of the network: layers, heads, experts, positions. Where they contradict each other
//! llama.cpp aborts, so they are refused here. What is not here: the some 600 assertions of single
//! architectures; a child process that loads a new file once would find those.

use super::GgufError;
use super::architectures::{equal_rope, recurrent};
use super::value::Entries;

/// llama.cpp's `LLAMA_MAX_LAYERS`.
const MOST_LAYERS: u32 = 512;
/// llama.cpp's `LLAMA_MAX_EXPERTS`.
const MOST_EXPERTS: u32 = 1024;

/// The numbers of a network.
pub(super) struct Shape {
    pub(super) context_length: u32,
    pub(super) block_count: u32,
    pub(super) embedding_length: u32,
    pub(super) head_count: u32,
    pub(super) head_count_kv: u32,
    pub(super) kv_bytes_per_token: u64,
}

/// One architecture's entries: `llama.block_count` and so on.
struct Keys<'a> {
    entries: &'a Entries,
    architecture: &'a str,
}

impl Keys<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture)
    }

    fn number(&self, name: &'static str) -> Result<Option<u32>, GgufError> {
        self.entries.number(&self.path(name), name)
    }

    fn above_zero(&self, name: &'static str) -> Result<u32, GgufError> {
        match self.number(name)? {
            None => Err(GgufError::MissingKey(name)),
            Some(0) => Err(GgufError::OutOfRange(name)),
            Some(n) => Ok(n),
        }
    }

    fn per_layer(&self, name: &'static str, layers: u32) -> Result<Option<Vec<u32>>, GgufError> {
        self.entries.per_layer(&self.path(name), name, layers)
    }
}

impl Shape {
    pub(super) fn read(entries: &Entries, architecture: &str) -> Result<Self, GgufError> {
        let keys = Keys { entries, architecture };
        let block_count = match keys.number("block_count")? {
            None => return Err(GgufError::MissingKey("block_count")),
            Some(n) if (1..=MOST_LAYERS).contains(&n) => n,
            Some(_) => return Err(GgufError::BlockCount),
        };
        if keys.number("nextn_predict_layers")?.is_some_and(|n| n > block_count) {
            return Err(GgufError::BlockCount);
        }
        let context_length = keys.above_zero("context_length")?;
        let embedding_length = keys.above_zero("embedding_length")?;
        experts(&keys, block_count)?;
        rope_scaling(&keys)?;
        let heads = Heads::read(&keys, block_count, embedding_length)?;
        Ok(Self {
            context_length,
            block_count,
            embedding_length,
            head_count: heads.count.iter().copied().max().unwrap_or(0),
            head_count_kv: heads.count_kv.iter().copied().max().unwrap_or(0),
            kv_bytes_per_token: heads.kv_bytes_per_token(),
        })
    }
}

fn experts(keys: &Keys<'_>, layers: u32) -> Result<(), GgufError> {
    let count = keys.number("expert_count")?.unwrap_or(0);
    let used = keys.per_layer("expert_used_count", layers)?.unwrap_or_default();
    let used = used.into_iter().max().unwrap_or(0);
    let groups = keys.number("expert_group_count")?.unwrap_or(0);
    let groups_used = keys.number("expert_group_used_count")?.unwrap_or(0);
    let sound = if count == 0 {
        used == 0 && groups == 0
    } else {
        count <= MOST_EXPERTS
            && (1..=count).contains(&used)
            && groups < count
            && (groups <= 1 || (count % groups == 0 && (1..groups).contains(&groups_used)))
    };
    // Two architectures write one expert for none.
    let alone = keys.architecture.starts_with("hunyuan") && count <= 1;
    if sound || alone { Ok(()) } else { Err(GgufError::Experts) }
}

fn rope_scaling(keys: &Keys<'_>) -> Result<(), GgufError> {
    let path = keys.path("rope.scaling.type");
    match keys.entries.text(&path, "rope.scaling.type")? {
        None | Some("none" | "linear" | "yarn" | "longrope") => Ok(()),
        Some(_) => Err(GgufError::RopeScaling),
    }
}

/// The attention heads, one number a layer.
struct Heads {
    count: Vec<u32>,
    count_kv: Vec<u32>,
    key_length: u32,
    value_length: u32,
}

impl Heads {
    fn read(keys: &Keys<'_>, layers: u32, embedding: u32) -> Result<Self, GgufError> {
        let Some(count) = keys.per_layer("attention.head_count", layers)? else {
            return if recurrent(keys.architecture) {
                Ok(Self { count: Vec::new(), count_kv: Vec::new(), key_length: 0, value_length: 0 })
            } else {
                Err(GgufError::MissingKey("attention.head_count"))
            };
        };
        let count_kv = keys.per_layer("attention.head_count_kv", layers)?;
        let count_kv = count_kv.unwrap_or_else(|| count.clone());
        let most = count.iter().copied().max().unwrap_or(0);
        if recurrent(keys.architecture) && most == 0 {
            return Ok(Self { count, count_kv, key_length: 0, value_length: 0 });
        }
        let uneven = |(q, kv): (&u32, &u32)| *kv > *q || (*kv > 0 && *q % *kv != 0);
        let none = most == 0 || count_kv.iter().all(|n| *n == 0);
        if none || most > embedding || count.iter().zip(&count_kv).any(uneven) {
            return Err(GgufError::Heads);
        }
        let usual = embedding / count.first().copied().filter(|n| *n > 0).unwrap_or(most);
        let key_length = keys.number("attention.key_length")?.unwrap_or(usual);
        let value_length = keys.number("attention.value_length")?.unwrap_or(usual);
        if key_length == 0 || value_length == 0 || key_length > 1 << 16 || value_length > 1 << 16 {
            return Err(GgufError::Heads);
        }
        rope_dimension(keys, key_length, value_length)?;
        Ok(Self { count, count_kv, key_length, value_length })
    }

    /// Of an f16 cache over all layers.
    fn kv_bytes_per_token(&self) -> u64 {
        let width = u64::from(self.key_length) + u64::from(self.value_length);
        self.count_kv.iter().map(|heads| u64::from(*heads) * width * 2).sum()
    }
}

fn rope_dimension(keys: &Keys<'_>, key: u32, value: u32) -> Result<(), GgufError> {
    let named = keys.number("rope.dimension_count")?;
    let turned = named.unwrap_or(key);
    if equal_rope(keys.architecture) {
        // Here llama.cpp asserts that positions turn the whole head.
        let sound = turned == key && value == key && key.is_multiple_of(2);
        return if sound { Ok(()) } else { Err(GgufError::RopeDimension) };
    }
    match named {
        Some(n) if n % 2 != 0 => Err(GgufError::RopeDimension),
        _ => Ok(()),
    }
}
