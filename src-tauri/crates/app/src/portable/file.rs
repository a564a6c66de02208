//! Export files on this computer: plain JSON, or the archive that holds it.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
};

use zip::{CompressionMethod, ZipArchive};

use super::IMPORT_BYTES;
use crate::{Error, Result};

/// How every archive begins.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// Files of one archive that are read: large exports come in numbered parts.
const PARTS: usize = 64;
/// Entries that an archive may list; each picture of an export is one.
const ENTRIES: usize = 200_000;
/// JSON becomes five to twenty times smaller; what became this much smaller is no export.
const RATIO: u64 = 300;

/// The texts of an export file; blocks. An archive can hold several.
///
/// # Errors
/// [`Error::ImportUnreadable`] for a file that is no export, [`Error::TextTooLarge`].
pub fn read_import_file(path: &Path) -> Result<Vec<String>> {
    let mut file = File::open(path).map_err(|_| Error::ImportUnreadable)?;
    let mut beginning = Vec::with_capacity(ARCHIVE.len());
    let begun = (&mut file).take(ARCHIVE.len() as u64).read_to_end(&mut beginning);
    begun.and_then(|_| file.rewind()).map_err(|_| Error::ImportUnreadable)?;
    if beginning == ARCHIVE {
        return read_archive(BufReader::new(file));
    }
    let mut room = IMPORT_BYTES;
    Ok(vec![read_text(file, &mut room)?])
}

fn read_archive(file: impl Read + Seek) -> Result<Vec<String>> {
    let mut archive = ZipArchive::new(file).map_err(|_| Error::ImportUnreadable)?;
    if archive.len() > ENTRIES {
        return Err(Error::ImportUnreadable);
    }
    let named = archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let named = named.collect::<std::result::Result<Vec<String>, _>>();
    let mut names = named.map_err(|_| Error::ImportUnreadable)?;
    names.retain(|name| holds_conversations(name));
    names.sort();
    if names.is_empty() || names.len() > PARTS {
        return Err(Error::ImportUnreadable);
    }
    let mut room = IMPORT_BYTES;
    let mut texts = Vec::new();
    for name in names {
        let entry = archive.by_name(&name).map_err(|_| Error::ImportUnreadable)?;
        let (size, packed) = (entry.size(), entry.compressed_size().max(1));
        if size > room as u64 {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            return Err(Error::TextTooLarge { size, limit: IMPORT_BYTES });
        }
        let known =
            matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
        if !known || entry.encrypted() || size / packed > RATIO {
            return Err(Error::ImportUnreadable);
        }
        texts.push(read_text(entry, &mut room)?);
    }
    Ok(texts)
}

/// `conversations.json`, or a part of it: `conversations-002.json`.
fn holds_conversations(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let part = file.strip_prefix("conversations").and_then(|rest| rest.strip_suffix(".json"));
    part.is_some_and(|part| {
        let number = part.strip_prefix(['-', '_']).unwrap_or(part);
        part.is_empty() || (!number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
    })
}

/// What a header says of a size is not believed: reading stops at the limit.
fn read_text(from: impl Read, room: &mut usize) -> Result<String> {
    let mut bytes = Vec::new();
    let limit = *room as u64 + 1;
    from.take(limit).read_to_end(&mut bytes).map_err(|_| Error::ImportUnreadable)?;
    *room = room
        .checked_sub(bytes.len())
        .ok_or(Error::TextTooLarge { size: bytes.len(), limit: IMPORT_BYTES })?;
    String::from_utf8(bytes).map_err(|_| Error::ImportUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_conversations_are_taken_out_of_an_archive() {
        for name in ["conversations.json", "export/conversations.json", "conversations-002.json"] {
            assert!(holds_conversations(name), "{name}");
        }
        for name in ["shared_conversations.json", "conversations.json.exe", "chat.html", ""] {
            assert!(!holds_conversations(name), "{name}");
        }
    }
}
