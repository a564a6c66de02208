//! llama.cpp's log as `tracing` events, without paths. What is not here: which events are shown.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

const LEVEL_DEBUG: i32 = 1;
const LEVEL_INFO: i32 = 2;
const LEVEL_WARN: i32 = 3;
const LEVEL_ERROR: i32 = 4;
const LEVEL_CONTINUES: i32 = 5;

/// A line longer than this is cut; llama.cpp prints chat templates and the like.
const LONGEST_LINE: usize = 400;

thread_local! {
    /// llama.cpp prints lines in pieces.
    static LINE: RefCell<(i32, String)> = const { RefCell::new((LEVEL_DEBUG, String::new())) };
}

/// What the shim calls for each piece of text.
pub(crate) unsafe extern "C" fn receive(level: i32, text: *const c_char, _user: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: llama.cpp hands over a string that ends with a zero and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    // A subscriber that panics must not unwind into C++.
    let _ = catch_unwind(AssertUnwindSafe(|| append(level, &text)));
}

fn append(level: i32, text: &str) {
    LINE.with_borrow_mut(|(current, line)| {
        if level != LEVEL_CONTINUES {
            *current = level;
        }
        line.push_str(text);
        while let Some(end) = line.find('\n') {
            emit(*current, line[..end].trim());
            line.drain(..=end);
        }
        if line.len() > LONGEST_LINE {
            emit(*current, line.trim());
            line.clear();
        }
    });
}

fn emit(level: i32, line: &str) {
    if line.is_empty() || line.bytes().all(|b| b == b'.') {
        return;
    }
    let line = without_paths(line);
    let line = &line[..line.floor_char_boundary(LONGEST_LINE)];
    match level {
        LEVEL_ERROR => tracing::error!(target: "llama", "{line}"),
        LEVEL_WARN => tracing::warn!(target: "llama", "{line}"),
        LEVEL_INFO => tracing::debug!(target: "llama", "{line}"),
        _ => tracing::trace!(target: "llama", "{line}"),
    }
}

/// Cuts the line where the first path begins. A path may hold spaces, so nothing after its start is
/// known not to belong to it.
pub(crate) fn without_paths(line: &str) -> String {
    match path_start(line) {
        Some(at) => format!("{}<path>", &line[..at]),
        None => line.to_owned(),
    }
}

fn path_start(line: &str) -> Option<usize> {
    let about_file = line.contains(".gguf");
    let mut at = 0;
    for word in line.split_inclusive(char::is_whitespace) {
        let lead = word.len() - word.trim_start_matches(['\'', '"', '(', '[', '`', '=']).len();
        let bare = word[lead..].trim_end();
        if begins_path(bare)
            || (about_file && (bare.contains(['/', '\\']) || bare.contains(".gguf")))
        {
            return Some(at + lead);
        }
        at += word.len();
    }
    None
}

fn begins_path(word: &str) -> bool {
    let bytes = word.as_bytes();
    let drive = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'\\' | b'/');
    let rooted = ["/", "\\\\", "~/", "./", "../", ".\\", "..\\", "file:"];
    drive || (word.len() > 1 && rooted.iter().any(|start| word.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::without_paths;

    #[test]
    fn a_path_and_what_follows_it_never_reach_the_log() {
        let cases = [
            ("tensors from /home/ann maria/my plan.gguf (version V3)", "tensors from <path>"),
            ("failed to open 'C:\\Users\\Ann\\x.gguf'", "failed to open '<path>"),
            ("failed to open \\\\server\\share", "failed to open <path>"),
            ("loading models/x.gguf", "loading <path>"),
            ("loading x.gguf", "loading <path>"),
            ("see ~/x", "see <path>"),
        ];
        for (line, wanted) in cases {
            assert_eq!(without_paths(line), wanted);
        }
    }

    #[test]
    fn ordinary_lines_stay_whole() {
        for line in ["n_ctx = 512", "speed 3.5 t/s", "K (f16): 12.00 MiB, V (f16): 12.00 MiB"] {
            assert_eq!(without_paths(line), line);
        }
    }
}
