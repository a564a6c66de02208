//! Stop texts: none of their characters is let through before it is certain that none has come.
//!
//! The stop text that is complete first wins; that rule does not depend on how the text is cut.

/// Holds back the longest ending that may begin a stop text.
#[derive(Debug)]
pub(crate) struct StopFilter {
    stops: Vec<String>,
    held: String,
    /// The one that came.
    found: Option<String>,
}

impl StopFilter {
    pub(crate) fn new(stops: Vec<String>) -> Self {
        let stops = stops.into_iter().filter(|stop| !stop.is_empty()).collect();
        Self { stops, held: String::new(), found: None }
    }

    /// Appends to `out` what cannot belong to a stop text; `true` once one is complete.
    pub(crate) fn push(&mut self, text: &str, out: &mut String) -> bool {
        if self.found.is_some() {
            return true;
        }
        self.held.push_str(text);
        if let Some((start, end)) = self.first_complete() {
            out.push_str(&self.held[..start]);
            self.found = Some(self.held[start..end].to_owned());
            self.held.clear();
            return true;
        }
        let keep = self.stops.iter().map(|stop| overlap(&self.held, stop)).max().unwrap_or(0);
        let passed = self.held.len() - keep;
        out.extend(self.held.drain(..passed));
        false
    }

    /// Nothing follows: what was held back is text.
    pub(crate) fn finish(&mut self, out: &mut String) {
        out.push_str(&std::mem::take(&mut self.held));
    }

    /// The stop text that ended the answer.
    pub(crate) fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// Where the stop text that is complete first begins and ends.
    fn first_complete(&self) -> Option<(usize, usize)> {
        let found = self.stops.iter().filter_map(|stop| {
            self.held.find(stop.as_str()).map(|start| (start + stop.len(), start))
        });
        found.min().map(|(end, start)| (start, end))
    }
}

/// The length of the longest ending of `text` that is a beginning of `stop`, but not all of it.
pub(super) fn overlap(text: &str, stop: &str) -> usize {
    let (text, stop) = (text.as_bytes(), stop.as_bytes());
    let longest = text.len().min(stop.len().saturating_sub(1));
    (1..=longest).rev().find(|&n| text.ends_with(&stop[..n])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(chunks: &[&str], stops: &[&str]) -> (String, bool) {
        let mut filter = StopFilter::new(stops.iter().map(ToString::to_string).collect());
        let mut out = String::new();
        let stopped = chunks.iter().any(|chunk| filter.push(chunk, &mut out));
        filter.finish(&mut out);
        (out, stopped)
    }

    #[test]
    fn a_stop_text_split_over_tokens_is_found_and_not_shown() {
        assert_eq!(run(&["Hello<", "en", "d> more"], &["<end>"]), ("Hello".into(), true));
    }

    #[test]
    fn what_only_looked_like_a_stop_text_is_shown() {
        assert_eq!(run(&["a<e", "n", "x"], &["<end>"]), ("a<enx".into(), false));
        assert_eq!(run(&["a<e"], &["<end>"]), ("a<e".into(), false));
    }

    #[test]
    fn the_one_complete_first_wins() {
        assert_eq!(run(&["xabc"], &["abcd", "b"]), ("xa".into(), true));
    }

    #[test]
    fn a_stop_text_that_repeats_its_beginning_is_found() {
        assert_eq!(run(&["aa", "ab"], &["aab"]), ("a".into(), true));
    }
}
