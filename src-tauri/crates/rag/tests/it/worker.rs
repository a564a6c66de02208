//! The child process: what it gives, and that nothing it does reaches the program.

use std::time::Duration;

use hearth_rag::extract::Refusal;
use hearth_rag::worker::{Limits, Source, Worker};

use crate::fixtures::{lines, pdf, program, worker};

fn good() -> Source {
    Source::bytes(pdf(&[&lines(&["All is well."])]), "a.pdf")
}

#[test]
fn one_child_reads_one_file_after_the_other() {
    let mut worker = worker();
    for _ in 0..20 {
        assert_eq!(worker.read(good()).unwrap().text, "All is well.");
    }
    worker.rest();
    assert_eq!(worker.read(good()).unwrap().text, "All is well.");
}

#[test]
fn a_program_that_is_no_worker_is_told_and_not_waited_for() {
    let limits = Limits { wall: Duration::from_secs(5), ..Limits::default() };
    let mut worker = Worker::with_limits(std::path::Path::new("/nowhere/at/all"), limits);
    assert_eq!(worker.read(good()), Err(Refusal::Unreadable));
}

#[test]
fn only_files_that_are_there_and_can_be_opened_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.txt"), "").unwrap();
    assert_eq!(Source::open(&at("gone.txt")).unwrap_err(), Refusal::Unreadable);
    assert_eq!(Source::open(&at("empty.txt")).unwrap_err(), Refusal::Empty);
    assert!(Source::open(folder.path()).is_err());
    let huge = std::fs::File::create(at("huge.txt")).unwrap();
    huge.set_len(300 << 20).unwrap();
    assert_eq!(Source::open(&at("huge.txt")).unwrap_err(), Refusal::TooBig);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file_and_nobody_waits_for_its_other_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.txt");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(Source::open(&pipe).unwrap_err(), Refusal::Unsupported);
}

#[test]
fn a_file_that_grows_while_it_is_read_is_read_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "one line\n").unwrap();
    let source = Source::open(&path).unwrap();
    std::fs::write(&path, "one line\nand another\n").unwrap();
    assert_eq!(worker().read(source), Err(Refusal::Unreadable));
    assert_eq!(
        worker().read(Source::open(&path).unwrap()).unwrap().text,
        "one line\nand another\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_whose_memory_ends_is_replaced() {
    let limits = Limits { memory: 96 << 20, ..Limits::default() };
    let mut worker = Worker::with_limits(&program(), limits);
    let long = "words and words again\n".repeat(4 << 20);
    assert_eq!(worker.read(Source::bytes(long.into_bytes(), "a.txt")), Err(Refusal::TooCostly));
    assert_eq!(worker.read(good()).unwrap().text, "All is well.");
}
