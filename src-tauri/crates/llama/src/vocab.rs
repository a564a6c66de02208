//! Words to tokens and back. What is not here: whole UTF-8 out of pieces; the engine puts bytes
//! together until they are text.

use std::ffi::c_char;

use crate::model::Model;
use crate::{Error, ffi};

/// A word, or part of one, as the model counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub i32);

/// Pieces are short; longer ones are asked for twice.
const USUAL_PIECE: usize = 64;

/// What stands around two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairMarks {
    /// Before the first.
    pub before: Vec<Token>,
    /// Between them.
    pub between: Vec<Token>,
    /// Behind the second.
    pub behind: Vec<Token>,
}

impl Model {
    /// Cuts a text into tokens. `add_special` adds what the model wants around every text,
    /// `parse_special` reads marks such as `<|im_start|>` as tokens: never for a person's text.
    ///
    /// # Errors
    /// [`Error::TextTooLong`], or what the shim reports.
    pub fn tokenize(
        &self,
        text: &str,
        add_special: bool,
        parse_special: bool,
    ) -> Result<Vec<Token>, Error> {
        let len = i32::try_from(text.len()).map_err(|_| Error::TextTooLong)?;
        let mut tokens = vec![0i32; text.len() / 2 + 16];
        let mut got = self.tokenize_into(text, len, add_special, parse_special, &mut tokens)?;
        if got < 0 {
            let needed = got.checked_neg().ok_or(Error::TextTooLong)?;
            tokens.resize(usize::try_from(needed).unwrap_or_default(), 0);
            got = self.tokenize_into(text, len, add_special, parse_special, &mut tokens)?;
        }
        let count = usize::try_from(got).map_err(|_| Error::Refused { call: "tokenize" })?;
        tokens.truncate(count);
        Ok(tokens.into_iter().map(Token).collect())
    }

    fn tokenize_into(
        &self,
        text: &str,
        len: i32,
        add_special: bool,
        parse_special: bool,
        tokens: &mut [i32],
    ) -> Result<i32, Error> {
        let capacity = i32::try_from(tokens.len()).map_err(|_| Error::TextTooLong)?;
        let mut got = 0;
        ffi::call_quietly("tokenize", |st| {
            // SAFETY: text and tokens live during the call and have the lengths given with them.
            unsafe {
                ffi::hs_tokenize(
                    st,
                    self.raw(),
                    text.as_ptr().cast(),
                    len,
                    i32::from(add_special),
                    i32::from(parse_special),
                    tokens.as_mut_ptr(),
                    capacity,
                    &raw mut got,
                );
            }
        })?;
        Ok(got)
    }

    /// The bytes of a token: part of a text, not always whole UTF-8. Marks are empty unless `special`.
    /// A token outside the vocabulary has no bytes.
    #[must_use]
    pub fn piece(&self, token: Token, special: bool) -> Vec<u8> {
        if !self.has(token) {
            return Vec::new();
        }
        let mut bytes = vec![0u8; USUAL_PIECE];
        let mut got = self.piece_into(token, special, &mut bytes);
        if got < 0 {
            bytes.resize(usize::try_from(got.unsigned_abs()).unwrap_or_default(), 0);
            got = self.piece_into(token, special, &mut bytes);
        }
        bytes.truncate(usize::try_from(got).unwrap_or_default());
        bytes
    }

    fn piece_into(&self, token: Token, special: bool, bytes: &mut [u8]) -> i32 {
        let capacity = i32::try_from(bytes.len()).unwrap_or_default();
        let mut got = 0;
        let done = ffi::call_quietly("piece", |st| {
            // SAFETY: the buffer lives during the call and has the length given with it.
            unsafe {
                ffi::hs_piece(
                    st,
                    self.raw(),
                    token.0,
                    i32::from(special),
                    bytes.as_mut_ptr().cast::<c_char>(),
                    capacity,
                    &raw mut got,
                );
            }
        });
        if done.is_ok() { got } else { 0 }
    }

    /// Whether the token ends an answer.
    #[must_use]
    pub fn is_eog(&self, token: Token) -> bool {
        if !self.has(token) {
            return false;
        }
        let mut eog = 0;
        let done = ffi::call_quietly("is_eog", |st| {
            // SAFETY: the token is in the vocabulary; the number lives during the call.
            unsafe { ffi::hs_is_eog(st, self.raw(), token.0, &raw mut eog) };
        });
        done.is_ok() && eog != 0
    }

    /// Whether the token is in the vocabulary.
    #[must_use]
    pub fn has(&self, token: Token) -> bool {
        (0..self.facts().n_vocab).contains(&token.0)
    }

    /// The token that begins a text, if the model has one.
    #[must_use]
    pub fn bos(&self) -> Option<Token> {
        Some(Token(self.facts().bos)).filter(|token| self.has(*token))
    }

    /// The token that ends a text, if the model has one.
    #[must_use]
    pub fn eos(&self) -> Option<Token> {
        Some(Token(self.facts().eos)).filter(|token| self.has(*token))
    }

    /// Whether `add_special` puts [`Model::bos`] in front.
    #[must_use]
    pub fn adds_bos(&self) -> bool {
        self.facts().add_bos != 0
    }

    /// What stands around a question and a text whose answer to it is to be rated: what the file's own template
    /// says, else the marks of the vocabulary (as llama.cpp's server puts them).
    ///
    /// # Errors
    /// [`Error::TemplateInvalid`] for a template without the two texts, or with the text first; what tokenising
    /// reports.
    pub fn pair_marks(&self) -> Result<PairMarks, Error> {
        if let Some(template) = &self.header().rank_template {
            let (before, rest) = template.split_once("{query}").ok_or(Error::TemplateInvalid)?;
            let (between, behind) = rest.split_once("{document}").ok_or(Error::TemplateInvalid)?;
            let marks = |text| self.tokenize(text, false, true);
            let (before, between) = (marks(before)?, marks(between)?);
            return Ok(PairMarks { before, between, behind: marks(behind)? });
        }
        let facts = self.facts();
        let known = |id: i32| Some(Token(id)).filter(|token| self.has(*token));
        let end = known(facts.eos).or(known(facts.sep)).filter(|_| facts.add_eos != 0);
        let sep = known(facts.sep).filter(|_| facts.add_sep != 0);
        Ok(PairMarks {
            before: self.bos().filter(|_| self.adds_bos()).into_iter().collect(),
            between: end.into_iter().chain(sep).collect(),
            behind: end.into_iter().collect(),
        })
    }

    /// Tokens in the vocabulary.
    #[must_use]
    pub fn vocab_size(&self) -> usize {
        usize::try_from(self.facts().n_vocab).unwrap_or_default()
    }
}
