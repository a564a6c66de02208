//! Zip archives, as office formats and books are: what is inside, under limits. Nothing is unpacked to
//! disk, names lead nowhere, and what an entry says about its size is not believed.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{Refusal, sniff::Kind};

/// Bytes that the entries of an archive may unpack to in all.
const MOST_UNPACKED: u64 = 200 << 20;
/// Bytes unpacked for each packed one, above the size below.
const MOST_RATIO: u64 = 200;
/// Small entries may be packed as tightly as they like: tables of zeros and style sheets are.
const SMALL: u64 = 4 << 20;
/// Entries in an archive.
const MOST_ENTRIES: usize = 20_000;

/// An archive that is being read.
pub(super) struct Archive {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    unpacked: u64,
    packed: u64,
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`Refusal::Broken`] where it is cut short; [`Refusal::TooBig`] where it has too many entries.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let packed = bytes.len() as u64;
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
        if zip.len() > MOST_ENTRIES {
            return Err(Refusal::TooBig);
        }
        Ok(Self { zip, unpacked: 0, packed })
    }

    /// Names of all entries, in their order.
    pub(super) fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
    }

    /// Unpacks an entry; `None` where there is none of that name.
    ///
    /// # Errors
    /// [`Refusal::TooBig`] beyond the limits, [`Refusal::Broken`] where it cannot be unpacked,
    /// [`Refusal::PasswordNeeded`] where it is encrypted.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let entry = match self.zip.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(refusal(&error)),
        };
        // The packed size is bounded by the file itself, whatever the entry says.
        let packed = entry.compressed_size().clamp(1, self.packed);
        let left = MOST_UNPACKED.saturating_sub(self.unpacked);
        let most = left.min((packed * MOST_RATIO).max(SMALL));
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|_| Refusal::Broken)?;
        if bytes.len() as u64 > most {
            return Err(Refusal::TooBig);
        }
        self.unpacked += bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// Unpacks an entry that must be there.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn need(&mut self, name: &str) -> Result<Vec<u8>, Refusal> {
        self.read(name)?.ok_or(Refusal::Broken)
    }

    /// Checks what the archive says about itself before a reader unpacks it by its own means.
    ///
    /// # Errors
    /// [`Refusal::TooBig`].
    pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
        if zip.len() > MOST_ENTRIES {
            return Err(Refusal::TooBig);
        }
        let mut total: u64 = 0;
        let mut sink = vec![0; 64 << 10];
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|error| refusal(&error))?;
            let packed = entry.compressed_size().clamp(1, bytes.len() as u64);
            let most = (packed * MOST_RATIO).max(SMALL);
            let mut size: u64 = 0;
            loop {
                let read = entry.read(&mut sink).map_err(|_| Refusal::Broken)? as u64;
                size += read;
                total += read;
                if size > most || total > MOST_UNPACKED {
                    return Err(Refusal::TooBig);
                }
                if read == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn refusal(error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(text) if text.contains("assword") => Refusal::PasswordNeeded,
        _ => Refusal::Broken,
    }
}

/// What kind of document an archive is.
///
/// # Errors
/// [`Refusal::Unsupported`] where it is an archive of something else; as [`Archive::open`] otherwise.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Refusal> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
    if zip.len() > MOST_ENTRIES {
        return Err(Refusal::TooBig);
    }
    if let Ok(entry) = zip.by_name("mimetype") {
        let mut name = String::new();
        if entry.take(128).read_to_string(&mut name).is_ok() {
            match name.trim() {
                "application/epub+zip" => return Ok(Kind::Epub),
                it if it.starts_with("application/vnd.oasis.opendocument.spreadsheet") => {
                    return Ok(Kind::Spreadsheet);
                }
                it if it.starts_with("application/vnd.oasis.opendocument.") => {
                    return Ok(Kind::OpenDocument);
                }
                _ => {}
            }
        }
    }
    let has = |start: &str| zip.file_names().flatten().any(|name| name.starts_with(start));
    if has("word/") {
        Ok(Kind::Docx)
    } else if has("ppt/") {
        Ok(Kind::Pptx)
    } else if has("xl/") {
        Ok(Kind::Spreadsheet)
    } else if has("META-INF/container.xml") {
        Ok(Kind::Epub)
    } else {
        Err(Refusal::Unsupported)
    }
}
