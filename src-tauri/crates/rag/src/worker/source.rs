//! A file that is about to be read: opened once, so that what was checked is what is read.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::extract::{Job, MOST_BYTES, Refusal};

/// An open file, or bytes that are in memory already.
#[derive(Debug)]
pub struct Source {
    content: Content,
    job: Job,
}

#[derive(Debug)]
enum Content {
    File { file: File, size: u64, changed: Option<SystemTime> },
    Bytes(Vec<u8>),
}

impl Source {
    /// Opens a file. Only regular files are read: a pipe would never end, a device never began.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`], [`Refusal::Unsupported`] for what is no file, [`Refusal::Empty`] or
    /// [`Refusal::TooBig`].
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let file = open(path).map_err(|_| Refusal::Unreadable)?;
        let metadata = file.metadata().map_err(|_| Refusal::Unreadable)?;
        if !metadata.is_file() {
            return Err(Refusal::Unsupported);
        }
        if metadata.len() == 0 {
            return Err(Refusal::Empty);
        }
        if metadata.len() > MOST_BYTES {
            return Err(Refusal::TooBig);
        }
        let (size, changed) = stamp(&metadata);
        let job = Job { extension: extension(path), ..Job::default() };
        Ok(Self { content: Content::File { file, size, changed }, job })
    }

    /// Bytes that are in memory, with the name they came under.
    #[must_use]
    pub fn bytes(bytes: Vec<u8>, name: &str) -> Self {
        let job = Job { extension: extension(Path::new(name)), ..Job::default() };
        Self { content: Content::Bytes(bytes), job }
    }

    /// Gives a password for it.
    #[must_use]
    pub fn with_password(mut self, password: Option<String>) -> Self {
        self.job.password = password;
        self
    }

    pub(super) fn job(&self) -> &Job {
        &self.job
    }

    /// Its bytes from the beginning, for a first try and for the next.
    pub(super) fn reader(&mut self) -> io::Result<Box<dyn Read + Send + '_>> {
        match &mut self.content {
            Content::File { file, size, .. } => {
                use io::Seek as _;
                file.rewind()?;
                Ok(Box::new(file.take(*size)))
            }
            Content::Bytes(bytes) => Ok(Box::new(bytes.as_slice())),
        }
    }

    /// Whether the file is as it was when it was opened, and `sent` bytes are all of it.
    pub(super) fn is_unchanged(&self, sent: u64) -> bool {
        match &self.content {
            Content::File { file, size, changed } => {
                let now = file.metadata().map(|it| stamp(&it)).ok();
                sent == *size && now == Some((*size, *changed))
            }
            Content::Bytes(bytes) => sent == bytes.len() as u64,
        }
    }
}

fn stamp(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

/// The end of a name in small letters; a name without one that programs know is its own end.
fn extension(path: &Path) -> String {
    let whole = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    match path.extension() {
        Some(end) => end.to_string_lossy().to_lowercase(),
        None => whole,
    }
}

/// Opening a named pipe must not wait for its other end.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}
