//! Office files that were saved with a password: a compound file around an encrypted package
//! (MS-OFFCRYPTO, section 2.3). Gives the package, which is an ordinary archive, when the password
//! opens it. Not here: what compound files hold otherwise (`compound`), and the old binary formats,
//! whose own encryption is not opened.

mod agile;
mod hash;
mod standard;

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use super::{MOST_BYTES, Refusal};

/// The streams that make a compound file an encrypted package.
pub(super) const PACKAGE: &str = "EncryptedPackage";
pub(super) const INFO: &str = "EncryptionInfo";
/// Bytes of the description of the encryption at most: an Office file has some 1,500.
const MOST_INFO: u64 = 1 << 20;
/// What Excel encrypts with when a person protects a workbook and gives no password to open it.
const NO_PASSWORD: &str = "VelvetSweatshop";

/// Opens an encrypted package.
///
/// # Errors
/// [`Refusal::PasswordNeeded`] without a password, [`Refusal::PasswordWrong`] where it does not open the
/// file, [`Refusal::Unsupported`] where the file is encrypted for an account or in a way that Office does
/// not write, [`Refusal::Broken`] where it contradicts itself.
pub(super) fn open(bytes: Vec<u8>, password: Option<&str>) -> Result<Vec<u8>, Refusal> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|_| Refusal::Broken)?;
    let info = stream(&mut file, INFO, MOST_INFO)?;
    let lock = Lock::of(&info)?;
    let Some(key) = lock.key(password.unwrap_or(NO_PASSWORD))? else {
        return Err(match password {
            Some(_) => Refusal::PasswordWrong,
            None => Refusal::PasswordNeeded,
        });
    };
    let package = stream(&mut file, PACKAGE, MOST_BYTES)?;
    drop(file);
    lock.open(package, &key)
}

/// How the package is encrypted.
enum Lock {
    Agile(agile::Agile),
    Standard(standard::Standard),
}

impl Lock {
    /// By the version of the description (2.3.4.5, 2.3.4.6 and 2.3.4.10).
    fn of(info: &[u8]) -> Result<Self, Refusal> {
        let version = (number(info, 0)?, number(info, 2)?);
        let rest = info.get(8..).ok_or(Refusal::Broken)?;
        match version {
            (4, 4) => agile::Agile::of(rest).map(Self::Agile),
            (2..=4, 2) => standard::Standard::of(rest).map(Self::Standard),
            _ => Err(Refusal::Unsupported),
        }
    }

    /// The key of the package; `None` where the password is another.
    fn key(&self, password: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        match self {
            Self::Agile(agile) => agile.key(&password),
            Self::Standard(standard) => standard.key(&password),
        }
    }

    fn open(&self, package: Vec<u8>, key: &[u8]) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Agile(agile) => agile.open(package, key),
            Self::Standard(standard) => standard.open(package, key),
        }
    }
}

fn stream(
    file: &mut CompoundFile<Cursor<Vec<u8>>>,
    name: &str,
    most: u64,
) -> Result<Vec<u8>, Refusal> {
    let stream = file.open_stream(name).map_err(|_| Refusal::Broken)?;
    // What grows as it is filled would take twice the memory.
    let mut bytes = Vec::with_capacity(usize::try_from(stream.len().min(most)).unwrap_or_default());
    stream.take(most + 1).read_to_end(&mut bytes).map_err(|_| Refusal::Broken)?;
    if bytes.len() as u64 > most { Err(Refusal::TooBig) } else { Ok(bytes) }
}

/// A number of two bytes.
fn number(bytes: &[u8], at: usize) -> Result<u16, Refusal> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Refusal::Broken)?;
    Ok(u16::from_le_bytes(*bytes))
}

/// A number of four bytes.
fn long(bytes: &[u8], at: usize) -> Result<u32, Refusal> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Refusal::Broken)?;
    Ok(u32::from_le_bytes(*bytes))
}

/// The length that a package says it has, which stands before it, and the encrypted bytes behind that.
fn parts(package: &mut [u8]) -> Result<(usize, &mut [u8]), Refusal> {
    let (length, rest) = package.split_first_chunk_mut::<8>().ok_or(Refusal::Broken)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| Refusal::Broken)?;
    if length > rest.len() { Err(Refusal::Broken) } else { Ok((length, rest)) }
}

/// The first `length` bytes behind the length of a package that is open.
fn content(mut package: Vec<u8>, length: usize) -> Vec<u8> {
    package.drain(..8.min(package.len()));
    package.truncate(length);
    package
}
