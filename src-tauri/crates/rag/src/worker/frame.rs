//! What parent and child say to each other over the pipes: frames of a length and a value.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Limits;
use crate::extract::{Job, Picture, Refusal};

/// Bytes of a frame at most: the largest document with its boxes.
const LARGEST: u32 = 512 << 20;
/// Bytes of a file sent at once.
const PIECE: usize = 256 << 10;

/// What the parent asks for. The pieces of the file follow, up to an empty one.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) job: Job,
    pub(super) task: Task,
    pub(super) limits: Limits,
}

/// What is to be made of the file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Task {
    Text,
    /// A page as a picture.
    Picture {
        page: u32,
        width: u32,
    },
}

/// What the child answers: any number of signs of life, then a result.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// A page was read.
    Page,
    /// The reader of that number begins.
    Reader(u8),
    /// The document as far as it is known.
    Draft(Vec<u8>),
    /// The document in its compact form.
    Text(Result<Vec<u8>, Refusal>),
    Picture(Result<Picture, Refusal>),
}

/// Writes one frame.
pub(super) fn write<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    let bytes = postcard::to_stdvec(value).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes)?;
    out.flush()
}

/// Reads one frame.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<T> {
    let bytes = bytes(input)?;
    postcard::from_bytes(&bytes).map_err(io::Error::other)
}

/// Sends what `source` holds, in pieces. Says how many bytes there were.
pub(super) fn send(out: &mut impl Write, source: &mut impl Read) -> io::Result<u64> {
    let mut piece = vec![0; PIECE];
    let mut sent = 0;
    loop {
        let count = source.read(&mut piece)?;
        let length = u32::try_from(count).map_err(io::Error::other)?;
        out.write_all(&length.to_le_bytes())?;
        if count == 0 {
            out.flush()?;
            return Ok(sent);
        }
        out.write_all(piece.get(..count).unwrap_or_default())?;
        sent += count as u64;
    }
}

/// Receives what [`send`] sent, up to `most` bytes; what is beyond them is read and dropped.
pub(super) fn receive(input: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    loop {
        let piece = bytes(input)?;
        if piece.is_empty() {
            return Ok(file);
        }
        if file.len() as u64 <= most {
            file.extend_from_slice(&piece);
        }
    }
}

fn bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LARGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    input.take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() == length as usize {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
