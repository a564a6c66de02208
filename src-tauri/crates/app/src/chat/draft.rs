//! The answer while it is being written: what came, what readers saw, what is on disk.
//!
//! Pure bookkeeping with the time handed in; publishing and saving are done by the turn.

use std::time::{Duration, Instant};

/// Deltas wait this long for more, so that readers get one event a frame or two. The first one does not.
const BATCH_FOR: Duration = Duration::from_millis(33);
/// A batch of this many bytes goes out at once: a channel payload stays under 8 KB.
const BATCH_BYTES: usize = 4 * 1024;
/// The text on disk is never older than this while tokens come (the promise is a second).
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// The text of an answer with its unsent and unsaved parts.
pub(super) struct Draft {
    /// What the model said so far.
    pub(super) content: String,
    /// What the model thought so far.
    pub(super) reasoning: String,
    sent: (usize, usize),
    /// Readers saw something new of it.
    begun: bool,
    batch_since: Option<Instant>,
    saved: (usize, usize),
    last_save: Instant,
    thinking: Option<(Instant, Instant)>,
}

impl Draft {
    /// Begins with what is on disk already and known to readers; both are empty for a new answer.
    pub(super) fn new(content: String, reasoning: String, now: Instant) -> Self {
        let there = (content.len(), reasoning.len());
        Self {
            content,
            reasoning,
            sent: there,
            begun: false,
            batch_since: None,
            saved: there,
            last_save: now,
            thinking: None,
        }
    }

    /// Adds what the model wrote.
    pub(super) fn push(&mut self, text: &str, reasoning: &str, now: Instant) {
        // The first word of the answer ends the thinking, so it counts up to that one.
        if !reasoning.is_empty() || (self.thinking.is_some() && self.thinks()) {
            self.thinking.get_or_insert((now, now)).1 = now;
        }
        self.content.push_str(text);
        self.reasoning.push_str(reasoning);
        if self.sent != self.len() {
            self.batch_since.get_or_insert(now);
        }
    }

    /// What was said so far were thoughts: readers who get the whole of it know all there is.
    pub(super) fn take_back(&mut self) {
        let said = std::mem::take(&mut self.content);
        self.reasoning.push_str(&said);
        self.sent = self.len();
        // What is on disk is neither of them.
        self.saved = (usize::MAX, usize::MAX);
        self.batch_since = None;
    }

    /// How long the model thought before it spoke.
    pub(super) fn thought_for(&self) -> Duration {
        self.thinking.map_or(Duration::ZERO, |(from, to)| to.duration_since(from))
    }

    /// Whether nothing was said yet.
    fn thinks(&self) -> bool {
        self.content.is_empty()
    }

    /// When the waiting batch must go out; `None` where nothing waits.
    pub(super) fn send_due(&self) -> Option<Instant> {
        let waiting = self.len().0 - self.sent.0 + self.len().1 - self.sent.1;
        let since = self.batch_since?;
        let at_once = !self.begun || waiting >= BATCH_BYTES;
        Some(if at_once { since } else { since + BATCH_FOR })
    }

    /// Whether readers saw nothing new of it yet, and nothing waits for them.
    pub(super) fn is_silent(&self) -> bool {
        !self.begun && self.batch_since.is_none()
    }

    /// The text that no reader saw yet, `(content, reasoning)`; it counts as sent.
    pub(super) fn take_unsent(&mut self) -> Option<(String, String)> {
        self.batch_since = None;
        if self.sent == self.len() {
            return None;
        }
        let part = (self.content[self.sent.0..].into(), self.reasoning[self.sent.1..].into());
        (self.sent, self.begun) = (self.len(), true);
        Some(part)
    }

    /// Whether the text should be written to disk now.
    pub(super) fn save_due(&self, now: Instant) -> bool {
        self.saved != self.len() && now.duration_since(self.last_save) >= SAVE_EVERY
    }

    /// Notes an attempt to save that began at `now`.
    pub(super) fn note_save(&mut self, succeeded: bool, now: Instant) {
        self.last_save = now;
        if succeeded {
            self.saved = self.len();
        }
    }

    fn len(&self) -> (usize, usize) {
        (self.content.len(), self.reasoning.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty(now: Instant) -> Draft {
        Draft::new(String::new(), String::new(), now)
    }

    #[test]
    fn an_answer_that_goes_on_sends_only_what_is_new_and_saves_all() {
        let start = Instant::now();
        let mut draft = Draft::new("one ".into(), "hm".into(), start);
        assert!(draft.send_due().is_none() && !draft.save_due(start + SAVE_EVERY));
        draft.push("two", "", start);
        assert_eq!(draft.take_unsent(), Some(("two".into(), String::new())));
        assert!(draft.save_due(start + SAVE_EVERY));
        assert_eq!((draft.content.as_str(), draft.reasoning.as_str()), ("one two", "hm"));
    }

    #[test]
    fn the_first_words_go_at_once_then_a_small_delta_waits_for_more_and_a_large_one_does_not() {
        let start = Instant::now();
        let mut draft = empty(start);
        assert!(draft.send_due().is_none() && draft.is_silent());
        draft.push("The", "", start);
        assert!(draft.send_due() == Some(start) && !draft.is_silent());
        draft.take_unsent();
        draft.push("a", "", start);
        assert!(draft.send_due() == Some(start + BATCH_FOR) && !draft.is_silent());
        draft.push(&"b".repeat(BATCH_BYTES), "", start);
        assert_eq!(draft.send_due(), Some(start));
        assert_eq!(draft.take_unsent().unwrap().0.len(), BATCH_BYTES + 1);
        assert_eq!(draft.send_due(), None);
    }

    #[test]
    fn content_and_reasoning_are_sent_once_each() {
        let start = Instant::now();
        let mut draft = empty(start);
        draft.push("", "think", start);
        draft.push("say", "", start);
        assert_eq!(draft.take_unsent(), Some(("say".into(), "think".into())));
        assert_eq!(draft.take_unsent(), None);
    }

    #[test]
    fn what_turns_out_to_be_thoughts_is_kept_as_such_and_saved_anew() {
        let start = Instant::now();
        let mut draft = empty(start);
        draft.push("let me see", "", start);
        draft.note_save(true, start);
        draft.take_back();
        assert_eq!((draft.content.as_str(), draft.reasoning.as_str()), ("", "let me see"));
        assert_eq!(draft.take_unsent(), None);
        assert!(draft.save_due(start + SAVE_EVERY));
        draft.push("Yes", "", start);
        assert_eq!(draft.take_unsent(), Some(("Yes".into(), String::new())));
    }

    #[test]
    fn thinking_lasts_from_its_first_word_to_the_first_of_the_answer() {
        let start = Instant::now();
        let mut draft = empty(start);
        let at = |seconds| start + Duration::from_secs(seconds);
        draft.push("", "hm", at(2));
        draft.push("", " well", at(5));
        draft.push("Paris", "", at(6));
        draft.push(".", "", at(9));
        assert_eq!(draft.thought_for(), Duration::from_secs(4));
        let mut spoke = empty(start);
        spoke.push("Paris", "", at(1));
        assert_eq!(spoke.thought_for(), Duration::ZERO);
    }

    #[test]
    fn a_failed_save_is_tried_again_after_the_interval() {
        let start = Instant::now();
        let mut draft = empty(start);
        draft.push("text", "", start);
        let later = start + SAVE_EVERY;
        assert!(!draft.save_due(start));
        assert!(draft.save_due(later));
        draft.note_save(false, later);
        assert!(!draft.save_due(later));
        assert!(draft.save_due(later + SAVE_EVERY));
        draft.note_save(true, later + SAVE_EVERY);
        assert!(!draft.save_due(later + SAVE_EVERY * 2));
    }
}
