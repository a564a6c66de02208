//! States of the model in files: kept, found, and gone with their conversation.

use std::{fs, path::PathBuf, sync::Arc};

use hearth_domain::{ConversationId, Timestamp};
use hearth_store::{DataFolder, Db, Origin, StateFiles, StateName};
use zeroize::Zeroizing;

use crate::support::{Home, conversation, message};

const MODEL: [u8; 32] = [9; 32];
const NOW: Timestamp = Timestamp(1_700_000_000_000);
const PLENTY: u64 = 1 << 30;

struct Kept {
    home: Home,
    db: Arc<Db>,
    files: StateFiles,
}

fn kept() -> Kept {
    let (home, db) = Home::new();
    let db = Arc::new(db);
    let folder = DataFolder::open(home.folder.path()).unwrap();
    let files = StateFiles::new(Arc::clone(&db), &folder);
    Kept { home, db, files }
}

fn state(n: u8) -> StateName {
    let first = u32::from(n) * 256;
    StateName { name: [n; 32], model: MODEL, first, end: first + 256 }
}

fn text(n: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(format!("a secret walnut {n} ").repeat(400).into_bytes())
}

impl Kept {
    fn talk(&self) -> ConversationId {
        let talk = conversation("About trees", NOW.0);
        self.db.write(|w| w.conversation_insert(&talk)).unwrap();
        talk.id
    }

    fn put(&self, of: ConversationId, n: u8) {
        self.files.write(of, (state(n), text(n)), &[], (PLENTY, NOW)).unwrap();
    }

    fn get(&self, of: ConversationId, n: u8) -> Option<Zeroizing<Vec<u8>>> {
        self.files.read(of, &state(n)).unwrap()
    }

    fn listed(&self, of: ConversationId) -> usize {
        self.files.list(of, &MODEL, NOW).unwrap().len()
    }

    fn paths(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.home.folder.path().join("states")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn ac_20_what_was_kept_comes_back_and_no_file_tells_it() {
    let kept = kept();
    let of = kept.talk();
    kept.put(of, 0);
    kept.put(of, 1);
    assert_eq!((kept.get(of, 0), kept.get(of, 1)), (Some(text(0)), Some(text(1))));
    assert_eq!((kept.listed(of), kept.get(of, 2)), (2, None));
    assert!(kept.files.list(of, &[8; 32], NOW).unwrap().is_empty(), "another model's");
    for path in kept.paths() {
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|six| six == b"walnut"));
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.len() == 32 && !name.contains(&of.0.simple().to_string()[..8]));
    }
}

#[test]
fn a_torn_a_changed_and_a_swapped_file_are_misses_and_are_removed() {
    let kept = kept();
    let of = kept.talk();
    let break_it: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.clear(),
        |bytes| bytes[100] ^= 1,
        |bytes| *bytes.last_mut().unwrap() ^= 1,
    ];
    for harm in break_it {
        kept.put(of, 0);
        let path = kept.paths().remove(0);
        let mut bytes = fs::read(&path).unwrap();
        harm(&mut bytes);
        fs::write(&path, bytes).unwrap();
        assert_eq!(kept.get(of, 0), None);
        assert_eq!((kept.listed(of), kept.paths().len()), (0, 0));
    }
    kept.put(of, 0);
    kept.put(of, 1);
    let paths = kept.paths();
    let (one, two) = (fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
    fs::write(&paths[0], two).unwrap();
    fs::write(&paths[1], one).unwrap();
    assert_eq!((kept.get(of, 0), kept.get(of, 1)), (None, None));
}

#[test]
fn a_deleted_conversation_takes_its_key_and_its_files_along() {
    let kept = kept();
    let (gone, stays) = (kept.talk(), kept.talk());
    kept.put(gone, 0);
    kept.put(stays, 1);
    kept.db.write(|w| w.conversation_delete(gone, NOW)).unwrap();
    assert_eq!((kept.listed(gone), kept.get(gone, 0)), (0, None));
    let late = kept.files.write(gone, (state(2), text(2)), &[], (PLENTY, NOW));
    assert!(late.is_err(), "nothing is kept of a deleted conversation");
    kept.files.sweep().unwrap();
    assert_eq!(kept.paths().len(), 1);
    kept.db.write(|w| w.conversation_restore(gone)).unwrap();
    assert_eq!(kept.get(gone, 0), None, "its key is gone for good");
    assert_eq!(kept.get(stays, 1), Some(text(1)));
}

#[test]
fn a_deleted_message_takes_the_states_of_its_conversation_along() {
    let kept = kept();
    let of = kept.talk();
    let asked = message(of, None, "a secret walnut");
    let origin = Origin { client_id: None, generation: None };
    kept.db.write(|w| w.message_insert(&asked, origin)).unwrap();
    kept.put(of, 0);
    kept.db.write(|w| w.message_delete(asked.id, NOW)).unwrap();
    assert_eq!((kept.listed(of), kept.get(of, 0)), (0, None));
}

#[test]
fn the_limit_holds_and_what_is_long_unused_goes_first() {
    let kept = kept();
    let (old, new) = (kept.talk(), kept.talk());
    let size = text(0).len() as u64 + 40;
    let later = Timestamp(NOW.0 + 100);
    let put = |of, n, limit, now| {
        kept.files.write(of, (state(n), text(n)), &[], (limit, now)).unwrap();
    };
    put(old, 0, 4 * size, NOW);
    put(old, 1, 4 * size, NOW);
    put(new, 0, 4 * size, later);
    put(new, 1, 3 * size, later);
    assert_eq!((kept.listed(old), kept.listed(new)), (1, 2));
    assert!(kept.get(old, 0).is_some(), "the end goes before the beginning");
    assert_eq!(kept.paths().len(), 3);
    kept.files.shrink(size).unwrap();
    assert_eq!(kept.paths().len(), 1);
    assert!(kept.files.write(new, (state(3), text(3)), &[], (size - 1, later)).is_err());
    kept.files.erase().unwrap();
    assert_eq!((kept.paths().len(), kept.listed(new)), (0, 0));
}

#[test]
fn a_longer_state_replaces_a_shorter_one() {
    let kept = kept();
    let of = kept.talk();
    kept.put(of, 0);
    let longer = StateName { name: [77; 32], end: 512, ..state(0) };
    kept.files.write(of, (longer, text(5)), &[state(0).name], (PLENTY, NOW)).unwrap();
    assert_eq!((kept.get(of, 0), kept.paths().len()), (None, 1));
    kept.files.write(of, (longer, text(5)), &[], (PLENTY, NOW)).unwrap();
    assert_eq!(kept.paths().len(), 1, "the same again is no second file");
    assert_eq!(kept.files.read(of, &longer).unwrap(), Some(text(5)));
}

#[test]
fn what_a_killed_process_left_is_swept_and_what_is_missing_is_a_miss() {
    let kept = kept();
    let of = kept.talk();
    kept.put(of, 0);
    kept.put(of, 1);
    let folder = kept.home.folder.path().join("states");
    fs::write(folder.join("0123456789abcdef0123456789abcdef.new"), b"half").unwrap();
    fs::write(folder.join("0123456789abcdef0123456789abcdef"), b"whole, but no row").unwrap();
    kept.files.sweep().unwrap();
    assert_eq!(kept.paths().len(), 2);
    for path in kept.paths() {
        fs::remove_file(path).unwrap();
    }
    assert_eq!((kept.get(of, 0), kept.get(of, 1), kept.listed(of)), (None, None, 0));
}
