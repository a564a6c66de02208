//! Bytes to whole characters: an incomplete one waits, an impossible one becomes U+FFFD.

/// Holds at most three bytes back.
#[derive(Debug, Default)]
pub(crate) struct Utf8Stream {
    pending: Vec<u8>,
}

impl Utf8Stream {
    /// Appends to `out` what is certain now.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut String) {
        self.pending.extend_from_slice(bytes);
        let mut start = 0;
        for chunk in self.pending.utf8_chunks() {
            out.push_str(chunk.valid());
            start += chunk.valid().len();
            let rest = chunk.invalid();
            let open = start + rest.len() == self.pending.len() && is_incomplete(rest);
            if !rest.is_empty() && !open {
                out.push(char::REPLACEMENT_CHARACTER);
                start += rest.len();
            }
        }
        self.pending.drain(..start);
    }

    /// No byte follows: what waits was cut off.
    pub(crate) fn finish(&mut self, out: &mut String) {
        if !self.pending.is_empty() {
            self.pending.clear();
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Whether more bytes could make a character of it.
fn is_incomplete(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_appears_with_its_last_byte() {
        let mut stream = Utf8Stream::default();
        let mut out = String::new();
        for (byte, expected) in "€".bytes().zip(["", "", "€"]) {
            stream.push(&[byte], &mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_byte_that_begins_nothing_is_replaced_at_once_and_a_cut_character_at_the_end() {
        let mut stream = Utf8Stream::default();
        let mut out = String::new();
        stream.push(b"a\xff", &mut out);
        assert_eq!(out, "a\u{fffd}");
        stream.push(b"\xe2\x82", &mut out);
        assert_eq!(out, "a\u{fffd}");
        stream.finish(&mut out);
        assert_eq!(out, "a\u{fffd}\u{fffd}");
    }
}
