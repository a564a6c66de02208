//! Files of rows: one JSON object a line, `{id, title, text}`, each a document of its own. Their text
//! is kept at once, so that the file may go away while they wait.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use hearth_domain::{ErrorCode, FileId, FileState, SourceKind};
use hearth_store::{Db, KnownFile, NewFile};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    plain,
    scan::{Scan, Scanned},
    walk,
};
use crate::Result;

/// Rows that one transaction takes in.
const STEP: usize = 256;
/// Bytes of one line that are read at all.
const LINE: u64 = 64 * 1024 * 1024;

/// A row as it stands in the file.
#[derive(Debug, Deserialize)]
struct Row {
    #[serde(alias = "_id")]
    id: Id,
    #[serde(default)]
    title: Option<String>,
    text: String,
}

/// Numbers are names too.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// A row to be put in: its place, and its text where it has one.
struct Taken {
    file: NewFile,
    document: Option<Vec<u8>>,
}

/// What kind of source a file is: a `.jsonl` whose first line is a row is one of rows.
pub(super) fn kind_of(path: &Path) -> SourceKind {
    if path.is_dir() {
        return SourceKind::Folder;
    }
    let named = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("jsonl") || end.eq_ignore_ascii_case("ndjson"));
    let first = || {
        let mut line = String::new();
        let reader = BufReader::new(File::open(path).ok()?);
        std::io::Read::take(reader, LINE).read_line(&mut line).ok()?;
        serde_json::from_str::<Row>(&line).ok()
    };
    if named && path.is_file() && first().is_some() { SourceKind::Rows } else { SourceKind::File }
}

/// Brings the rows of a file into the database, and takes away those that are gone.
pub(super) fn run(db: &Db, scan: &Scan, mut seen: impl FnMut(u64)) -> Result<Scanned> {
    let Ok(file) = File::open(&scan.path) else {
        db.write(|w| w.source_scanned(scan.source, true, scan.now))?;
        return Ok(Scanned::default());
    };
    let mtime = file.metadata().map_or(0, |facts| walk::mtime(&facts));
    let known = db.read(|r| r.files_of_source(scan.source))?;
    let mut known: HashMap<String, KnownFile> =
        known.into_iter().map(|known| (known.row.clone(), known)).collect();
    let mut scanned = Scanned::default();
    let (mut step, mut reader, mut number) = (Vec::new(), BufReader::new(file), 0_u64);
    loop {
        let mut line = Vec::new();
        let read = std::io::Read::take(&mut reader, LINE).read_until(b'\n', &mut line);
        // What cannot be read any further ends the file.
        if read.unwrap_or(0) == 0 {
            break;
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let taken = take(scan, &line, number, mtime);
        let before = known.remove(&taken.file.row);
        if before.is_some_and(|before| is_same(&before, &taken)) {
            continue;
        }
        step.push(taken);
        if step.len() == STEP {
            scanned.queued += put(db, &step)?;
            step.clear();
            seen(number);
        }
    }
    scanned.queued += put(db, &step)?;
    seen(number);
    let gone: Vec<i64> = known.into_values().map(|known| known.seq).collect();
    for step in gone.chunks(STEP) {
        db.write(|w| step.iter().try_for_each(|seq| w.file_remove(*seq)))?;
    }
    scanned.removed = gone.len() as u64;
    db.write(|w| w.source_scanned(scan.source, false, scan.now))?;
    Ok(scanned)
}

fn put(db: &Db, step: &[Taken]) -> Result<u64> {
    db.write(|w| {
        for Taken { file, document } in step {
            let seq = w.file_put(file)?;
            if let Some(document) = document {
                w.document_put(seq, document)?;
            }
        }
        Ok(())
    })?;
    Ok(step.iter().filter(|taken| taken.file.code.is_none()).count() as u64)
}

/// Whether a row says what it said. What still waits is put in once more.
fn is_same(before: &KnownFile, taken: &Taken) -> bool {
    let hash = taken.document.as_ref().map(|document| <[u8; 32]>::from(blake3::hash(document)));
    match before.state {
        FileState::Searchable | FileState::Failed => before.hash.is_some() && before.hash == hash,
        FileState::Skipped => before.code == taken.file.code,
        FileState::Queued | FileState::Reading | FileState::Embedding => false,
    }
}

fn take(scan: &Scan, line: &[u8], number: u64, mtime: i64) -> Taken {
    let row = serde_json::from_slice::<Row>(line).ok();
    let (name, document, code) = match row {
        Some(row) => {
            let (id, title, text) = (row.id.into_text(), row.title, row.text);
            let document = plain::document(title, text).and_then(|it| it.to_bytes().ok());
            let code = document.is_none().then_some(ErrorCode::DocumentEmpty);
            (id, document, code)
        }
        None => (format!("line {number}"), None, Some(ErrorCode::DocumentBroken)),
    };
    let file = NewFile {
        id: FileId(Uuid::now_v7()),
        collection: scan.collection,
        source: scan.source,
        path: scan.path.clone(),
        row: name.clone(),
        place: name.clone(),
        name,
        size: line.len() as u64,
        mtime,
        code,
        added: scan.now,
    };
    Taken { file, document }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_rows_is_told_by_its_first_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        assert_eq!(kind_of(&path("a.jsonl", "{\"id\": 7, \"text\": \"x\"}\n")), SourceKind::Rows);
        assert_eq!(kind_of(&path("log.jsonl", "{\"level\": \"warn\"}\n")), SourceKind::File);
        assert_eq!(kind_of(&path("a.txt", "{\"id\": 7, \"text\": \"x\"}\n")), SourceKind::File);
        assert_eq!(kind_of(dir.path()), SourceKind::Folder);
    }
}
