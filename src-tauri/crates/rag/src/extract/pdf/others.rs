//! The second and the third reader of PDF files, for files that the first one reads badly. They give
//! the text of pages and no places. Both may panic, and both may overflow the stack, which nothing
//! here can catch: the process dies, and `worker` says what was known until then.

use std::panic::{AssertUnwindSafe, catch_unwind};

use unpdf::{ParseOptions, parse_bytes_with_options};

/// Pages that the second reader is given: it takes time that grows faster than the pages.
pub(super) const MOST_PAGES: usize = 300;

/// The second reader, unpdf. `None` where it failed.
pub(super) fn second(bytes: &[u8], password: Option<&str>) -> Option<Vec<String>> {
    let options = ParseOptions::new().lenient().sequential().with_resources(false);
    let options = match password {
        Some(password) => options.with_password(password),
        None => options,
    };
    let read = catch_unwind(AssertUnwindSafe(|| parse_bytes_with_options(bytes, options)));
    let document = read.ok()?.ok()?;
    Some(document.pages.iter().map(unpdf::Page::plain_text).collect())
}

/// The third reader, pdf-extract, whose failures are silent: used where the others have nothing.
pub(super) fn third(bytes: &[u8], password: Option<&str>) -> Option<Vec<String>> {
    let read = catch_unwind(AssertUnwindSafe(|| match password {
        Some(password) => {
            pdf_extract::extract_text_from_mem_by_pages_encrypted(bytes, password).ok()
        }
        None => pdf_extract::extract_text_from_mem_by_pages(bytes).ok(),
    }));
    read.ok()?
}
