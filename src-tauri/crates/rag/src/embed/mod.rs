//! Text as vectors. The trait is the seam: the bundled embedder is one, another model or a server can
//! be another. Not here: where vectors are kept (`index`) and when they are made (`app`).

mod minilm;
mod on_demand;
mod places;

pub use minilm::MiniLm;
pub use on_demand::OnDemand;
pub use places::EmbedderFiles;

/// What vectors can be compared with: only those of the same space.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Space {
    /// The model and its version, and how text is prepared for it.
    pub name: String,
    /// Numbers in a vector.
    pub dimensions: usize,
}

/// How a query looks to the embedder. It tells how far its vector can be trusted: a model that knows
/// few of the words cuts them into many pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fit {
    /// Pieces a word, signs counted as pieces.
    pub pieces_per_word: f32,
    /// The share of pieces that the model does not know at all.
    pub unknown: f32,
}

/// Makes vectors of texts.
pub trait Embedder: crate::chunk::PieceCount {
    /// The space that its vectors are of.
    fn space(&self) -> &Space;

    /// Pieces of one text that it reads; what is behind them does not count.
    fn longest(&self) -> usize;

    /// A vector of length 1 for each text, in their order. The same text gives the same vector,
    /// whatever it is embedded beside.
    ///
    /// # Errors
    /// [`EmbedError`].
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// How well the model knows the words of a text.
    fn fit(&self, text: &str) -> Fit;
}

/// Why there is no vector. Without one, search goes by words alone.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The model's files are not in the folder of models.
    #[error("the embedder is not installed")]
    ModelMissing,
    /// ONNX Runtime is not in the folder of models.
    #[error("the library that runs the embedder is not installed")]
    LibraryMissing,
    /// The library is there and cannot be loaded: another system's, or damaged.
    #[error("the library that runs the embedder cannot be loaded")]
    LibraryRefused,
    /// The model's files are damaged or of another kind.
    #[error("the embedder cannot be loaded")]
    ModelRefused(#[source] fastembed::Error),
    /// The model did not give a vector.
    #[error("the embedder failed")]
    Failed(#[source] fastembed::Error),
    /// The model gave something that is not one vector a text.
    #[error("the embedder gave no usable vector")]
    NoVector,
}
