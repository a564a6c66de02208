//! The vocabulary of a model as a tree of bytes, made once for each model that is asked for a form.

use std::sync::Arc;

use hearth_llama::{Model, Token};
use llguidance::{
    ParserFactory,
    earley::SlicedBiasComputer,
    toktrie::{InferenceCapabilities, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv},
};

use crate::Error;

/// A token of more bytes than this comes in no form.
const LONGEST: usize = 1024;

/// What matching needs to know of a vocabulary.
pub(crate) struct Vocabulary {
    env: Arc<Env>,
    /// Compiles schemas against it.
    pub(super) factory: ParserFactory,
    /// Tokens that end an answer.
    ends: Vec<TokenId>,
    /// Marks, which have a text but are no text.
    marks: Vec<(TokenId, Vec<u8>)>,
}

struct Env {
    trie: TokTrie,
    model: Model,
}

impl TokenizerEnv for Env {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        let text = String::from_utf8_lossy(bytes);
        let tokens = self.model.tokenize(&text, false, false).unwrap_or_default();
        tokens.into_iter().filter_map(|token| u32::try_from(token.0).ok()).collect()
    }

    fn tokenize_is_canonical(&self) -> bool {
        // Nothing is written without being sampled, so nothing is made of texts that are forced.
        false
    }
}

impl Vocabulary {
    /// Reads all tokens of a model.
    pub(crate) fn new(model: &Model) -> Result<Self, Error> {
        let size = u32::try_from(model.vocab_size()).map_err(|_| Error::StructureTooComplex)?;
        let (mut words, mut marks, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for id in 0..size {
            let token = token(id);
            if model.is_eog(token) {
                ends.push(id);
            }
            let text = model.piece(token, false);
            words.push(if text.is_empty() {
                let mark = model.piece(token, true);
                if !mark.is_empty() && mark.len() <= LONGEST && !model.is_eog(token) {
                    marks.push((id, mark.clone()));
                }
                special(id, &mark)
            } else if text.len() > LONGEST || text[0] == TokTrie::SPECIAL_TOKEN_MARKER {
                Vec::new()
            } else {
                text
            });
        }
        let end = ends.first().copied().unwrap_or(0);
        let trie = TokTrie::from(&TokRxInfo::new(size, end), &words);
        let env = Arc::new(Env { trie, model: model.clone() });
        let shared: TokEnv = Arc::clone(&env) as TokEnv;
        let slices = SlicedBiasComputer::json_slices();
        let mut factory = ParserFactory::new(&shared, InferenceCapabilities::default(), &slices)
            .map_err(|_| Error::StructureTooComplex)?;
        factory.quiet();
        factory.limits_mut().verbose_errors = false;
        Ok(Self { env, factory, ends, marks })
    }

    pub(crate) fn trie(&self) -> &TokTrie {
        &self.env.trie
    }

    pub(crate) fn ends(&self) -> &[TokenId] {
        &self.ends
    }

    pub(crate) fn marks(&self) -> &[(TokenId, Vec<u8>)] {
        &self.marks
    }

    /// The bytes of a token, those of a mark included.
    pub(crate) fn bytes(&self, token: Token) -> Vec<u8> {
        let bytes = self.env.model.piece(token, false);
        if bytes.is_empty() { self.env.model.piece(token, true) } else { bytes }
    }

    pub(crate) fn is_end(&self, token: Token) -> bool {
        self.env.model.is_eog(token)
    }
}

/// A word that no text contains: 0xff begins no character.
fn special(id: TokenId, mark: &[u8]) -> Vec<u8> {
    let mut word = vec![TokTrie::SPECIAL_TOKEN_MARKER];
    if mark.is_empty() || mark.len() > LONGEST {
        word.extend_from_slice(format!("[{id}]").as_bytes());
    } else {
        word.extend_from_slice(mark);
    }
    word
}

pub(super) fn token(id: TokenId) -> Token {
    Token(i32::try_from(id).unwrap_or(i32::MAX))
}
