//! From places in a form back to places in the original text. Not the forms themselves.

use std::ops::Range;

/// A piece of a form and the piece of the original it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    form: u32,
    original: u32,
    length: u32,
    /// Equal bytes on both sides, so that places inside it correspond. Else it is one piece.
    same: bool,
    original_length: u32,
}

/// Where the bytes of a form came from: runs in the order of the form. Texts are far below 4 GiB;
/// what is beyond is mapped to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    runs: Vec<Run>,
    form_length: u32,
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl OffsetMap {
    /// Appends `length` bytes that are the same in the original, from `original` on.
    pub fn keep(&mut self, original: usize, length: usize) {
        if length == 0 {
            return;
        }
        let (original, length) = (small(original), small(length));
        let at = self.form_length;
        self.form_length = at.saturating_add(length);
        if let Some(last) = self.runs.last_mut()
            && last.same
            && last.original + last.length == original
        {
            last.length += length;
            last.original_length += length;
            return;
        }
        let run = Run { form: at, original, length, same: true, original_length: length };
        self.runs.push(run);
    }

    /// Appends `length` bytes that stand for these bytes of the original.
    pub fn replace(&mut self, original: Range<usize>, length: usize) {
        if length == 0 {
            return;
        }
        let at = self.form_length;
        let length = small(length);
        self.form_length = at.saturating_add(length);
        let (start, end) = (small(original.start), small(original.end));
        let original_length = end.saturating_sub(start);
        self.runs.push(Run { form: at, original: start, length, same: false, original_length });
    }

    /// The bytes of the original behind these bytes of the form.
    #[must_use]
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        if self.runs.is_empty() || range.is_empty() {
            let at = self.place(range.start, false);
            return at..at;
        }
        // Read from right to left, the first byte of the form came from the end of the original.
        let (first, last) = (range.start, range.end - 1);
        let start = self.place(first, false).min(self.place(last, false));
        start..self.place(first, true).max(self.place(last, true))
    }

    /// The beginning of what byte `at` came from, or the end.
    fn place(&self, at: usize, end: bool) -> usize {
        let at = small(at);
        let index = self.runs.partition_point(|run| run.form <= at).saturating_sub(1);
        let Some(run) = self.runs.get(index) else { return 0 };
        let inside = at.saturating_sub(run.form);
        let offset = match (run.same && inside < run.length, end) {
            (true, false) => inside,
            (true, true) => inside + 1,
            (false, false) if inside < run.length => 0,
            (false, _) => run.original_length,
        };
        (run.original + offset) as usize
    }

    /// What a form made from another form came from in the original: `self` maps the outer form to
    /// the inner one, `inner` the inner one to the original.
    #[must_use]
    pub fn through(&self, inner: &Self) -> Self {
        let mut joined = Self::default();
        for run in &self.runs {
            let (from, length) = (run.original as usize, run.length as usize);
            if run.same {
                joined.copy(inner, from..from + length);
            } else {
                let range = from..from + run.original_length as usize;
                joined.replace(inner.original(range), length);
            }
        }
        joined
    }

    /// Appends the runs of `inner` that stand for these bytes of its form.
    fn copy(&mut self, inner: &Self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let index = inner.runs.partition_point(|run| run.form as usize <= at).saturating_sub(1);
            let Some(run) = inner.runs.get(index) else { return };
            let until = ((run.form + run.length) as usize).min(range.end);
            if until <= at {
                return;
            }
            if run.same {
                self.keep(inner.place(at, false), until - at);
            } else {
                let start = run.original as usize;
                self.replace(start..start + run.original_length as usize, until - at);
            }
            at = until;
        }
    }
}
