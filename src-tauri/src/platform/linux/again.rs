//! Starting the program again in the same process, and what it leaves to itself: open files, which
//! travel in a socket that stands in for standard input.

use std::{
    env,
    ffi::OsString,
    fs, io,
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    net::TcpListener,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    process::{self, Command, Stdio},
};

use rustix::{
    cmsg_space,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    },
    process::{Pid, Signal, WaitOptions, kill_process, waitpid},
};

use crate::platform::Left;

/// Files that are handed over at most.
const MOST: usize = 2;
/// The programs of the web view; browsers and others that the person opened are not touched.
const PAGES: &str = "WebKit";

/// Replaces this process by a new run of the program. All of its memory is gone then, and so are
/// the processes of its pages.
///
/// Returns only where that failed, with what the system said.
pub(crate) fn start_again(arguments: &[OsString], left: Left) -> io::Error {
    end_pages();
    match replace(arguments, left) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn replace(arguments: &[OsString], left: Left) -> io::Result<std::convert::Infallible> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut files = vec![OwnedFd::from(left.lock)];
    files.extend(left.listener.map(OwnedFd::from));
    let borrowed: Vec<_> = files.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&borrowed)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    sendmsg(&ours, &[IoSlice::new(b"h")], &mut control, SendFlags::empty())?;
    let mut again = Command::new(env::current_exe()?);
    if let Some(name) = env::args_os().next() {
        again.arg0(name);
    }
    Err(again.args(arguments).stdin(Stdio::from(OwnedFd::from(theirs))).exec())
}

/// What the process left that this one was before. `None` where it left nothing.
pub(crate) fn left() -> Option<Left> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut word = [0; 1];
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    // Anything but our socket is a standard input like any other.
    recvmsg(io::stdin(), &mut [IoSliceMut::new(&mut word)], &mut control, flags).ok()?;
    let mut files = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    let mut files = files.next()?;
    let lock = fs::File::from(files.next()?);
    Some(Left { lock, listener: files.next().map(TcpListener::from) })
}

/// Ends the processes of the web view and waits until they are gone: nothing of them may outlive
/// the program that they belong to.
fn end_pages() {
    for page in pages() {
        // One that ended by itself, or that GLib has waited for, is as good.
        let _ = kill_process(page, Signal::KILL);
        let _ = waitpid(Some(page), WaitOptions::empty());
    }
}

/// The children of this process that draw pages.
fn pages() -> Vec<Pid> {
    let own = process::id().to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().into_string().ok()?.parse().ok());
    ids.filter(|id: &i32| parent(*id).is_some_and(|parent| parent == own) && is_page(*id))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The second field after the name, which stands in brackets and can hold anything.
fn parent(id: i32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1).map(str::to_owned)
}

fn is_page(id: i32) -> bool {
    let program = fs::read_link(format!("/proc/{id}/exe")).unwrap_or_default();
    program.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PAGES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_input_like_any_other_holds_nothing() {
        assert!(left().is_none());
    }

    #[test]
    fn only_the_programs_of_the_web_view_are_ended() {
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        assert_eq!(parent(i32::try_from(other.id()).unwrap()), Some(process::id().to_string()));
        end_pages();
        assert!(other.try_wait().unwrap().is_none(), "a program of the person was ended");
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
