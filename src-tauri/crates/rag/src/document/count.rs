//! Other ways to count a place in a text than bytes: code points and lines. Both are built once for a
//! text and then answer in logarithmic time.

/// Bytes between two checkpoints.
const STRIDE: usize = 1024;

/// Byte offsets to code points and back.
#[derive(Clone, Debug)]
pub struct CodePoints<'a> {
    text: &'a str,
    /// At each checkpoint: its byte, the first character boundary at or after a multiple of the stride,
    /// and the code points before it.
    marks: Vec<(usize, usize)>,
}

impl<'a> CodePoints<'a> {
    /// Counts a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let mut marks = vec![(0, 0)];
        let (mut byte, mut count) = (0, 0);
        while byte < text.len() {
            let next = boundary(text, byte + STRIDE);
            count += text.get(byte..next).unwrap_or_default().chars().count();
            byte = next;
            marks.push((byte, count));
        }
        Self { text, marks }
    }

    /// Code points before a byte offset. Inside a character it counts as the end of that character.
    #[must_use]
    pub fn at_byte(&self, byte: usize) -> usize {
        let byte = boundary(self.text, byte);
        let (start, count) = self.before(|mark| mark.0 <= byte);
        count + self.text.get(start..byte).unwrap_or_default().chars().count()
    }

    /// The byte offset of a code point; the end of the text where it has fewer.
    #[must_use]
    pub fn to_byte(&self, count: usize) -> usize {
        let (start, passed) = self.before(|mark| mark.1 <= count);
        let rest = self.text.get(start..).unwrap_or_default();
        let more = rest.char_indices().nth(count - passed);
        more.map_or(self.text.len(), |(offset, _)| start + offset)
    }

    fn before(&self, holds: impl Fn(&(usize, usize)) -> bool) -> (usize, usize) {
        let index = self.marks.partition_point(holds).saturating_sub(1);
        self.marks.get(index).copied().unwrap_or_default()
    }
}

/// Byte offsets to lines. A line ends with `\n`; `\r\n` ends with it too.
#[derive(Clone, Debug)]
pub struct LineStarts(Vec<usize>);

impl LineStarts {
    /// Finds the lines of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// The line, counted from 1, that a byte offset is in.
    #[must_use]
    pub fn line_of(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}

/// The first character boundary at or after `byte`.
fn boundary(text: &str, byte: usize) -> usize {
    (byte..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_code_points_lead_to_each_other_across_checkpoints() {
        let text = "aß語🎉".repeat(700);
        let points = CodePoints::new(&text);
        for (count, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(points.at_byte(byte), count);
            assert_eq!(points.to_byte(count), byte);
        }
        assert_eq!(points.at_byte(usize::MAX), text.chars().count());
        assert_eq!(points.to_byte(usize::MAX), text.len());
    }

    #[test]
    fn a_line_begins_after_the_end_of_the_one_before() {
        let lines = LineStarts::new("one\r\ntwo\n\nfour");
        let found: Vec<_> = [0, 4, 5, 9, 10, 99].map(|byte| lines.line_of(byte)).to_vec();
        assert_eq!(found, [1, 1, 2, 3, 4, 4]);
        assert_eq!(LineStarts::new("").line_of(0), 1);
    }
}
