//! What the next step of the network works on: a token of every running answer, and as much of the
//! waiting prompts as does not make those answers stutter.

use hearth_domain::Priority;

/// A step beside running answers should take no longer than this many seconds.
const STEP_SECONDS: f64 = 0.08;
/// Tokens of prompts beside running answers, at most and at least.
const BESIDE: std::ops::RangeInclusive<usize> = 32..=256;

/// A sequence as the plan sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Names the sequence to the caller.
    pub(crate) key: usize,
    /// Its class.
    pub(crate) priority: Priority,
    /// Its age.
    pub(crate) order: u64,
    /// Tokens of the prompt that are not read yet; 0 means that it writes.
    pub(crate) unread: usize,
}

/// How much one step takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Tokens in all.
    pub(crate) batch: usize,
    /// Tokens of prompts while an answer is written.
    pub(crate) beside_decoding: usize,
}

/// A sequence's part of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Which sequence.
    pub(crate) key: usize,
    /// How many of its next tokens.
    pub(crate) tokens: usize,
}

/// Plans a step: answers first, then prompts by class, shortest first.
pub(crate) fn plan(views: &[View], limits: Limits) -> Vec<Share> {
    let writing = views.iter().filter(|view| view.unread == 0);
    let mut shares: Vec<_> =
        writing.map(|view| Share { key: view.key, tokens: 1 }).take(limits.batch).collect();
    let left = limits.batch - shares.len();
    let mut budget = if shares.is_empty() { left } else { left.min(limits.beside_decoding) };
    let mut reading: Vec<_> = views.iter().filter(|view| view.unread > 0).collect();
    reading.sort_by_key(|view| (view.priority, view.unread, view.order));
    for view in reading {
        let tokens = view.unread.min(budget);
        if tokens == 0 {
            break;
        }
        budget -= tokens;
        shares.push(Share { key: view.key, tokens });
    }
    shares
}

/// Tokens of prompts beside running answers, from the measured speed of reading.
pub(crate) fn beside_decoding(tokens_per_second: Option<f64>) -> usize {
    let Some(speed) = tokens_per_second else { return *BESIDE.end() };
    // A speed is finite and not negative, so the cast only cuts the fraction off.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let fits = (speed * STEP_SECONDS) as usize;
    fits.clamp(*BESIDE.start(), *BESIDE.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { batch: 512, beside_decoding: 256 };

    fn view(key: usize, priority: Priority, unread: usize) -> View {
        View { key, priority, order: key as u64, unread }
    }

    #[test]
    fn a_running_answer_never_waits_for_a_whole_prompt() {
        let views = [view(0, Priority::Batch, 0), view(1, Priority::Interactive, 5000)];
        let shares = plan(&views, LIMITS);
        let expected = [Share { key: 0, tokens: 1 }, Share { key: 1, tokens: 256 }];
        assert_eq!(shares, expected);
    }

    #[test]
    fn a_prompt_alone_gets_the_whole_step() {
        let shares = plan(&[view(1, Priority::Interactive, 5000)], LIMITS);
        assert_eq!(shares, [Share { key: 1, tokens: 512 }]);
    }

    #[test]
    fn prompts_go_by_class_and_then_shortest_first() {
        let views = [
            view(0, Priority::Batch, 10),
            view(1, Priority::Interactive, 400),
            view(2, Priority::Interactive, 100),
        ];
        let shares = plan(&views, LIMITS);
        let expected = [
            Share { key: 2, tokens: 100 },
            Share { key: 1, tokens: 400 },
            Share { key: 0, tokens: 10 },
        ];
        assert_eq!(shares, expected);
    }

    #[test]
    fn every_running_answer_is_in_every_step() {
        let views: Vec<_> = (0..8).map(|key| view(key, Priority::Stream, 0)).collect();
        assert_eq!(plan(&views, LIMITS).len(), 8);
    }

    #[test]
    fn a_slow_machine_reads_smaller_pieces_beside_answers() {
        assert_eq!(beside_decoding(None), 256);
        assert_eq!(beside_decoding(Some(1000.0)), 80);
        assert_eq!(beside_decoding(Some(10.0)), 32);
        assert_eq!(beside_decoding(Some(1e9)), 256);
    }
}
