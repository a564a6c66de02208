//! What changed since the last look: sizes and times decide, the content only where they leave a
//! doubt. Pure: what is done about it is in `scan.rs`.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use hearth_domain::{ErrorCode, FileState};
use hearth_store::KnownFile;

use super::walk::{Found, Look};

/// A file that was changed within this time before it was read may have changed again without
/// another time, in nanoseconds: the coarsest clock of a file system in use ticks every two seconds.
const RACE: i64 = 2_000_000_000;

/// What is to be done, by the places of files in the look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Not known.
    pub(super) new: Vec<usize>,
    /// Changed, or worth another try.
    pub(super) again: Vec<(i64, usize)>,
    /// No document any more.
    pub(super) skip: Vec<(i64, usize)>,
    /// Perhaps changed: the content decides.
    pub(super) doubtful: Vec<Doubt>,
    /// Not there any more, with what can tell that it only moved.
    pub(super) gone: Vec<Gone>,
}

/// A file whose content decides.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) seq: i64,
    pub(super) found: usize,
    pub(super) hash: [u8; 32],
}

/// A file that is not where it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gone {
    pub(super) seq: i64,
    pub(super) size: u64,
    /// What it held, where it could be searched.
    pub(super) hash: Option<[u8; 32]>,
}

/// Compares what is known with what was found. `reader` is the version of the readers.
pub(super) fn plan(known: Vec<KnownFile>, look: &Look, reader: u32) -> Plan {
    let mut by_path: HashMap<PathBuf, KnownFile> =
        known.into_iter().map(|known| (known.path.clone(), known)).collect();
    let mut plan = Plan::default();
    for (at, found) in look.found.iter().enumerate() {
        match by_path.remove(&found.path) {
            None => plan.new.push(at),
            Some(known) => compare(&mut plan, &known, found, at, reader),
        }
    }
    let closed: HashSet<&Path> = look.closed.iter().map(PathBuf::as_path).collect();
    let gone =
        by_path.into_values().filter(|known| !known.path.ancestors().any(|up| closed.contains(up)));
    plan.gone.extend(gone.map(|known| Gone {
        seq: known.seq,
        size: known.size,
        hash: known.hash.filter(|_| known.state == FileState::Searchable),
    }));
    plan.gone.sort_by_key(|gone| gone.seq);
    plan
}

fn compare(plan: &mut Plan, known: &KnownFile, found: &Found, at: usize, reader: u32) {
    if found.code.is_some() {
        if known.state != FileState::Skipped || known.code != found.code {
            plan.skip.push((known.seq, at));
        }
        return;
    }
    let searchable = known.state == FileState::Searchable;
    let hash = known.hash.filter(|_| searchable);
    let same_look = known.size == found.size && known.mtime == found.mtime;
    let outdated = searchable && known.parser < reader;
    match hash {
        _ if outdated || known.size != found.size => plan.again.push((known.seq, at)),
        Some(hash) if !same_look || is_racy(known) => {
            plan.doubtful.push(Doubt { seq: known.seq, found: at, hash });
        }
        // What waits is read as it will be then.
        _ if same_look && !is_worth_another_try(known) => {}
        _ if !known.state.is_settled() => {}
        _ => plan.again.push((known.seq, at)),
    }
}

/// Whether it may have been changed in the moment after it was read.
fn is_racy(known: &KnownFile) -> bool {
    let indexed = known.indexed.map_or(0, |at| at.0.saturating_mul(1_000_000));
    known.mtime.saturating_add(RACE) > indexed
}

/// Whether the same file may be readable now.
fn is_worth_another_try(known: &KnownFile) -> bool {
    let might = [ErrorCode::DocumentUnreadable, ErrorCode::DocumentSpecial];
    known.code.is_some_and(|code| might.contains(&code))
}

#[cfg(test)]
mod tests {
    use hearth_domain::Timestamp;

    use super::*;

    const LONG_AGO: i64 = 1_000_000_000_000_000_000;

    fn known(seq: i64, path: &str) -> KnownFile {
        KnownFile {
            seq,
            path: path.into(),
            row: String::new(),
            size: 10,
            mtime: LONG_AGO,
            hash: Some([7; 32]),
            state: FileState::Searchable,
            code: None,
            parser: 1,
            indexed: Some(Timestamp(LONG_AGO / 1_000_000 + 60_000)),
        }
    }

    fn found(path: &str, size: u64, mtime: i64) -> Found {
        Found { path: path.into(), place: path.into(), size, mtime, code: None }
    }

    fn of(known: Vec<KnownFile>, found: Vec<Found>) -> Plan {
        plan(known, &Look { found, closed: Vec::new() }, 1)
    }

    #[test]
    fn what_looks_the_same_is_not_touched() {
        assert_eq!(of(vec![known(1, "a")], vec![found("a", 10, LONG_AGO)]), Plan::default());
    }

    #[test]
    fn another_size_is_read_again_and_another_time_is_a_doubt() {
        let plan = of(
            vec![known(1, "a"), known(2, "b")],
            vec![found("a", 11, LONG_AGO), found("b", 10, LONG_AGO + 1)],
        );
        assert_eq!(plan.again, [(1, 0)]);
        assert_eq!(plan.doubtful, [Doubt { seq: 2, found: 1, hash: [7; 32] }]);
    }

    #[test]
    fn a_file_that_was_read_right_after_it_was_written_is_a_doubt() {
        let fresh =
            KnownFile { indexed: Some(Timestamp(LONG_AGO / 1_000_000 + 500)), ..known(1, "a") };
        assert_eq!(of(vec![fresh], vec![found("a", 10, LONG_AGO)]).doubtful.len(), 1);
    }

    #[test]
    fn what_is_gone_says_what_it_held_and_what_is_behind_a_closed_door_is_not_gone() {
        let closed = vec![PathBuf::from("/r/in")];
        let look = Look { found: Vec::new(), closed };
        let plan = plan(vec![known(1, "/r/in/a"), known(2, "/r/b")], &look, 1);
        assert_eq!(plan.gone, [Gone { seq: 2, size: 10, hash: Some([7; 32]) }]);
    }

    #[test]
    fn a_file_that_could_not_be_opened_is_tried_again_and_a_broken_one_is_not() {
        let failed = |seq, path, code| KnownFile {
            state: FileState::Failed,
            code: Some(code),
            hash: None,
            ..known(seq, path)
        };
        let plan = of(
            vec![
                failed(1, "a", ErrorCode::DocumentUnreadable),
                failed(2, "b", ErrorCode::DocumentBroken),
            ],
            vec![found("a", 10, LONG_AGO), found("b", 10, LONG_AGO)],
        );
        assert_eq!(plan, Plan { again: vec![(1, 0)], ..Plan::default() });
    }

    #[test]
    fn newer_readers_read_everything_again() {
        let look = Look { found: vec![found("a", 10, LONG_AGO)], closed: Vec::new() };
        assert_eq!(plan(vec![known(1, "a")], &look, 2).again, [(1, 0)]);
    }
}
