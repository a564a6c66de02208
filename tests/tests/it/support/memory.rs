//! What stands in the memory of a process and of everything that it started, as whoever may read it
//! finds it: every readable mapping, page by page.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::BufRead,
    os::unix::fs::FileExt,
};

const PAGE: u64 = 4096;
/// Bytes that are read at once.
const PIECE: u64 = 8 * 1024 * 1024;
/// The marks of a page that is in memory or in swap.
const THERE: u64 = 0b11 << 62;

/// Something to look for, by the name that a finding has.
pub(crate) struct Needle {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Every process that descends from `root`, and it itself.
pub(crate) fn family(root: u32) -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").expect("processes can be listed").flatten();
    let all = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pairs: Vec<_> = all.filter_map(|id| Some((id, parent(id)?))).collect();
    let mut family = BTreeSet::from([root]);
    loop {
        let more = pairs.iter().filter(|(_, parent)| family.contains(parent)).map(|(id, _)| *id);
        let grown: BTreeSet<_> = more.chain(family.iter().copied()).collect();
        if grown.len() == family.len() {
            return family;
        }
        family = grown;
    }
}

fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Where the needles are found: `needle in program (mapping)`, each place once.
pub(crate) fn findings(root: u32, needles: &[Needle]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for id in family(root) {
        look(id, needles, &mut found);
    }
    found.into_iter().collect()
}

/// One process. One that ends meanwhile has nothing.
fn look(id: u32, needles: &[Needle], found: &mut BTreeSet<String>) {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    let Ok(maps) = fs::read_to_string(format!("/proc/{id}/maps")) else { return };
    let Ok(memory) = File::open(format!("/proc/{id}/mem")) else { return };
    let pages = File::open(format!("/proc/{id}/pagemap")).ok();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(mode)) = (fields.next(), fields.next()) else { continue };
        let what = fields.nth(3).unwrap_or("[anonymous]");
        if !mode.starts_with('r') || what == "[vvar]" || what == "[vsyscall]" {
            continue;
        }
        let Some((start, end)) = range.split_once('-') else { continue };
        let number = |text| u64::from_str_radix(text, 16).expect("an address");
        for (from, to) in pieces(pages.as_ref(), number(start), number(end)) {
            let mut bytes = vec![0; usize::try_from(to - from).expect("it fits")];
            if memory.read_exact_at(&mut bytes, from).is_err() {
                continue;
            }
            for needle in needles.iter().filter(|needle| contains(&bytes, &needle.bytes)) {
                found.insert(format!("{} in {} {id} ({what})", needle.name, name.trim()));
            }
        }
    }
}

/// The parts of a mapping that are there at all, with an overlap where one is cut.
fn pieces(pages: Option<&File>, start: u64, end: u64) -> Vec<(u64, u64)> {
    let mut pieces = Vec::new();
    let mut run: Option<(u64, u64)> = None;
    let mut at = start;
    while at < end {
        let until = end.min(at + PIECE);
        let count = usize::try_from((until - at) / PAGE).expect("it fits");
        let mut marks = vec![0xff; count * 8];
        // Without the map of pages everything is taken to be there.
        if let Some(pages) = pages {
            let _ = pages.read_exact_at(&mut marks, at / PAGE * 8);
        }
        for (index, mark) in marks.chunks_exact(8).enumerate() {
            let mark = u64::from_ne_bytes(mark.try_into().expect("eight bytes"));
            let page = at + index as u64 * PAGE;
            match (mark & THERE != 0, run) {
                (true, Some((from, _))) if page - from < PIECE => run = Some((from, page + PAGE)),
                (true, before) => {
                    pieces.extend(before);
                    // What lies over the cut is in the next piece as a whole.
                    let overlap =
                        before.map_or(page, |(_, to)| if to == page { page - PAGE } else { page });
                    run = Some((overlap, page + PAGE));
                }
                (false, before) => {
                    pieces.extend(before);
                    run = None;
                }
            }
        }
        at = until;
    }
    pieces.extend(run);
    pieces
}

/// The standard library looks for one byte fast and for several slowly.
fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let rarest = needle.iter().max_by_key(|byte| (!matches!(byte, 0 | b' '..=b'~'), **byte));
    let anchor = *rarest.expect("something to look for");
    let before = needle.iter().position(|byte| *byte == anchor).expect("it is in it");
    let mut rest = bytes;
    let mut at = 0;
    while let Ok(skipped @ 1..) = rest.skip_until(anchor) {
        at += skipped;
        let hit = (at - 1).checked_sub(before).and_then(|start| bytes.get(start..));
        if hit.is_some_and(|here| here.starts_with(needle)) {
            return true;
        }
    }
    false
}

#[test]
fn what_stands_in_memory_is_found_and_what_does_not_is_not() {
    let here = format!("needle {}", std::process::id()).into_bytes();
    let found = findings(std::process::id(), &[Needle { name: "here", bytes: here }]);
    assert!(found.iter().any(|place| place.starts_with("here in")), "{found:?}");
    assert!(contains(b"abcabd", b"abd") && !contains(b"abcab", b"abd"));
    assert!(contains(b"\0\0x", b"\0x") && !contains(b"", b"x"));
}
