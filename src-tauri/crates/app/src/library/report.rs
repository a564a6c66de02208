//! What became of something that was put in, in numbers and sentences.

use std::path::Path;

use hearth_domain::{ErrorCode, IngestReport, SkippedFile, SourceId};
use hearth_store::Reader;

/// Files that a report names.
const NAMED: u32 = 10_000;

/// Sums up what is known of some sources.
pub(super) fn of(r: &Reader<'_>, sources: &[SourceId]) -> hearth_store::Result<IngestReport> {
    let mut report = IngestReport::default();
    for source in sources {
        let counts = r.source_counts(*source)?;
        report.documents += counts.searchable;
        report.chunks += counts.chunks;
        report.pages += counts.pages;
        report.bytes += counts.bytes;
        report.skipped_count += counts.failed + counts.skipped;
        let refused = r.files_refused(*source, NAMED)?;
        report
            .skipped
            .extend(refused.into_iter().map(|(path, row, code)| skipped(&path, &row, code)));
    }
    report.skipped.truncate(NAMED as usize);
    Ok(report)
}

/// One file that is not searchable.
pub(super) fn skipped(path: &Path, row: &str, code: ErrorCode) -> SkippedFile {
    let path = path.to_string_lossy();
    let path = if row.is_empty() { path.into_owned() } else { format!("{path}#{row}") };
    SkippedFile { path, code, message: sentence(code).to_owned() }
}

/// Why, and the way on.
fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::DocumentEmpty => "there is nothing in it",
        ErrorCode::DocumentNoText => {
            "its text cannot be read: pictures of pages, or letters without meaning; text recognition would help"
        }
        ErrorCode::DocumentPassword => "it needs a password; give it in the library",
        ErrorCode::DocumentPasswordWrong => "the password does not open it",
        ErrorCode::DocumentBroken => "it is damaged; export it once more or take another copy",
        ErrorCode::DocumentMislabelled => "its name says another format than its content",
        ErrorCode::DocumentTooBig => "it is larger than what is read; split it",
        ErrorCode::DocumentTooCostly => "reading it took too much time or memory",
        ErrorCode::DocumentUnreadable => "it cannot be opened; check its permissions and try again",
        ErrorCode::DocumentSpecial => "it is a link, a pipe or a device",
        _ => "files of this kind cannot be read",
    }
}
