//! A complete language model of some hundred kilobytes, with weights that are random or that speak a
//! script. What is not here: sense; what it says is what the test wrote.

use std::fs;
use std::io;
use std::path::Path;

use super::file::{Gguf, Value};
use super::kinds::Kind;
use super::vocabulary::{ASSISTANT, END, TEMPLATE, Vocabulary};
use super::weights::{Builder, Noise};

/// How llama.cpp counts the way of models that rank.
const RANK: u32 = 4;

pub(super) const WIDTH: usize = 64;
pub(super) const HEADS: u32 = 4;
pub(super) const HEADS_KV: u32 = 2;
pub(super) const INNER: usize = 128;

/// What the weights do.
#[derive(Clone, Debug)]
enum Weights {
    /// Seeded noise: every token depends on all before it, as in a real model.
    Random,
    /// After `<|assistant|>` come these pieces, then the end or the first piece again.
    Script { pieces: Vec<Vec<u8>>, endless: bool },
    /// After a word comes the next one, or the one after that: how strongly either.
    Words { count: usize, strengths: [f32; 2] },
}

/// A llama model of two layers, with a byte-level vocabulary and a chat template.
#[derive(Clone, Debug)]
pub struct TinyModel {
    weights: Weights,
    kind: Kind,
    layers: u32,
    context_length: u32,
    seed: u64,
    half: bool,
    template: Option<String>,
    pooling: Option<u32>,
}

impl TinyModel {
    fn with(weights: Weights) -> Self {
        let template = Some(TEMPLATE.to_owned());
        let kind = Kind::Attention;
        let layers = kind.layers();
        let (context_length, pooling) = (4096, None);
        Self { weights, kind, layers, context_length, seed: 1, half: false, template, pooling }
    }

    /// Random weights.
    #[must_use]
    pub fn random() -> Self {
        Self::with(Weights::Random)
    }

    /// Random weights in layers of this kind.
    #[must_use]
    pub fn of_kind(kind: Kind) -> Self {
        Self { kind, layers: kind.layers(), ..Self::random() }
    }

    /// Answers any chat with these pieces, one token each, and ends. No piece may come twice: what
    /// follows a token depends on that token alone.
    #[must_use]
    pub fn scripted(pieces: &[&str]) -> Self {
        let bytes: Vec<_> = pieces.iter().map(|piece| piece.as_bytes()).collect();
        Self::scripted_bytes(&bytes)
    }

    /// The same with pieces that need not be whole UTF-8.
    ///
    /// # Panics
    /// Where a piece is empty or comes twice.
    #[must_use]
    pub fn scripted_bytes(pieces: &[&[u8]]) -> Self {
        let mut sorted = pieces.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let sound = sorted.len() == pieces.len() && !sorted.contains(&&[][..]);
        assert!(sound, "a script needs pieces that are not empty and differ from each other");
        let pieces = pieces.iter().map(|piece| piece.to_vec()).collect();
        Self::with(Weights::Script { pieces, endless: false })
    }

    /// Says [`TinyModel::word`] after word, forever: it begins with the first, and after the last
    /// comes the first again, whatever the prompt says. A text that a test writes of the same words is read as the same
    /// tokens, so that a test decides how often a guess from it is right.
    #[must_use]
    pub fn successor(count: usize) -> Self {
        Self::with(Weights::Words { count, strengths: [1.0, 0.0] })
    }

    /// As [`TinyModel::successor`], but the word after the next is nearly as likely, and others are
    /// not impossible: what comes depends on the last word and on luck.
    #[must_use]
    pub fn branching(count: usize) -> Self {
        Self::with(Weights::Words { count, strengths: [0.1, 0.095] })
    }

    /// A word of the models of words, with the space before it.
    #[must_use]
    pub fn word(number: usize) -> String {
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        [' ', letter(number / 676), letter(number / 26), letter(number)].iter().collect()
    }

    /// Begins its script again instead of ending; only `max_tokens`, a stop text, the context or a
    /// cancel ends its answer.
    #[must_use]
    pub fn endless(mut self) -> Self {
        if let Weights::Script { endless, .. } = &mut self.weights {
            *endless = true;
        }
        self
    }

    /// More layers make it slower, for tests that must catch it at work.
    #[must_use]
    pub fn layers(mut self, layers: u32) -> Self {
        self.layers = layers;
        self
    }

    /// The context that it says it was trained on.
    #[must_use]
    pub fn context_length(mut self, tokens: u32) -> Self {
        self.context_length = tokens;
        self
    }

    /// Another seed gives other random weights.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Matrices of 16 bits instead of 32.
    #[must_use]
    pub fn half(mut self) -> Self {
        self.half = true;
        self
    }

    /// Says how the vectors of tokens become that of a text, as llama.cpp counts the ways; a model that ranks
    /// gets what makes a score of them.
    #[must_use]
    pub fn pooling(mut self, way: u32) -> Self {
        self.pooling = Some(way);
        self
    }

    /// Another chat template, or none.
    #[must_use]
    pub fn template(mut self, source: Option<&str>) -> Self {
        self.template = source.map(str::to_owned);
        self
    }

    /// The file in parts, for those who want to break it.
    #[must_use]
    pub fn gguf(&self) -> Gguf {
        let mut vocabulary = Vocabulary::new();
        let follows = self.follows(&mut vocabulary);
        let mut file = Gguf::new();
        self.entries(&mut file, &vocabulary);
        let mut weights = Builder { noise: Noise(self.seed), half: self.half, out: &mut file };
        let scripted = !matches!(self.weights, Weights::Random);
        let shape = (self.kind, self.context_length as usize);
        weights.embedding(shape, vocabulary.texts.len(), &follows, scripted);
        if self.pooling == Some(RANK) {
            weights.classifier();
        }
        for layer in 0..self.layers {
            match self.kind {
                Kind::Attention => weights.layer(layer, scripted),
                kind => weights.layer_of(kind, layer),
            }
        }
        file
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.gguf().to_bytes()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, self.to_bytes())
    }

    /// Pairs of tokens that follow each other, and how strongly.
    fn follows(&self, vocabulary: &mut Vocabulary) -> Vec<(usize, usize, f32)> {
        let (pieces, endless) = match &self.weights {
            Weights::Random => return Vec::new(),
            Weights::Words { count, strengths } => return words(vocabulary, *count, *strengths),
            Weights::Script { pieces, endless } => (pieces, endless),
        };
        let ids: Vec<_> = pieces.iter().map(|piece| vocabulary.piece(piece)).collect();
        let end = vocabulary.mark(END);
        let first = ids.first().copied().unwrap_or(end);
        let last = if *endless { first } else { end };
        let chain: Vec<_> =
            [vocabulary.mark(ASSISTANT)].into_iter().chain(ids).chain([last]).collect();
        chain.windows(2).map(|pair| (pair[0], pair[1], 1.0)).collect()
    }

    fn entries(&self, file: &mut Gguf, vocabulary: &Vocabulary) {
        let text = |words: &str| Value::Text(words.to_owned());
        let architecture = self.kind.architecture();
        let key = |name: &str| format!("{architecture}.{name}");
        file.set("general.architecture", text(architecture));
        file.set("general.name", text("Tiny"));
        file.set("general.license", text("apache-2.0"));
        file.set("general.file_type", Value::U32(u32::from(self.half)));
        file.set(&key("block_count"), Value::U32(self.layers));
        file.set(&key("context_length"), Value::U32(self.context_length));
        file.set(&key("embedding_length"), Value::U32(WIDTH as u32));
        file.set(&key("feed_forward_length"), Value::U32(INNER as u32));
        self.kind.entries(file, self.layers);
        if let Some(way) = self.pooling {
            file.set(&key("pooling_type"), Value::U32(way));
        }
        file.set("tokenizer.ggml.model", text("gpt2"));
        // Only this kind reads a whole word as one token where there are no rules of merging.
        let words = matches!(self.weights, Weights::Words { .. });
        file.set("tokenizer.ggml.pre", text(if words { "llama-bpe" } else { "gpt-2" }));
        file.set("tokenizer.ggml.tokens", Value::Texts(vocabulary.texts.clone()));
        file.set("tokenizer.ggml.token_type", Value::I32s(vocabulary.kinds.clone()));
        file.set("tokenizer.ggml.merges", Value::Texts(Vec::new()));
        file.set("tokenizer.ggml.bos_token_id", Value::U32(0));
        file.set("tokenizer.ggml.eos_token_id", Value::U32(1));
        file.set("tokenizer.ggml.add_bos_token", Value::Bool(false));
        if let Some(source) = &self.template {
            file.set("tokenizer.chat_template", text(source));
        }
    }
}

/// Words that follow each other in a ring, begun by the mark of an answer.
fn words(
    vocabulary: &mut Vocabulary,
    count: usize,
    strengths: [f32; 2],
) -> Vec<(usize, usize, f32)> {
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        ids.push(vocabulary.piece(TinyModel::word(number).as_bytes()));
    }
    let mut pairs = vec![(vocabulary.mark(ASSISTANT), ids[0], 1.0)];
    for (at, id) in ids.iter().enumerate() {
        for (ahead, strength) in (1..).zip(strengths) {
            pairs.push((*id, ids[(at + ahead) % count], strength));
        }
    }
    pairs
}
