//! What a model is for: one whose file says how the vectors of tokens become that of a text is an
//! encoder, and writes no answers.

use super::{GgufError, tensors::Tensors, value::Entries};

/// A layer of its own that ends in scores.
const CLASSES: &str = "cls.output.weight";
/// A layer before that one; in one family the last.
const CLASS: &str = "cls.weight";
/// All tensors that make a score of a text somewhere.
pub(super) const CLASSIFIERS: [&str; 2] = [CLASSES, CLASS];

/// Families of which llama.cpp makes a score of a text (`llama_model_*::load_arch_tensors`, `build_pooling`): the
/// tensor that does it, and how many numbers come of it. Two are yes and no, which it weighs against each other.
const RANKERS: [(&str, &str, u32); 6] = [
    ("bert", CLASSES, 1),
    ("modern-bert", CLASSES, 1),
    ("neo-bert", CLASSES, 1),
    ("jina-bert-v2", CLASS, 1),
    ("qwen3", CLASSES, 2),
    ("qwen3vl", CLASSES, 2),
];

/// Families whose models only read. Where their files do not say how, it is the mean.
const ENCODERS: [&str; 11] = [
    "bert",
    "modern-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "neo-bert",
    "jina-bert-v2",
    "jina-bert-v3",
    "eurobert",
    "gemma-embedding",
    "llama-embed",
    "pangu-embedded",
];

/// How the vectors of tokens become that of a text (`llama_pooling_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// That of the first.
    First,
    /// That of the last.
    Last,
    /// A score of how well one text answers another.
    Rank {
        /// How many numbers it is made of: one, or two that are weighed against each other.
        classes: u32,
    },
}

impl Pooling {
    /// What the file says.
    pub(super) fn read(
        entries: &Entries,
        tensors: &Tensors,
        architecture: &str,
    ) -> Result<Option<Self>, GgufError> {
        let path = format!("{architecture}.pooling_type");
        match entries.number(&path, "pooling_type")? {
            Some(1) => Ok(Some(Self::Mean)),
            Some(2) => Ok(Some(Self::First)),
            Some(3) => Ok(Some(Self::Last)),
            Some(4) => match ranker(architecture) {
                Some((tensor, classes)) if tensors.classifiers.contains(&tensor) => {
                    Ok(Some(Self::Rank { classes }))
                }
                // llama.cpp would take some number of the vector for the score.
                _ => Err(GgufError::OutOfRange("pooling_type")),
            },
            None | Some(0) => Ok(ENCODERS.contains(&architecture).then_some(Self::Mean)),
            Some(_) => Err(GgufError::OutOfRange("pooling_type")),
        }
    }

    /// As llama.cpp counts them.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Mean => 1,
            Self::First => 2,
            Self::Last => 3,
            Self::Rank { .. } => 4,
        }
    }
}

/// What makes the score in a family.
fn ranker(architecture: &str) -> Option<(&'static str, u32)> {
    let found = RANKERS.iter().find(|(family, ..)| *family == architecture);
    found.map(|(_, tensor, classes)| (*tensor, *classes))
}
