//! The SHA-256 of a file, read in pieces.

use std::{fs::File, io::Read, path::Path};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

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
}
