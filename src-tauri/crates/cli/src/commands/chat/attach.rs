//! Files that go with a question: their bytes are handed to the program, which reads them as it reads
//! every document. Nothing of them is interpreted here.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use data_encoding::BASE64;
use hearth_domain::{Attachment, AttachmentId, ErrorCode};
use serde_json::json;

use crate::{
    failure::Failure,
    out::{self, Out},
    passphrase,
    program::Program,
};

/// Bytes of one file, as in the window.
const FILE_BYTES: u64 = 32 * 1024 * 1024;

/// Why a file wants another password.
const LOCKED: [ErrorCode; 2] = [ErrorCode::DocumentPassword, ErrorCode::DocumentPasswordWrong];

/// Hands over files, in their order. One behind a password is asked for it where somebody can type.
pub(super) async fn all(
    program: &Program,
    paths: &[PathBuf],
    out: Out,
) -> Result<Vec<AttachmentId>, Failure> {
    let mut attached = Vec::with_capacity(paths.len());
    for path in paths {
        let one = attach(program, path, out).await;
        if one.is_err() && !out.is_json() {
            // Which of them.
            out.note(&format!("{} was not attached.", out::one_line(&path.to_string_lossy())));
        }
        attached.push(one?);
    }
    Ok(attached)
}

async fn attach(program: &Program, path: &Path, out: Out) -> Result<AttachmentId, Failure> {
    let content = BASE64.encode(&bytes_of(path)?);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut password = None;
    loop {
        let request = json!({ "name": name, "content": content, "password": password });
        match program.call::<Attachment>("attachment_read", request).await {
            Ok(attachment) => return Ok(attachment.id),
            Err(failure) if LOCKED.contains(&failure.code()) => {
                let typed = passphrase::of_document(&name, out).await?;
                password = Some(typed.ok_or(failure)?.expose().clone());
            }
            Err(failure) => return Err(failure),
        }
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = Failure::AttachUnreadable;
    // Opening a pipe would wait for somebody to write into it.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(unreadable(io::ErrorKind::InvalidInput.into()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES { Err(Failure::AttachTooLarge) } else { Ok(bytes) }
}
