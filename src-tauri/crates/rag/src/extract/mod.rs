//! What runs in the child process: telling what a file is, and reading it. Pure functions of bytes; the
//! limits of the process are set in `worker`. Not here: cutting the text into passages.

mod archive;
mod book;
mod builder;
pub(crate) mod clean;
mod compound;
mod docx;
mod encoding;
mod html;
mod locked;
mod mail;
mod odf;
mod pdf;
pub mod refusal;
mod sheets;
mod slides;
mod sniff;
mod text;
mod xml;

pub use pdf::Picture;
pub(crate) use pdf::picture;
pub use refusal::Refusal;
use serde::{Deserialize, Serialize};

use self::sniff::Kind;
use crate::document::Document;

/// Bytes of a file that is read at most.
pub const MOST_BYTES: u64 = 200 << 20;

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The end of the file's name without the dot. It is a hint only: the content decides.
    pub extension: String,
    /// What the person typed for a file that needs a password.
    pub password: Option<String>,
    /// The reader of a chain to begin with, after one before it took the process down.
    pub first_reader: u8,
}

/// Who watches a file being read.
pub trait Watch {
    /// A page was read: the time that a file may take begins anew.
    fn page(&mut self);
    /// The reader of that number in the chain begins.
    fn reader(&mut self, number: u8);
    /// What is known so far; it is taken where the next reader does not come back.
    fn draft(&mut self, document: &Document);
}

/// Reads a file.
///
/// # Errors
/// The refusal that the person is told.
pub fn read(bytes: Vec<u8>, job: &Job, watch: &mut dyn Watch) -> Result<Document, Refusal> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Refusal::TooBig);
    }
    let (kind, bytes) = unlocked(bytes, job)?;
    let document = match kind {
        Kind::Pdf => pdf::read(bytes, job, watch),
        Kind::Docx => docx::read(bytes),
        Kind::Pptx => slides::read(bytes),
        Kind::Spreadsheet => sheets::read(bytes),
        Kind::OpenDocument => odf::read(bytes),
        Kind::Epub => book::read(bytes),
        Kind::Html => html::read(&bytes),
        Kind::Email => mail::read(&bytes),
        Kind::Text(format) => text::read(encoding::decode(&bytes)?, format),
        Kind::Locked => Err(Refusal::Broken),
    }
    .map_err(|refusal| match (refusal, kind, &job.password) {
        // The other readers have no use for a password: asking for it again would never end.
        (Refusal::PasswordNeeded, kind, Some(_)) if kind != Kind::Pdf => Refusal::Unsupported,
        (refusal, ..) => refusal,
    })?;
    if document.is_sound() { Ok(document) } else { Err(Refusal::Broken) }
}

/// What a file is, with its content out of the package that a password closes.
fn unlocked(bytes: Vec<u8>, job: &Job) -> Result<(Kind, Vec<u8>), Refusal> {
    match sniff::kind(&bytes, &job.extension)? {
        Kind::Locked => {
            let bytes = locked::open(bytes, job.password.as_deref())?;
            Ok((sniff::kind(&bytes, &job.extension)?, bytes))
        }
        kind => Ok((kind, bytes)),
    }
}
