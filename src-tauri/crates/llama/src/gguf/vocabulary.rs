//! The vocabulary: lists of equal length, tokens that differ, special tokens that exist. What is not
//! here: the merges, which llama.cpp checks cleanly.

use super::GgufError;
use super::value::{Entries, TOKENS, Value};

/// Tokenisers that this llama.cpp knows. Those without words cannot chat.
const KNOWN: &[&str] =
    &["llama", "bert", "gpt2", "hybriddna", "whitespace", "t5", "rwkv", "plamo2", "gemma4"];

/// A chat template longer than this is no template.
const LONGEST_TEMPLATE: usize = 1 << 20;

const SPECIAL: &[&str] = &[
    "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.eos_token_id",
    "tokenizer.ggml.eot_token_id",
    "tokenizer.ggml.eom_token_id",
    "tokenizer.ggml.unknown_token_id",
    "tokenizer.ggml.seperator_token_id",
    "tokenizer.ggml.padding_token_id",
    "tokenizer.ggml.cls_token_id",
    "tokenizer.ggml.mask_token_id",
    "tokenizer.ggml.fim_pre_token_id",
    "tokenizer.ggml.fim_suf_token_id",
    "tokenizer.ggml.fim_mid_token_id",
    "tokenizer.ggml.fim_pad_token_id",
    "tokenizer.ggml.fim_rep_token_id",
    "tokenizer.ggml.fim_sep_token_id",
    "tokenizer.ggml.prefix_token_id",
    "tokenizer.ggml.suffix_token_id",
    "tokenizer.ggml.middle_token_id",
];

/// Checks the vocabulary and counts it.
pub(super) fn size(entries: &Entries) -> Result<u32, GgufError> {
    let model = entries.text("tokenizer.ggml.model", "tokenizer.ggml.model")?;
    let model = model.ok_or(GgufError::MissingKey("tokenizer.ggml.model"))?;
    if !KNOWN.contains(&model) {
        return Err(GgufError::Tokenizer);
    }
    let tokens = entries.list(TOKENS, TOKENS)?.ok_or(GgufError::MissingKey(TOKENS))?;
    if !tokens.texts {
        return Err(GgufError::WrongType(TOKENS));
    }
    if tokens.len == 0 {
        return Err(GgufError::TokenLists);
    }
    if tokens.repeats {
        return Err(GgufError::DuplicateToken);
    }
    for name in ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"] {
        if let Some(list) = entries.list(name, name)?
            && (list.len != tokens.len || list.texts)
        {
            return Err(GgufError::TokenLists);
        }
    }
    let count = u32::try_from(tokens.len).map_err(|_| GgufError::OutOfRange(TOKENS))?;
    for name in SPECIAL {
        // -1 is written for "none" by some, as the largest number of 32 bits.
        match entries.get(name) {
            None => {}
            Some(Value::Int(id)) if (0..i128::from(count)).contains(id) => {}
            Some(Value::Int(id)) if *id == -1 || *id == i128::from(u32::MAX) => {}
            Some(Value::Int(_)) => return Err(GgufError::SpecialToken),
            Some(_) => return Err(GgufError::WrongType(name)),
        }
    }
    Ok(count)
}

/// A template, if there is one. Some files hold several as a list; those count as none.
pub(super) fn template(entries: &Entries, key: &str) -> Result<Option<String>, GgufError> {
    match entries.get(key) {
        Some(Value::Text(bytes)) if bytes.is_empty() => Ok(None),
        Some(Value::Text(bytes)) if bytes.len() <= LONGEST_TEMPLATE => {
            let text = std::str::from_utf8(bytes).map_err(|_| GgufError::Template)?;
            Ok(Some(text.to_owned()))
        }
        Some(Value::Text(_)) => Err(GgufError::Template),
        _ => Ok(None),
    }
}
