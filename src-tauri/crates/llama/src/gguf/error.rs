//! Why a file is refused. Each sentence says what is wrong and what to do, and names neither the
//! file's path nor any text out of it. What is not here: codes for the port.

use thiserror::Error;

/// Why a GGUF file is refused before llama.cpp sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GgufError {
    /// There is no such file.
    #[error("the model's file is not there")]
    Missing,
    /// The file cannot be read.
    #[error("the model's file cannot be read; check its permissions and its drive")]
    Unreadable,
    /// It does not begin as a GGUF does.
    #[error("this file is not a GGUF model; choose a file that ends in .gguf")]
    NotGguf,
    /// A version of GGUF that is too old, too new or of the other byte order.
    #[error("this file has a version of GGUF that Hearth cannot read; get a newer copy")]
    Version,
    /// The file ends before its header does, or before its weights do.
    #[error("the model's file is cut short; get it again")]
    Truncated,
    /// The header is larger than any honest one.
    #[error("the model's header is too large to be honest; get the file from another source")]
    HeaderTooLarge,
    /// More entries than any honest file has.
    #[error("the model's header names more entries than it can hold; get the file again")]
    TooManyKeys,
    /// More tensors than any honest file has.
    #[error("the model's header names more tensors than it can hold; get the file again")]
    TooManyTensors,
    /// A text of the header is too long.
    #[error("the model's header holds a text that is too long; get the file again")]
    StringTooLong,
    /// An entry has an empty, overlong or unreadable name.
    #[error("the model's header holds an entry without a proper name; get the file again")]
    KeyName,
    /// An entry is there twice.
    #[error("the model's header holds an entry twice; get the file again")]
    DuplicateKey,
    /// An entry has a type that does not exist.
    #[error("the model's header holds an entry of an unknown type; get the file again")]
    ValueType,
    /// A list holds lists.
    #[error("the model's header holds a list of lists; get the file again")]
    NestedArray,
    /// An entry that every model has is not there.
    #[error("the model's header lacks the entry {0}; get the file from another source")]
    MissingKey(&'static str),
    /// An entry has another type than it must.
    #[error("the entry {0} of the model's header has the wrong type; get the file again")]
    WrongType(&'static str),
    /// An entry has a number that cannot be.
    #[error("the entry {0} of the model's header has an impossible number; get the file again")]
    OutOfRange(&'static str),
    /// The alignment is not a power of two.
    #[error("the model's weights have an impossible alignment; get the file again")]
    Alignment,
    /// A tensor has an empty, overlong or repeated name.
    #[error("the model's weights have names that are missing or repeated; get the file again")]
    TensorName,
    /// A tensor has an impossible shape.
    #[error("the model's weights have an impossible shape; get the file again")]
    TensorShape,
    /// A tensor has a type that does not exist.
    #[error("the model's weights have a type that Hearth does not know; get a newer Hearth")]
    TensorType,
    /// A tensor does not begin where the one before it ends.
    #[error("the model's weights overlap or have holes; get the file again")]
    TensorOffset,
    /// The model has no tensors.
    #[error("this file holds no weights; choose the model's own file")]
    NoTensors,
    /// An architecture that this llama.cpp does not know.
    #[error("this kind of model is not known to this version of Hearth")]
    Architecture,
    /// The model is cut into several files.
    #[error("this model is cut into several files; get it as one file")]
    Split,
    /// The number of layers cannot be.
    #[error("the model names an impossible number of layers; get the file again")]
    BlockCount,
    /// The numbers of experts contradict each other.
    #[error("the model's numbers of experts contradict each other; get the file again")]
    Experts,
    /// The attention heads contradict each other.
    #[error("the model's attention heads contradict each other; get the file again")]
    Heads,
    /// The size of the position code does not fit the heads.
    #[error("the model's position code does not fit its heads; get the file again")]
    RopeDimension,
    /// A way of stretching positions that does not exist.
    #[error("the model stretches positions in a way that Hearth does not know")]
    RopeScaling,
    /// A tokeniser that this llama.cpp does not know.
    #[error("the model's tokeniser is not known to this version of Hearth")]
    Tokenizer,
    /// The lists of the vocabulary have different lengths.
    #[error("the lists of the model's vocabulary have different lengths; get the file again")]
    TokenLists,
    /// A token is there twice.
    #[error("the model's vocabulary holds a token twice; get the file again")]
    DuplicateToken,
    /// A special token is not in the vocabulary.
    #[error("a special token of the model is not in its vocabulary; get the file again")]
    SpecialToken,
    /// The chat template is too long or not text.
    #[error("the model's chat template is too long or not text; get the file again")]
    Template,
}
