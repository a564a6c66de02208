//! The child process: what it gives, and that nothing it does reaches the program.

use std::time::Duration;

use hearth_rag::extract::Refusal;
use hearth_rag::worker::{Limits, Source, Worker};

use hearth_testkit::documents::{docx, lines, pdf, pdf_of};

use crate::{
    fixtures::{program, worker},
    locked::locked,
};

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

/// A file whose one page draws a form that draws the next one ten times, and so on: it never ends.
fn endless() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources \
         << /XObject << /X 5 0 R >> >> >>"
            .to_owned(),
        "<< /Length 5 >>\nstream\n/X Do\nendstream".to_owned(),
    ];
    for next in 6..18 {
        let draws = "/X Do ".repeat(10) + "0 0 1 1 re f";
        objects.push(format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length {} /Resources << /XObject \
             << /X {next} 0 R >> >> >>\nstream\n{draws}\nendstream",
            draws.len()
        ));
    }
    objects.push("<< /Length 0 >>\nstream\n\nendstream".to_owned());
    pdf_of(&objects)
}

#[cfg(unix)]
#[test]
fn ac_23_each_limit_of_time_ends_as_too_costly_and_the_next_file_is_read() {
    let usual = Limits::default();
    let short = Duration::from_millis(300);
    for limits in [
        Limits { processor: 0, ..usual },
        Limits { wall: short, ..usual },
        Limits { whole: short, ..usual },
    ] {
        let mut worker = Worker::with_limits(&program(), limits);
        let read = worker.read(Source::bytes(endless(), "a.pdf"));
        assert_eq!(read, Err(Refusal::TooCostly), "{limits:?}");
        let painted = worker.picture(Source::bytes(endless(), "a.pdf"), 0, 300);
        assert_eq!(painted, Err(Refusal::TooCostly), "{limits:?}");
        assert_eq!(worker.read(good()).unwrap().text, "All is well.");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_reader_whose_memory_ends_says_that_it_costs_too_much() {
    let limits = Limits { memory: 72 << 20, ..Limits::default() };
    let long = "words and words again ".repeat(2 << 20);
    let hard: String = noise(24 << 20).iter().map(|byte| char::from(b'a' + byte % 16)).collect();
    let letter = docx(&format!("<w:p><w:r><w:t>{hard}</w:t></w:r></w:p>"), &[]);
    let mail = format!("From: a@b.c\r\nSubject: x\r\n\r\n{long}\r\n");
    let bound = locked(&letter, "VelvetSweatshop", 1_000);
    let page = format!("<html><body><p>{long}</p></body></html>");
    for (name, file) in [
        ("a.txt", long.clone().into_bytes()),
        ("a.md", long.into_bytes()),
        ("a.html", page.into_bytes()),
        ("a.eml", mail.into_bytes()),
        ("a.docx", letter),
        ("b.docx", bound),
    ] {
        let mut worker = Worker::with_limits(&program(), limits);
        assert_eq!(worker.read(Source::bytes(file, name)), Err(Refusal::TooCostly), "{name}");
        assert_eq!(worker.read(good()).unwrap().text, "All is well.");
    }
}

/// Bytes that no packer makes smaller.
#[cfg(target_os = "linux")]
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x1d07_u64;
    let byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(byte).take(length).collect()
}
