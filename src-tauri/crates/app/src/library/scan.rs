//! A look through one source, and what it changes in the database. Everything is written in steps, so
//! that a folder of fifty thousand files holds nobody up; a step that did not happen is taken by the
//! next look.

use std::{
    collections::HashMap,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use hearth_domain::{CollectionId, FileId, SourceId, SourceKind, Timestamp};
use hearth_rag::document::READER_VERSION;
use hearth_store::{Db, NewFile};
use uuid::Uuid;

use super::{
    rows,
    sync::{self, Gone, Plan},
    walk::{self, Found, Look},
};
use crate::Result;

/// Files that one transaction takes in.
const STEP: usize = 500;

/// What is looked through, and for whom.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) collection: CollectionId,
    pub(super) source: SourceId,
    pub(super) kind: SourceKind,
    pub(super) path: PathBuf,
    /// Where our own data lies: never a document.
    pub(super) except: PathBuf,
    pub(super) now: Timestamp,
}

/// What a look has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Files that are to be read.
    pub(super) queued: u64,
    /// Files that are gone, with all that was read of them.
    pub(super) removed: u64,
}

impl Scanned {
    /// Whether anything is another way than before.
    pub(super) fn is_change(self) -> bool {
        self != Self::default()
    }
}

/// Looks through a source and brings the database up to what is there.
pub(super) fn run(db: &Db, scan: &Scan, seen: impl FnMut(u64)) -> Result<Scanned> {
    if scan.kind == SourceKind::Rows {
        return rows::run(db, scan, seen);
    }
    let Some(look) = walk::look(&scan.path, &scan.except, seen) else {
        db.write(|w| w.source_scanned(scan.source, true, scan.now))?;
        return Ok(Scanned::default());
    };
    let known = db.read(|r| r.files_of_source(scan.source))?;
    let plan = sync::plan(known, &look, READER_VERSION);
    let scanned = apply(db, scan, &look, plan)?;
    db.write(|w| w.source_scanned(scan.source, false, scan.now))?;
    Ok(scanned)
}

fn apply(db: &Db, scan: &Scan, look: &Look, plan: Plan) -> Result<Scanned> {
    let Plan { mut new, mut again, skip, doubtful, mut gone } = plan;
    let found = |at: usize| &look.found[at];
    let mut same = Vec::new();
    for doubt in doubtful {
        match hash_file(&found(doubt.found).path) {
            Ok(hash) if hash == doubt.hash => same.push((doubt.seq, found(doubt.found).mtime)),
            _ => again.push((doubt.seq, doubt.found)),
        }
    }
    let moved = moves(&look.found, &mut new, &mut gone);
    let mut scanned = Scanned { queued: again.len() as u64, removed: gone.len() as u64 };
    for step in same.chunks(STEP) {
        db.write(|w| step.iter().try_for_each(|(seq, at)| w.file_same(*seq, *at, scan.now)))?;
    }
    for step in moved.chunks(STEP) {
        db.write(|w| {
            step.iter().try_for_each(|(seq, at)| {
                let to = found(*at);
                w.file_moved(*seq, &to.path, (&to.name(), &to.place), to.mtime)
            })
        })?;
    }
    for step in gone.chunks(STEP) {
        db.write(|w| step.iter().try_for_each(|gone| w.file_remove(gone.seq)))?;
    }
    for step in skip.chunks(STEP) {
        db.write(|w| {
            step.iter().try_for_each(|(seq, at)| {
                let it = found(*at);
                it.code.map_or(Ok(()), |code| w.file_skip(*seq, it.size, it.mtime, code))
            })
        })?;
    }
    for step in again.chunks(STEP) {
        db.write(|w| {
            step.iter()
                .try_for_each(|(seq, at)| w.file_requeue(*seq, found(*at).size, found(*at).mtime))
        })?;
    }
    for step in new.chunks(STEP) {
        let files: Vec<_> = step.iter().map(|at| new_file(scan, found(*at))).collect();
        scanned.queued += files.iter().filter(|file| file.code.is_none()).count() as u64;
        db.write(|w| files.iter().try_for_each(|file| w.file_put(file).map(drop)))?;
    }
    Ok(scanned)
}

fn new_file(scan: &Scan, found: &Found) -> NewFile {
    NewFile {
        id: FileId(Uuid::now_v7()),
        collection: scan.collection,
        source: scan.source,
        path: found.path.clone(),
        row: String::new(),
        name: found.name(),
        place: found.place.clone(),
        size: found.size,
        mtime: found.mtime,
        code: found.code,
        added: scan.now,
    }
}

/// Files that lie elsewhere now: of what is new, what has the size and the content of something that
/// is gone. Both are taken out of their lists.
fn moves(found: &[Found], new: &mut Vec<usize>, gone: &mut Vec<Gone>) -> Vec<(i64, usize)> {
    let mut by_size: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, gone) in gone.iter().enumerate().filter(|(_, gone)| gone.hash.is_some()) {
        by_size.entry(gone.size).or_default().push(at);
    }
    let mut moved = Vec::new();
    let mut taken = Vec::new();
    new.retain(|at| {
        let Some(candidates) = by_size.get_mut(&found[*at].size) else { return true };
        let hash = hash_file(&found[*at].path).ok();
        let Some(place) = candidates.iter().position(|one| gone[*one].hash == hash) else {
            return true;
        };
        let one = candidates.swap_remove(place);
        taken.push(one);
        moved.push((gone[one].seq, *at));
        false
    });
    taken.sort_unstable();
    for one in taken.into_iter().rev() {
        gone.remove(one);
    }
    moved
}

/// BLAKE3 of a file's content.
pub(super) fn hash_file(path: &Path) -> io::Result<[u8; 32]> {
    // Opening a pipe would wait for somebody to write into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: PathBuf) -> Found {
        let size = std::fs::metadata(&path).unwrap().len();
        Found { place: "x".into(), path, size, mtime: 0, code: None }
    }

    #[test]
    fn a_file_with_the_same_content_elsewhere_has_moved_and_one_of_the_same_size_has_not() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("a", "one"), ("b", "two")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let look = [found(dir.path().join("b")), found(dir.path().join("a"))];
        let one = Some(blake3::hash(b"one").into());
        let mut gone = vec![
            Gone { seq: 7, size: 3, hash: Some([0; 32]) },
            Gone { seq: 8, size: 3, hash: one },
        ];
        let mut new = vec![0, 1];
        assert_eq!(moves(&look, &mut new, &mut gone), [(8, 1)]);
        assert_eq!((new, gone.len(), gone[0].seq), (vec![0], 1, 7));
    }
}
