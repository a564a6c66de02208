//! A key file: one secret, readable by its owner alone. For systems without a keyring.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use hearth_domain::{Secret, SecretError, SecretStore};

/// The file in the data folder.
const NAME: &str = "key";
/// A key has 64 digits; a file that is much longer is something else.
const LONGEST: u64 = 4096;

/// One secret in one file, whatever its name is asked by.
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file of a data folder.
    #[must_use]
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(NAME) }
    }

    /// A key file anywhere.
    #[must_use]
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The first name beside the file that is free: a key is never thrown away, because a backup
    /// may need it.
    fn set_aside(&self) -> io::Result<()> {
        let mut number = 1;
        loop {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".old-{number}"));
            let aside = PathBuf::from(name);
            if !aside.try_exists()? {
                return fs::rename(&self.path, aside);
            }
            number += 1;
        }
    }

    fn write(&self, value: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(value)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        #[cfg(unix)]
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl SecretStore for KeyFile {
    fn kind(&self) -> &'static str {
        "key_file"
    }

    /// [`SecretError::Malformed`] says that others may read the file, or that it is no key.
    fn get(&self, _name: &str) -> Result<Option<Secret<Vec<u8>>>, SecretError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(SecretError::Failed),
        };
        let meta = file.metadata().map_err(|_| SecretError::Failed)?;
        if !meta.is_file() || meta.len() > LONGEST || others_may_read(&meta) {
            return Err(SecretError::Malformed);
        }
        let mut value = Vec::with_capacity(LONGEST as usize);
        file.take(LONGEST).read_to_end(&mut value).map_err(|_| SecretError::Failed)?;
        Ok(Some(Secret::new(value)))
    }

    fn set(&self, name: &str, value: &Secret<Vec<u8>>) -> Result<(), SecretError> {
        match self.get(name) {
            Ok(Some(old)) if old.expose().trim_ascii() == value.expose().as_slice() => {
                return Ok(());
            }
            Ok(None) => {}
            _ => self.set_aside().map_err(|_| SecretError::Failed)?,
        }
        self.write(value.expose()).map_err(|_| SecretError::Failed)
    }

    /// What stood in the file is overwritten first. A disk that writes elsewhere keeps it for a
    /// while; that cannot be helped from here.
    fn delete(&self, _name: &str) -> Result<(), SecretError> {
        // What a link leads to was put there by the person.
        let own = fs::symlink_metadata(&self.path).is_ok_and(|meta| meta.is_file());
        if let (true, Ok(mut file)) = (own, OpenOptions::new().write(true).open(&self.path)) {
            let length = file.metadata().map_or(0, |meta| meta.len().min(LONGEST));
            let blank = vec![b' '; usize::try_from(length).unwrap_or_default()];
            file.write_all(&blank)
                .and_then(|()| file.sync_all())
                .map_err(|_| SecretError::Failed)?;
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SecretError::Failed),
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn others_may_read(meta: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0
}

/// On Windows the folder's access list decides, and it names its owner alone.
#[cfg(not(unix))]
fn others_may_read(_meta: &fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn secret(text: &[u8]) -> Secret<Vec<u8>> {
        Secret::new(text.to_vec())
    }

    #[test]
    fn a_key_file_is_made_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::in_folder(folder.path());
        assert_eq!(file.get("any").unwrap(), None);
        file.set("any", &secret(b"one")).unwrap();
        assert_eq!(file.get("other").unwrap().unwrap().expose().trim_ascii(), b"one");
        let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::in_folder(folder.path());
        file.set("any", &secret(b"one")).unwrap();
        for mode in [0o640, 0o604, 0o644] {
            let path = folder.path().join("key");
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(file.get("any").unwrap_err(), SecretError::Malformed);
        }
    }

    #[test]
    fn a_key_that_is_taken_out_is_overwritten_before_its_file_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::in_folder(folder.path());
        file.set("any", &secret(b"one")).unwrap();
        let other_name = folder.path().join("same file");
        fs::hard_link(folder.path().join("key"), &other_name).unwrap();
        file.delete("any").unwrap();
        assert_eq!(file.get("any").unwrap(), None);
        assert_eq!(fs::read(other_name).unwrap(), b"    ");
        file.delete("any").unwrap();
    }

    #[test]
    fn another_key_does_not_overwrite_the_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::in_folder(folder.path());
        for text in [b"one", b"two", b"six"] {
            file.set("any", &secret(text)).unwrap();
            file.set("any", &secret(text)).unwrap();
        }
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("key"), b"six\n");
        assert_eq!(read("key.old-1"), b"one\n");
        assert_eq!(read("key.old-2"), b"two\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_key_file_in_a_folder_that_is_not_there_is_a_failure_not_an_empty_store() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("not mounted/key"));
        assert_eq!(file.get("any").unwrap(), None);
        assert_eq!(file.set("any", &secret(b"one")).unwrap_err(), SecretError::Failed);
    }
}
