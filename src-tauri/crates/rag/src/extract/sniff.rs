//! What a file is. The content decides; the name only chooses between kinds of text, and a name that
//! promises a format which the content is not is refused, because then nobody knows what was meant.

use super::{Refusal, archive, compound, encoding};
use crate::document::Format;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Pdf,
    Docx,
    Pptx,
    Spreadsheet,
    OpenDocument,
    Epub,
    Html,
    Email,
    /// An office file behind a password.
    Locked,
    /// Text whose form is its own.
    Text(Format),
}

/// How far into the file a header may stand.
const HEADER: usize = 1024;

/// How compound files begin (MS-CFB 2.2).
pub(super) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Ends of names of formats that are not text.
const NOT_TEXT: &[&str] = &[
    "pdf", "docx", "docm", "dotx", "pptx", "pptm", "ppsx", "xlsx", "xlsm", "xlsb", "xls", "doc",
    "ppt", "odt", "ods", "odp", "epub", "zip", "gz", "7z", "rar", "tar", "png", "jpg", "jpeg",
    "gif", "webp", "tif", "tiff", "bmp", "exe", "dll", "so", "mp3", "mp4", "sqlite", "gguf",
    "mobi", "azw3", "msg",
];
const OFFICE_TEXT: &[&str] = &["doc", "xls"];
const CODE: &[&str] = &[
    "rs",
    "py",
    "pyi",
    "js",
    "mjs",
    "cjs",
    "jsx",
    "ts",
    "tsx",
    "java",
    "kt",
    "kts",
    "swift",
    "c",
    "h",
    "cc",
    "cpp",
    "cxx",
    "hpp",
    "hh",
    "cs",
    "go",
    "rb",
    "php",
    "pl",
    "pm",
    "lua",
    "r",
    "jl",
    "scala",
    "sh",
    "bash",
    "zsh",
    "fish",
    "ps1",
    "sql",
    "hs",
    "ml",
    "mli",
    "ex",
    "exs",
    "erl",
    "clj",
    "dart",
    "vue",
    "svelte",
    "m",
    "mm",
    "f90",
    "pas",
    "asm",
    "s",
    "v",
    "vhd",
    "sol",
    "zig",
    "nim",
    "groovy",
    "gradle",
    "cmake",
    "mk",
    "toml",
    "yaml",
    "yml",
    "json",
    "jsonl",
    "xml",
    "xsd",
    "xsl",
    "svg",
    "ini",
    "cfg",
    "conf",
    "css",
    "scss",
    "less",
    "proto",
    "tf",
    "graphql",
    "diff",
    "patch",
    "dockerfile",
    "makefile",
];
const PROGRAMS_AND_PICTURES: &[&[u8]] = &[
    b"\x7fELF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"OggS",
    b"ID3",
    b"GGUF",
    b"SQLite format 3\0",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"{\\rtf",
    b"%!PS",
    b"!<arch>",
];

/// Tells what a file is.
///
/// # Errors
/// [`Refusal`] where it is empty, of no kind that is read, encrypted, or not what its name says.
pub(super) fn kind(bytes: &[u8], extension: &str) -> Result<Kind, Refusal> {
    let extension = extension.to_lowercase();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    let start = bytes.get(..bytes.len().min(HEADER)).unwrap_or_default();
    let pdf = find(start, b"%PDF-");
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return if pdf.is_some() { Err(Refusal::Mislabelled) } else { archive::kind(bytes) };
    }
    if pdf.is_some_and(|at| at == 0 || !is_text(bytes)) {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(COMPOUND) {
        return compound::kind(bytes);
    }
    if PROGRAMS_AND_PICTURES.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Refusal::Unsupported);
    }
    if !is_text(bytes) {
        // A damaged beginning: the readers look for objects.
        let body = extension == "pdf" && find(bytes, b"endobj").is_some();
        return if body { Ok(Kind::Pdf) } else { Err(unreadable(&extension, bytes)) };
    }
    text(bytes, &extension)
}

/// Something that is no text and has no known beginning.
fn unreadable(extension: &str, bytes: &[u8]) -> Refusal {
    let promised = matches!(extension, "pdf" | "docx" | "pptx" | "xlsx" | "odt" | "ods" | "epub");
    match bytes {
        [b'M', b'Z', ..] => Refusal::Unsupported,
        _ if promised => Refusal::Broken,
        _ => Refusal::Unsupported,
    }
}

/// Kinds of text.
fn text(bytes: &[u8], extension: &str) -> Result<Kind, Refusal> {
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default());
    let start = start.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    let html = ["<!doctype html", "<html"].iter().any(|mark| start.starts_with(mark));
    if NOT_TEXT.contains(&extension) {
        let saved_as_page = html && OFFICE_TEXT.contains(&extension);
        return if saved_as_page { Ok(Kind::Html) } else { Err(Refusal::Mislabelled) };
    }
    Ok(match extension {
        "html" | "htm" | "xhtml" | "shtml" => Kind::Html,
        "eml" => Kind::Email,
        "md" | "markdown" | "mdown" | "mkd" | "mdx" | "qmd" | "rmd" => Kind::Text(Format::Markdown),
        "csv" | "tsv" | "tab" => Kind::Text(Format::Csv),
        code if CODE.contains(&code) => Kind::Text(Format::Code),
        _ if html => Kind::Html,
        _ => Kind::Text(Format::Text),
    })
}

/// Whether bytes are text in some encoding: no zero bytes but those of UTF-16 and UTF-32, and few
/// controls.
fn is_text(bytes: &[u8]) -> bool {
    if encoding::wide(bytes).is_some() {
        return true;
    }
    let start = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    let control = |byte: &u8| *byte < 9 || (14..27).contains(byte) || (28..32).contains(byte);
    let controls = start.iter().filter(|byte| control(byte)).count();
    !start.contains(&0) && controls * 50 <= start.len()
}

/// Where `wanted` begins.
pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}
