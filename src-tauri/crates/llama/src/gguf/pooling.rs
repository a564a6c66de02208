//! What a model is for: one whose file says how the vectors of tokens become that of a text is an
//! encoder, and writes no answers.

use super::{GgufError, tensors::Tensors, value::Entries};

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
    Rank,
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
            // Without the weights llama.cpp would take some number of the vector for the score.
            Some(4) if tensors.classifier => Ok(Some(Self::Rank)),
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
            Self::Rank => 4,
        }
    }
}
