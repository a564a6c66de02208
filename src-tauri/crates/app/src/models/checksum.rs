//! The SHA-256 of a file, read in pieces.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    thread,
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::Error;

/// Lower-case hexadecimal SHA-256 of a file.
///
/// # Errors
/// [`Error::ModelFileMissing`] where it cannot be opened, [`Error::Io`] where reading fails.
pub(super) fn of_file(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(|_| Error::ModelFileMissing)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece).map_err(Error::Io)?;
        if read == 0 {
            return Ok(HEXLOWER.encode(&hash.finalize()));
        }
        hash.update(&piece[..read]);
    }
}

/// As [`of_file`], in a thread of its own that gives way to whatever else wants the processor.
/// Reading the file is most of the work of loading a model; what comes after it finds the file in
/// memory.
///
/// # Errors
/// As [`of_file`]; [`Error::TaskFailed`] where there is no thread to be had.
pub(super) async fn of_file_gently(path: PathBuf) -> Result<String, Error> {
    let (tell, told) = oneshot::channel();
    let reader = thread::Builder::new().name("hearth-check".into()).spawn(move || {
        give_way();
        // Nobody listens any more where the program ends.
        let _ = tell.send(of_file(&path));
    });
    reader.map_err(|_| Error::TaskFailed)?;
    told.await.map_err(|_| Error::TaskFailed)?
}

/// Gives this thread a third of the usual weight: it gives way, and yet on a computer that is busy
/// for long it comes to its end. It cannot be taken back, so the thread must be its own.
#[cfg(target_os = "linux")]
fn give_way() {
    const NICE: i32 = 5;
    // To Linux, no process means this thread. Where it refuses, only the manners are lost.
    let _ = rustix::process::setpriority_process(None, NICE);
}

/// Elsewhere there is no safe call for it.
#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_checksum_that_the_standard_gives() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_file(&path).unwrap(), expected);
    }

    #[tokio::test]
    async fn read_gently_it_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some");
        std::fs::write(&path, vec![7; 3 << 20]).unwrap();
        assert_eq!(of_file_gently(path.clone()).await.unwrap(), of_file(&path).unwrap());
        let gone = of_file_gently(dir.path().join("none")).await;
        assert!(matches!(gone, Err(Error::ModelFileMissing)));
    }
}
