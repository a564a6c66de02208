//! The canonical form of a file that was read: one text, and everything else as ranges of it. Passages
//! are cut from it, citations point into it, and the viewer shows it. It knows no format and no reader.
//!
//! Offsets are bytes of [`Document::text`], always between two characters; [`CodePoints`] counts them
//! the way other programs do. Plain text, Markdown, code and tables of values are the file's own text,
//! unchanged but for its encoding and a leading byte order mark. What readers put together (PDF, office
//! formats, web pages, mail) is in normal form C with `\n` as line end and a form feed between pages.

mod count;
mod sound;

use serde::{Deserialize, Serialize};

pub use count::{CodePoints, LineStarts};

/// The version of what the readers make. A document that an older one made is worth reading again.
pub const READER_VERSION: u32 = 1;

/// What stands between two pages in the text; it belongs to neither.
pub const PAGE_BREAK: char = '\u{c}';

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What the content is, whatever the name says.
    pub format: Format,
    /// The title that the file gives itself, or its first heading.
    pub title: Option<String>,
    /// The language that the file says it is written in, as a BCP 47 tag. Most files say nothing.
    pub language: Option<String>,
    /// All of the text, the hidden and the repeated parts too, which blocks mark as such.
    pub text: String,
    /// What a page of this document is.
    pub unit: Unit,
    /// The pages in order, at least one. Together they hold all of the text but the page breaks.
    pub pages: Vec<Page>,
    /// The blocks in order. They do not overlap; between them is only white space.
    pub blocks: Vec<Block>,
    /// What the file holds that is not in the text.
    pub omitted: Vec<Omission>,
}

/// What a file is, told by its content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Word documents (OOXML).
    Docx,
    /// PowerPoint presentations (OOXML).
    Pptx,
    /// XLSX, XLSM, XLSB, XLS and ODS.
    Spreadsheet,
    /// Text documents and presentations of the OpenDocument format.
    OpenDocument,
    /// Electronic books.
    Epub,
    /// Web pages.
    Html,
    /// One message of mail with its headers and text.
    Email,
    /// Markdown, shown as its source.
    Markdown,
    /// Comma, semicolon or tab between values.
    Csv,
    /// Source code and other text of programs.
    Code,
    /// Everything else that is text.
    #[default]
    Text,
}

/// What one page of a document is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The document has no parts of its own: one page that holds all of it.
    #[default]
    Whole,
    /// A sheet of paper.
    Page,
    /// A slide with its notes.
    Slide,
    /// A sheet of a workbook.
    Sheet,
    /// A chapter of a book.
    Chapter,
}

/// A range of the text in bytes, `start` included, `end` not.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A page, slide, sheet or chapter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its text.
    pub span: Span,
    /// How it calls itself: the name of a sheet, the title of a slide or chapter.
    pub label: Option<String>,
    /// Width and height in points as it is shown, where it has a size.
    pub size: Option<(f32, f32)>,
    /// Where its words stand, in the order of the text. Empty where that is not known.
    pub boxes: Vec<WordBox>,
}

/// Where a word stands on its page, as it is shown (rotation applied), from the top left corner.
///
/// Small on purpose: there is one for each word. The unit is 1/[`WordBox::UNITS_PER_POINT`] point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordBox {
    /// Bytes from the start of the page's text to the word.
    pub start: u32,
    /// Bytes of the word.
    pub length: u16,
    /// From the left edge of the page.
    pub left: i16,
    /// From the upper edge of the page.
    pub top: i16,
    /// To the right of `left`.
    pub width: u16,
    /// Down from `top`.
    pub height: u16,
}

/// A piece of structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its text.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading; 1 is the highest level. The title of a slide, sheet or chapter is one too.
    Heading {
        /// 1 to 6.
        level: u8,
    },
    /// Running text.
    Paragraph,
    /// An entry of a list; 0 is the outermost list.
    ListItem {
        /// How many lists it stands in, less one.
        depth: u8,
    },
    /// A row of a table. A passage that begins in the middle of the table repeats the head.
    TableRow {
        /// The row that names the columns, an earlier block; a head row names itself.
        head: Option<Span>,
    },
    /// Source code, or text that is set like it. Its lines are not to be joined.
    Code {
        /// The function, type or section that it belongs to.
        symbol: Option<String>,
    },
    /// A footnote, an endnote or a comment.
    Note,
    /// A line that most pages repeat. In the text, not for passages.
    Furniture,
    /// Text that a person who looks at the page does not see. In the text, not for passages; it may
    /// have been put there for a model to read.
    Hidden,
}

/// What is in the file and not in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omission {
    /// What it was.
    pub kind: OmissionKind,
    /// How many of them.
    pub count: u32,
}

/// Kinds of content that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmissionKind {
    /// Pages with pictures and no text layer.
    PagesWithoutText,
    /// Pages that no reader could read.
    UnreadablePages,
    /// Pictures; their text is not read.
    Pictures,
    /// Files inside the file: attachments, embedded objects.
    EmbeddedFiles,
    /// Text that tracked changes have deleted.
    DeletedText,
    /// Text that is hidden from the reader.
    HiddenText,
    /// Sheets, rows or columns that are hidden.
    HiddenCells,
    /// Menus, footers and other parts around an article.
    PageFurniture,
    /// Characters that the reader could not map to text.
    UnknownCharacters,
}

impl Span {
    /// A range; `None` where the text is larger than a document may be.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Option<Self> {
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    /// The range as slices want it.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Bytes in it.
    #[must_use]
    pub fn len(self) -> usize {
        self.range().len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `offset` lies in it.
    #[must_use]
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

impl WordBox {
    /// How finely places are kept.
    pub const UNITS_PER_POINT: f32 = 4.0;

    /// Left, top, width and height in points.
    #[must_use]
    pub fn points(self) -> (f32, f32, f32, f32) {
        let point = |units: f32| units / Self::UNITS_PER_POINT;
        (
            point(f32::from(self.left)),
            point(f32::from(self.top)),
            point(f32::from(self.width)),
            point(f32::from(self.height)),
        )
    }
}

impl BlockKind {
    /// Whether passages are cut from it.
    #[must_use]
    pub fn is_content(&self) -> bool {
        !matches!(self, Self::Furniture | Self::Hidden)
    }
}

impl Document {
    /// The text of a range; empty where it is none of this document.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The page, counted from 0, that holds `offset`; the one before where it is a page break.
    #[must_use]
    pub fn page_at(&self, offset: u32) -> usize {
        self.pages.partition_point(|page| page.span.start <= offset).saturating_sub(1)
    }

    /// Blocks that passages are cut from.
    pub fn content(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.kind.is_content())
    }

    /// The boxes of the words that a range touches, with their page, for the mark in the viewer.
    pub fn boxes(&self, span: Span) -> impl Iterator<Item = (usize, WordBox)> {
        self.pages.iter().enumerate().flat_map(move |(number, page)| {
            let touched = page.boxes.iter().filter(move |word| {
                let start = page.span.start.saturating_add(word.start);
                start < span.end && span.start < start.saturating_add(word.length.into())
            });
            touched.map(move |word| (number, *word))
        })
    }

    /// The headings that `offset` stands under, the highest first.
    #[must_use]
    pub fn heading_path(&self, offset: u32) -> Vec<Span> {
        let mut path: Vec<(u8, Span)> = Vec::new();
        for block in self.blocks.iter().take_while(|block| block.span.start <= offset) {
            if let BlockKind::Heading { level } = block.kind {
                path.retain(|(above, _)| *above < level);
                path.push((level, block.span));
            }
        }
        path.into_iter().map(|(_, span)| span).collect()
    }

    /// The compact form in which it is sent and kept.
    ///
    /// # Errors
    /// Never for a document that a reader made; the coder's own error type has no other way out.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(self)
    }

    /// Reads what [`Self::to_bytes`] wrote. `None` where the bytes are no document, or its ranges do
    /// not fit its text: whoever gets a document can slice it without a check.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let document: Self = postcard::from_bytes(bytes).ok()?;
        document.is_sound().then_some(document)
    }
}
