//! What may come next in an answer of a given form: JSON by a schema (llguidance) or a grammar (GBNF).

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use hearth_llama::Token;
use llguidance::{
    Matcher as SchemaMatcher,
    api::TopLevelGrammar,
    toktrie::{SimpleVob, TokenId},
};
use serde_json::{Value, json};

use super::{
    gbnf::{self, Automaton, Fault},
    limits,
    vocabulary::{Vocabulary, token},
};
use crate::Error;

/// Compiling may take this long; a form that an honest caller writes takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two parts of JSON: a model may lay it out, but not write blanks without end.
const WHITE_SPACE: &str = r"[\x20\x0A\x0D\x09]{1,32}";
/// Libraries call themselves to the depth that [`limits`] leaves.
const STACK: usize = 16 << 20;

/// A form, before it is compiled.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// JSON that fits the schema.
    Schema(Value),
    /// What the grammar derives; of which this much is there already.
    Grammar {
        /// The grammar.
        text: String,
        /// The beginning that the prompt has.
        begun: String,
    },
}

impl Form {
    /// Any JSON object.
    pub(crate) fn object() -> Self {
        Self::Schema(json!({"type": "object"}))
    }

    /// What a grammar of the caller derives.
    pub(crate) fn grammar(text: &str) -> Self {
        Self::Grammar { text: text.to_owned(), begun: String::new() }
    }

    /// JSON that fits a schema written in JSON.
    pub(crate) fn schema(text: &str) -> Result<Self, Error> {
        limits::schema(text).map(Self::Schema)
    }
}

enum Inner {
    Schema(Box<SchemaMatcher>),
    Grammar(Box<gbnf::Matcher>),
}

/// A compiled form and how far the answer has come in it.
pub(crate) struct Constraint {
    vocabulary: Arc<Vocabulary>,
    inner: Inner,
}

impl Constraint {
    /// Compiles a form, in a thread of its own that is given up where it takes too long.
    pub(crate) fn compile(vocabulary: &Arc<Vocabulary>, form: Form) -> Result<Self, Error> {
        let (tell, told) = mpsc::channel();
        let theirs = Arc::clone(vocabulary);
        thread::Builder::new()
            .name("hearth-forms".into())
            .stack_size(STACK)
            .spawn(move || {
                let _ = tell.send(Inner::compile(&theirs, form));
            })
            .map_err(|_| Error::NoThread)?;
        // A sender that is gone without a word panicked.
        let inner = told.recv_timeout(PATIENCE).map_err(|_| Error::StructureTooComplex)??;
        Ok(Self { vocabulary: Arc::clone(vocabulary), inner })
    }

    /// Whether a token may come.
    pub(crate) fn admits(&mut self, token: Token) -> Result<bool, Error> {
        if self.vocabulary.is_end(token) {
            return self.may_end();
        }
        match &mut self.inner {
            Inner::Schema(matcher) if matcher.is_stopped() => Ok(false),
            Inner::Schema(matcher) => {
                let asked = [id(token)];
                Ok(matcher.validate_tokens(&asked).map_err(|_| Error::StructureDeadEnd)? == 1)
            }
            Inner::Grammar(matcher) => {
                matcher.admits(&self.vocabulary.bytes(token)).map_err(beyond)
            }
        }
    }

    /// A bit for each token that may come.
    pub(crate) fn mask(&mut self) -> Result<SimpleVob, Error> {
        let vocabulary = Arc::clone(&self.vocabulary);
        let mut mask = match &mut self.inner {
            Inner::Schema(matcher) if matcher.is_stopped() => vocabulary.trie().alloc_token_set(),
            Inner::Schema(matcher) => {
                matcher.compute_mask().map_err(|_| Error::StructureDeadEnd)?
            }
            Inner::Grammar(matcher) => grammar_mask(matcher, &vocabulary)?,
        };
        let ends = self.may_end()?;
        for end in vocabulary.ends() {
            mask.set(*end as usize, ends);
        }
        Ok(mask)
    }

    fn may_end(&mut self) -> Result<bool, Error> {
        match &mut self.inner {
            Inner::Schema(matcher) if matcher.is_stopped() => Ok(!matcher.is_error()),
            Inner::Schema(matcher) => matcher.is_accepting().map_err(|_| Error::StructureDeadEnd),
            Inner::Grammar(matcher) => Ok(matcher.may_end()),
        }
    }

    /// Whether the answer is whole and nothing can follow.
    pub(crate) fn is_complete(&self) -> bool {
        match &self.inner {
            Inner::Schema(matcher) => matcher.is_stopped() && !matcher.is_error(),
            Inner::Grammar(matcher) => matcher.may_end() && matcher.must_end(),
        }
    }

    /// Takes a token that may come.
    pub(crate) fn accept(&mut self, token: Token) -> Result<(), Error> {
        match &mut self.inner {
            Inner::Schema(matcher) => {
                matcher.consume_token(id(token)).map_err(|_| Error::StructureDeadEnd)
            }
            Inner::Grammar(matcher) => {
                let bytes = self.vocabulary.bytes(token);
                if matcher.push(&bytes).map_err(beyond)? {
                    Ok(())
                } else {
                    Err(Error::StructureDeadEnd)
                }
            }
        }
    }

    /// Takes text that was written before the form was in force; `false` where it does not follow.
    pub(crate) fn take_text(&mut self, text: &[u8]) -> Result<bool, Error> {
        match &mut self.inner {
            Inner::Schema(matcher) => {
                let tokens = self.vocabulary.trie().greedy_tokenize(text);
                let taken = matcher.try_consume_tokens(&tokens);
                Ok(taken.map_err(|_| Error::StructureDeadEnd)? == tokens.len())
            }
            Inner::Grammar(matcher) => matcher.push(text).map_err(beyond),
        }
    }

    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }
}

impl Inner {
    fn compile(vocabulary: &Vocabulary, form: Form) -> Result<Self, Error> {
        match form {
            Form::Schema(mut schema) => {
                if let Some(fields) = schema.as_object_mut() {
                    fields.insert(
                        "x-guidance".into(),
                        json!({
                            "whitespace_pattern": WHITE_SPACE, "coerce_one_of": true,
                        }),
                    );
                }
                let grammar = TopLevelGrammar::from_json_schema(schema);
                let matcher = SchemaMatcher::new(vocabulary.factory.create_parser(grammar));
                if matcher.is_error() {
                    return Err(Error::StructureInvalid);
                }
                Ok(Self::Schema(Box::new(matcher)))
            }
            Form::Grammar { text, begun } => {
                let mark = |number| {
                    let bytes = vocabulary.bytes(token(number));
                    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
                };
                let rules = gbnf::parse(&text, mark).map_err(refused)?;
                let mut matcher = gbnf::Matcher::new(Automaton::new(&rules).map_err(refused)?);
                // Most grammars of templates begin with what the prompt has of the answer; one that
                // does not begins behind it.
                if !begun.is_empty() {
                    matcher.push(begun.as_bytes()).map_err(refused)?;
                }
                Ok(Self::Grammar(Box::new(matcher)))
            }
        }
    }
}

fn grammar_mask(matcher: &mut gbnf::Matcher, vocabulary: &Vocabulary) -> Result<SimpleVob, Error> {
    let trie = vocabulary.trie();
    let mut mask = trie.alloc_token_set();
    let mut walker = matcher.walker();
    trie.add_bias(&mut walker, &mut mask, &[]);
    if let Some(fault) = walker.fault {
        return Err(beyond(fault));
    }
    for (mark, bytes) in vocabulary.marks() {
        if matcher.admits(bytes).map_err(beyond)? {
            mask.allow_token(*mark);
        }
    }
    Ok(mask)
}

fn id(token: Token) -> TokenId {
    TokenId::try_from(token.0).unwrap_or(TokenId::MAX)
}

/// Why a grammar is not taken.
fn refused(fault: Fault) -> Error {
    match fault {
        Fault::TooComplex => Error::StructureTooComplex,
        Fault::Notation | Fault::Missing | Fault::LeftRecursion => Error::StructureInvalid,
    }
}

/// A limit that an answer reached while it was written.
fn beyond(_: Fault) -> Error {
    Error::StructureDeadEnd
}
