//! `lock.json`: the key of the database, encrypted with what a passphrase gives.
//!
//! Guessing costs one Argon2id for each try, also where the file is damaged, missing or asks for
//! something absurd: the answer to a wrong passphrase and to a file that cannot be read is the
//! same, after the same work.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    DatabaseKey, Error, Passphrase, Result, files, folder,
    key::{KEY_BYTES, random},
};

const FORMAT: u32 = 1;
const SALT_BYTES: usize = 16;

/// What one try costs. Kept in the file, so that later versions can ask for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Memory in KiB.
    memory: u32,
    /// Passes over it.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

impl Cost {
    /// 64 MiB in three passes, near the second choice of RFC 9106: tenths of a second a try.
    pub(crate) const USUAL: Self = Self { memory: 64 * 1024, passes: 3, lanes: 1 };
    /// More than this is not ours: a file must not be able to take all memory.
    const MOST: Self = Self { memory: 1024 * 1024, passes: 32, lanes: 8 };

    /// What a test can afford a thousand times; the rules do not look at it.
    #[cfg(test)]
    pub(crate) const fn for_tests() -> Self {
        Self { memory: 8, passes: 1, lanes: 1 }
    }

    fn params(self) -> Option<Params> {
        let most = Self::MOST;
        let sane =
            self.memory <= most.memory && self.passes <= most.passes && self.lanes <= most.lanes;
        let params = Params::new(self.memory, self.passes, self.lanes, Some(KEY_BYTES)).ok();
        params.filter(|_| sane)
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LockFile {
    format: u32,
    database: Uuid,
    cost: Cost,
    salt: String,
    nonce: String,
    key: String,
}

/// What of a file is needed for one try; read without saying what is wrong with it.
struct Sealed {
    cost: Cost,
    salt: [u8; SALT_BYTES],
    nonce: [u8; 12],
    key: Vec<u8>,
}

/// Which database the file is for; `None` where there is none, or it cannot be read.
pub(crate) fn database(folder: &Path) -> Result<Option<Uuid>> {
    let text = files::read(&folder.join(folder::LOCK_FILE))?;
    let read = text.and_then(|text| serde_json::from_slice::<LockFile>(&text).ok());
    Ok(read.map(|file| file.database))
}

/// Writes the key beside the database in a form that only `passphrase` opens, and reads it back.
pub(crate) fn seal(
    folder: &Path,
    database: Uuid,
    key: &DatabaseKey,
    passphrase: &Passphrase,
    cost: Cost,
) -> Result<()> {
    let (salt, nonce) = (random::<SALT_BYTES>()?, random::<12>()?);
    let params = cost.params().ok_or(Error::LockNotKept)?;
    let derived = derive(passphrase, salt.as_ref(), params).ok_or(Error::LockNotKept)?;
    let payload = Payload { msg: key.bytes(), aad: database.as_bytes() };
    let sealed = ChaCha20Poly1305::new(&(*derived).into())
        .encrypt(&Nonce::from(*nonce), payload)
        .map_err(|_| Error::LockNotKept)?;
    let file = LockFile {
        format: FORMAT,
        database,
        cost,
        salt: HEXLOWER.encode(salt.as_ref()),
        nonce: HEXLOWER.encode(nonce.as_ref()),
        key: HEXLOWER.encode(&sealed),
    };
    let text = serde_json::to_vec_pretty(&file).map_err(|_| Error::LockNotKept)?;
    let path = folder.join(folder::LOCK_FILE);
    files::replace(&path, &text)?;
    // A disk that lies is found out before the key is taken from where it was.
    let kept = files::read(&path)?.and_then(|text| serde_json::from_slice(&text).ok());
    if kept == Some(file) { Ok(()) } else { Err(Error::LockNotKept) }
}

/// The key that the passphrase opens.
///
/// # Errors
/// [`Error::PassphraseWrong`], whether it is the passphrase or the file that is wrong.
pub(crate) fn unseal(
    folder: &Path,
    database: Uuid,
    passphrase: &Passphrase,
) -> Result<DatabaseKey> {
    unseal_with(folder, database, |salt, params| derive(passphrase, salt, params))
}

/// As [`unseal`]. What cannot be read is tried all the same, with numbers of its own.
fn unseal_with(
    folder: &Path,
    database: Uuid,
    derive: impl FnOnce(&[u8], Params) -> Option<Zeroizing<[u8; KEY_BYTES]>>,
) -> Result<DatabaseKey> {
    let text = files::read(&folder.join(folder::LOCK_FILE)).ok().flatten();
    let sealed = text.and_then(|text| read(&text, database)).unwrap_or_else(Sealed::nothing);
    let params = sealed.cost.params().or_else(|| Cost::USUAL.params());
    let derived = params.and_then(|params| derive(&sealed.salt, params));
    let derived = derived.ok_or(Error::PassphraseWrong)?;
    let payload = Payload { msg: &sealed.key, aad: database.as_bytes() };
    let opened = ChaCha20Poly1305::new(&(*derived).into())
        .decrypt(&Nonce::from(sealed.nonce), payload)
        .map(Zeroizing::new);
    let key = opened.ok().and_then(|key| DatabaseKey::from_bytes(&key));
    key.ok_or(Error::PassphraseWrong)
}

impl Sealed {
    /// Opened by no passphrase, at the usual cost.
    fn nothing() -> Self {
        Self { cost: Cost::USUAL, salt: [0; SALT_BYTES], nonce: [0; 12], key: Vec::new() }
    }
}

fn read(text: &[u8], database: Uuid) -> Option<Sealed> {
    let file: LockFile = serde_json::from_slice(text).ok()?;
    if file.format != FORMAT || file.database != database || file.cost.params().is_none() {
        return None;
    }
    let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok();
    Some(Sealed {
        cost: file.cost,
        salt: bytes(&file.salt)?.try_into().ok()?,
        nonce: bytes(&file.nonce)?.try_into().ok()?,
        key: bytes(&file.key)?,
    })
}

fn derive(
    passphrase: &Passphrase,
    salt: &[u8],
    params: Params,
) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // Fails only where memory ran out.
    argon2.hash_password_into(passphrase.bytes(), salt, key.as_mut()).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use hearth_domain::Secret;
    use proptest::prelude::*;

    use super::*;

    const CHEAP: Cost = Cost::for_tests();

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(&Secret::new(text.to_owned())).unwrap()
    }

    struct Place {
        folder: tempfile::TempDir,
        id: Uuid,
        key: DatabaseKey,
    }

    impl Place {
        fn sealed(text: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (id, key) = (Uuid::new_v4(), DatabaseKey::generate().unwrap());
            seal(folder.path(), id, &key, &passphrase(text), CHEAP).unwrap();
            Self { folder, id, key }
        }

        fn open(&self, text: &str) -> Result<DatabaseKey> {
            unseal(self.folder.path(), self.id, &passphrase(text))
        }

        fn file(&self) -> std::path::PathBuf {
            self.folder.path().join(folder::LOCK_FILE)
        }

        /// How often one try derives a key, and with what.
        fn derivations(&self) -> Vec<(u32, u32, u32)> {
            let mut seen = Vec::new();
            let refused = unseal_with(self.folder.path(), self.id, |_, params| {
                seen.push((params.m_cost(), params.t_cost(), params.p_cost()));
                Some(Zeroizing::new([1; KEY_BYTES]))
            });
            assert!(matches!(refused, Err(Error::PassphraseWrong)), "{refused:?}");
            seen
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_sealed_key_opens_with_its_passphrase_alone(text in ".{1,64}", other in ".{1,64}") {
            let place = Place::sealed(&text);
            prop_assert_eq!(place.open(&text).unwrap(), place.key.clone());
            if passphrase(&text).bytes() != passphrase(&other).bytes() {
                prop_assert!(matches!(place.open(&other), Err(Error::PassphraseWrong)));
            }
        }

        #[test]
        fn no_content_of_the_file_makes_the_reader_panic(text: Vec<u8>) {
            let place = Place::sealed("right");
            fs::write(place.file(), &text).unwrap();
            prop_assert!(read(&text, place.id).is_none());
        }
    }

    #[test]
    fn one_changed_byte_anywhere_in_the_file_is_told_as_a_wrong_passphrase() {
        let place = Place::sealed("right");
        let sound = fs::read(place.file()).unwrap();
        for at in 0..sound.len() {
            let mut bent = sound.clone();
            bent[at] ^= 1;
            fs::write(place.file(), &bent).unwrap();
            // What would cost the usual work cannot be opened anyway.
            let right = passphrase("right");
            let opened = unseal_with(place.folder.path(), place.id, |salt, params| {
                let cheap = params.m_cost() == CHEAP.memory;
                if cheap { derive(&right, salt, params) } else { Some(Zeroizing::new([0; 32])) }
            });
            match opened {
                Err(Error::PassphraseWrong) => {}
                // White space between fields means nothing.
                Ok(key) => assert!(key == place.key && sound[at].is_ascii_whitespace(), "{at}"),
                Err(other) => panic!("{other:?} at {at}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_opened_by_anyone_costs_the_usual_work() {
        let place = Place::sealed("right");
        assert_eq!(place.derivations(), [(8, 1, 1)], "a sound file costs what it says");
        let sound = fs::read_to_string(place.file()).unwrap();
        let huge = sound.replace("\"memory\": 8", "\"memory\": 4294967295");
        let foreign = sound.replace(&place.id.to_string(), &Uuid::new_v4().to_string());
        assert!(huge != sound && foreign != sound);
        for text in ["", "{}", "\u{0}", &sound[..sound.len() / 2], &huge, &foreign] {
            fs::write(place.file(), text).unwrap();
            assert_eq!(place.derivations(), [(65_536, 3, 1)], "{text}");
        }
        fs::remove_file(place.file()).unwrap();
        assert_eq!(place.derivations(), [(65_536, 3, 1)], "no file at all");
    }

    #[test]
    fn ac_58_a_thousand_passphrases_get_one_answer_from_a_sound_and_from_a_damaged_file() {
        let (sound, damaged) = (Place::sealed("right"), Place::sealed("right"));
        let bent =
            fs::read_to_string(damaged.file()).unwrap().replace("\"key\": \"", "\"key\": \"00");
        fs::write(damaged.file(), bent).unwrap();
        let told = |refused: Error| (refused.to_string(), refused.code(), format!("{refused:?}"));
        let mut answers = std::collections::HashSet::new();
        for guess in 0..1_000 {
            let guess = format!("guess {guess}");
            answers.insert(told(sound.open(&guess).unwrap_err()));
            answers.insert(told(damaged.open(&guess).unwrap_err()));
        }
        answers.insert(told(damaged.open("right").unwrap_err()));
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(sound.open("right").unwrap(), sound.key);
    }

    #[test]
    fn a_real_file_asks_for_64_mib_in_three_passes() {
        let place = Place::sealed("right");
        seal(place.folder.path(), place.id, &place.key, &passphrase("x"), Cost::USUAL).unwrap();
        let text = fs::read_to_string(place.file()).unwrap();
        let file: LockFile = serde_json::from_str(&text).unwrap();
        assert_eq!(file.cost, Cost { memory: 65_536, passes: 3, lanes: 1 });
        assert_eq!(place.open("x").unwrap(), place.key);
        let key = String::from_utf8(place.key.to_hex().expose().clone()).unwrap();
        assert!(!text.contains(&key));
    }
}
