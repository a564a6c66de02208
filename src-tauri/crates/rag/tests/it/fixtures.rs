//! Readers for the tests: in this process and in their own.

use std::path::PathBuf;

use hearth_rag::document::{BlockKind, Document};
use hearth_rag::extract::{self, Job, Refusal, Watch};
use hearth_rag::worker::Worker;

/// The example program beside the tests.
pub(crate) fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let name = format!("document_worker{}", std::env::consts::EXE_SUFFIX);
    tests.parent().unwrap().parent().unwrap().join("examples").join(name)
}

pub(crate) fn worker() -> Worker {
    Worker::new(&program())
}

struct Nobody;

impl Watch for Nobody {
    fn page(&mut self) {}
    fn reader(&mut self, _: u8) {}
    fn draft(&mut self, _: &Document) {}
}

/// Reads bytes in this process.
pub(crate) fn read(bytes: Vec<u8>, name: &str) -> Result<Document, Refusal> {
    let extension = name.rsplit('.').next().unwrap_or_default().to_owned();
    extract::read(bytes, &Job { extension, ..Job::default() }, &mut Nobody)
}

/// The text of each block with a word for its kind.
pub(crate) fn blocks(document: &Document) -> Vec<(&'static str, &str)> {
    let kind = |kind: &BlockKind| match kind {
        BlockKind::Heading { .. } => "heading",
        BlockKind::Paragraph => "paragraph",
        BlockKind::ListItem { .. } => "item",
        BlockKind::TableRow { .. } => "row",
        BlockKind::Code { .. } => "code",
        BlockKind::Note => "note",
        BlockKind::Furniture => "furniture",
        BlockKind::Hidden => "hidden",
    };
    document.blocks.iter().map(|it| (kind(&it.kind), document.slice(it.span))).collect()
}
