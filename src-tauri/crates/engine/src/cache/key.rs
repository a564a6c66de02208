//! Names of what is kept: a chain of hashes over the model, the caller and the tokens.
//!
//! A name says everything that the state of a sequence depends on, so that what is found under it is
//! what would be computed, or nothing. It tells nobody the tokens. Not here: what is kept.

use std::{fmt, fs::File, io::Read, os, path::Path, time::UNIX_EPOCH};

use hearth_domain::Caller;
use hearth_llama::Token;
use sha2::{Digest, Sha256};

/// Tokens of one block.
pub(crate) const BLOCK: usize = 256;

/// Changes where the meaning of the bytes does. What llama.cpp writes carries no version: its build
/// is part of every name.
const FORM: &[u8] = b"hearth kv 1";

/// Pieces of a model's file that are looked at, and the bytes of each.
const SAMPLES: u64 = 64;
const SAMPLE: usize = 4096;
/// Bytes of its beginning, where the header is.
const BEGINNING: u64 = 1 << 20;

/// Names a state: what was read up to its end, by which model, for whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockKey([u8; 32]);

impl BlockKey {
    /// Of a model that cannot be told from others.
    pub(crate) const NONE: Self = Self([0; 32]);

    /// Its bytes, for a store.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key that a store kept.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    fn then(self, tokens: &[Token]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        for token in tokens {
            hash.update(token.0.to_le_bytes());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockKey(…)")
    }
}

/// Names a model with everything about its context that the bytes of a state depend on.
pub type Fingerprint = BlockKey;

/// The fingerprint of a file: its size, its time, its beginning and samples of the rest. Reading all
/// of some gigabytes at each load would cost more than the cache saves; a file that was changed in
/// place has another time. `shape` is what the context adds.
pub(crate) fn fingerprint(path: &Path, shape: &[u8]) -> Option<Fingerprint> {
    let mut file = File::open(path).ok()?;
    let meta = file.metadata().ok()?;
    let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    let mut hash = Sha256::new();
    let mut beginning = Vec::new();
    Read::by_ref(&mut file).take(BEGINNING).read_to_end(&mut beginning).ok()?;
    hash.update(&beginning);
    let mut sample = [0; SAMPLE];
    for at in 0..SAMPLES {
        let start = meta.len().saturating_sub(SAMPLE as u64) / SAMPLES * at;
        let read = read_at(&file, &mut sample, start).ok()?;
        hash.update(&sample[..read]);
    }
    let samples: [u8; 32] = hash.finalize().into();
    let (size, changed) = (meta.len().to_le_bytes(), changed.to_le_bytes());
    Some(BlockKey::of([
        FORM,
        hearth_llama::BUILD.as_bytes(),
        &size[..],
        &changed[..],
        &samples[..],
        shape,
    ]))
}

#[cfg(unix)]
fn read_at(file: &File, to: &mut [u8], start: u64) -> std::io::Result<usize> {
    os::unix::fs::FileExt::read_at(file, to, start)
}

#[cfg(windows)]
fn read_at(file: &File, to: &mut [u8], start: u64) -> std::io::Result<usize> {
    os::windows::fs::FileExt::seek_read(file, to, start)
}

/// For whom a sequence was read. Nothing of one scope is shared with another: how fast an answer
/// begins must not tell one caller what another asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope(BlockKey);

impl Scope {
    /// The scope of a caller of this model.
    pub(crate) fn new(model: Fingerprint, caller: &Caller) -> Self {
        let (kind, name) = match caller {
            Caller::Person => (&b"person"[..], ""),
            Caller::Key(name) => (&b"key"[..], name.as_str()),
        };
        Self(BlockKey::of([&model.0[..], kind, name.as_bytes()]))
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scope(…)")
    }
}

/// The names of all beginnings of a prompt.
pub(crate) struct Chain<'a> {
    tokens: &'a [Token],
    /// The name of the first 0, 256, 512, … tokens.
    whole: Vec<BlockKey>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(scope: Scope, tokens: &'a [Token]) -> Self {
        let mut whole = Vec::with_capacity(tokens.len() / BLOCK + 1);
        whole.push(scope.0);
        for block in tokens.chunks_exact(BLOCK) {
            let last = whole[whole.len() - 1];
            whole.push(last.then(block));
        }
        Self { tokens, whole }
    }

    /// Tokens of the whole prompt.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The name of the first `end` tokens; `None` where there are fewer.
    pub(crate) fn at(&self, end: usize) -> Option<BlockKey> {
        let before = *self.whole.get(end / BLOCK)?;
        let rest = self.tokens.get(end - end % BLOCK..end)?;
        Some(if rest.is_empty() { before } else { before.then(rest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(n: i32) -> Vec<Token> {
        (0..n).map(Token).collect()
    }

    fn model(name: &[u8]) -> Fingerprint {
        BlockKey::of([name])
    }

    fn person() -> Scope {
        Scope::new(model(b"m"), &Caller::Person)
    }

    #[test]
    fn a_beginning_has_one_name_whatever_follows_it() {
        let (short, long) = (tokens(600), tokens(900));
        let (short, long) = (Chain::new(person(), &short), Chain::new(person(), &long));
        for end in [0, 1, 255, 256, 257, 512, 600] {
            assert_eq!(short.at(end), long.at(end), "{end}");
        }
        assert_eq!(short.at(601), None);
        assert!(long.at(601).is_some() && long.at(900).is_some() && long.at(901).is_none());
    }

    #[test]
    fn another_token_anywhere_before_gives_another_name() {
        let one = tokens(600);
        let mut two = one.clone();
        two[3] = Token(77);
        let (one, two) = (Chain::new(person(), &one), Chain::new(person(), &two));
        assert_eq!(one.at(3), two.at(3));
        for end in [4, 256, 512, 600] {
            assert_ne!(one.at(end), two.at(end), "{end}");
        }
    }

    #[test]
    fn callers_and_models_have_names_of_their_own() {
        let tokens = tokens(300);
        let name = |model: Fingerprint, caller: &Caller| {
            Chain::new(Scope::new(model, caller), &tokens).at(300)
        };
        let keys = [Caller::Key("a".into()), Caller::Key("b".into()), Caller::Key(String::new())];
        let mut names =
            vec![name(model(b"m"), &Caller::Person), name(model(b"n"), &Caller::Person)];
        names.extend(keys.iter().map(|key| name(model(b"m"), key)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn a_changed_file_or_shape_is_another_model() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.gguf");
        let mut bytes = vec![7; 3 << 20];
        std::fs::write(&path, &bytes).unwrap();
        let first = fingerprint(&path, b"f16").unwrap();
        assert_eq!(fingerprint(&path, b"f16"), Some(first));
        assert_ne!(fingerprint(&path, b"q8_0"), Some(first));
        bytes[10] = 8;
        std::fs::write(&path, &bytes).unwrap();
        assert_ne!(fingerprint(&path, b"f16"), Some(first));
        assert_eq!(fingerprint(&folder.path().join("none"), b""), None);
    }
}
