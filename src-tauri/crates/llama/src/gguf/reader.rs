//! Numbers and texts from a file, bounded: nothing is allocated on the word of the file alone. What is
//! not here: what they mean.

use std::io::{BufReader, Read, Seek};

use super::GgufError;

/// The largest header that is read at all.
const LARGEST_HEADER: u64 = 256 << 20;
/// The longest single text.
const LONGEST_TEXT: u64 = 16 << 20;

/// Reads a header from its start.
pub(super) struct Reader<R> {
    inner: BufReader<R>,
    at: u64,
    size: u64,
}

impl<R: Read + Seek> Reader<R> {
    /// `size` is the size of the whole file.
    pub(super) fn new(inner: R, size: u64) -> Self {
        Self { inner: BufReader::with_capacity(1 << 16, inner), at: 0, size }
    }

    /// How far it has read.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// Bytes of the file that are left.
    pub(super) fn left(&self) -> u64 {
        self.size - self.at
    }

    /// Says that `n` bytes come; every read passes here.
    fn claim(&mut self, n: u64) -> Result<(), GgufError> {
        let next = self.at.checked_add(n).ok_or(GgufError::Truncated)?;
        if next > self.size {
            return Err(GgufError::Truncated);
        }
        if next > LARGEST_HEADER {
            return Err(GgufError::HeaderTooLarge);
        }
        self.at = next;
        Ok(())
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        self.claim(N as u64)?;
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(read_error)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// A text of at most `longest` bytes, into `into`, which is emptied first.
    pub(super) fn text(&mut self, into: &mut Vec<u8>, longest: u64) -> Result<(), GgufError> {
        let len = self.u64()?;
        if len > self.left() {
            return Err(GgufError::Truncated);
        }
        if len > longest.min(LONGEST_TEXT) {
            return Err(GgufError::StringTooLong);
        }
        self.claim(len)?;
        into.clear();
        into.resize(usize::try_from(len).map_err(|_| GgufError::StringTooLong)?, 0);
        self.inner.read_exact(into).map_err(read_error)
    }

    /// Passes over `count` values of `width` bytes.
    pub(super) fn skip(&mut self, count: u64, width: u64) -> Result<(), GgufError> {
        let n = count.checked_mul(width).ok_or(GgufError::Truncated)?;
        self.claim(n)?;
        let by = i64::try_from(n).map_err(|_| GgufError::Truncated)?;
        self.inner.seek_relative(by).map_err(|_| GgufError::Unreadable)
    }
}

/// A file that became shorter while it was read is cut short; anything else is the drive's fault.
fn read_error(error: std::io::Error) -> GgufError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => GgufError::Truncated,
        _ => GgufError::Unreadable,
    }
}
