//! What is left out where a conversation does not fit the context. Pure rules over counts.
//!
//! The instructions, the first question and the last one stay; between them whole turns go, oldest
//! first. A first question that takes most of the context itself, such as one with a long text
//! attached, goes like any other: nothing could follow it otherwise. So much goes at once that the same cut holds for many turns: a cut that moved with every
//! turn would make the model read everything again each time. Not here: counting tokens.

use std::ops::Range;

use hearth_domain::Role;

use crate::Turn;

/// How many tokens a prompt may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// More than this leaves no room for an answer.
    pub(crate) limit: usize,
    /// Where something goes, it goes until this is reached.
    pub(crate) target: usize,
}

impl Budget {
    /// For sequences of `most` tokens and answers of `wanted` tokens.
    pub(crate) fn new(most: usize, wanted: Option<u32>) -> Self {
        /// Room for an answer of unknown length.
        const USUAL_ANSWER: usize = 512;
        let wanted = wanted.map_or(USUAL_ANSWER, |n| n as usize);
        let room = wanted.min(most / 4).max(1);
        Self { limit: most.saturating_sub(room), target: most * 6 / 10 }
    }
}

/// A conversation, cut into what must stay and turns that may go.
#[derive(Debug)]
pub(crate) struct Layout {
    units: Vec<Range<usize>>,
}

impl Layout {
    /// For messages of these sizes.
    pub(crate) fn new(roles: &[Role], sizes: &[usize], budget: Budget) -> Self {
        let first = roles.iter().position(|role| *role == Role::User).unwrap_or(roles.len());
        let last = roles.iter().rposition(|role| *role == Role::User).unwrap_or(roles.len());
        let mut units = Vec::new();
        let large = sizes.get(first).is_some_and(|size| *size > budget.target / 2);
        let mut start = if large { first } else { first + 1 };
        for (end, role) in roles.iter().enumerate().take(last + 1).skip(start + 1) {
            if end == last || *role == Role::User {
                units.push(start..end);
                start = end;
            }
        }
        Self { units }
    }

    /// How many turns may go.
    pub(crate) fn droppable(&self) -> usize {
        self.units.len()
    }

    /// How many turns go, oldest first, for messages of these sizes. What went for a shorter
    /// history stays gone while the rest still fits.
    pub(crate) fn cut(&self, sizes: &[usize], budget: Budget) -> usize {
        let size = |range: Range<usize>| sizes[range].iter().sum::<usize>();
        let Some(first) = self.units.first() else { return 0 };
        let end = self.units.last().map_or(first.end, |unit| unit.end);
        let head = size(0..first.start);
        let tail = size(end..sizes.len());
        let mut cut = 0;
        for (i, unit) in self.units.iter().enumerate() {
            let question = match self.units.get(i + 1) {
                Some(next) => sizes[next.start],
                None => tail,
            };
            let mut total = head + size(self.units[cut].start..unit.end) + question;
            if total > budget.limit {
                while total > budget.target && cut <= i {
                    total -= size(self.units[cut].clone());
                    cut += 1;
                }
            }
        }
        cut
    }

    /// The messages that go when the oldest `cut` turns do.
    pub(crate) fn gone(&self, cut: usize) -> Range<usize> {
        match (self.units.first(), cut.checked_sub(1).and_then(|i| self.units.get(i))) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// The messages that stay when the oldest `cut` turns go. Two messages of one side that meet
    /// are joined, because many templates refuse them.
    pub(crate) fn without(&self, turns: &[Turn], cut: usize) -> Vec<Turn> {
        let gone = self.gone(cut);
        let mut kept: Vec<Turn> = Vec::with_capacity(turns.len() - gone.len());
        for (i, turn) in turns.iter().enumerate().filter(|(i, _)| !gone.contains(i)) {
            match kept.last_mut() {
                Some(before) if i == gone.end && i > 0 && before.role == turn.role => {
                    before.content.push_str("\n\n");
                    before.content.push_str(&turn.content);
                }
                _ => kept.push(turn.clone()),
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(exchanges: usize) -> Vec<Turn> {
        let turn = |role, content: String| Turn::new(role, content);
        let mut turns = vec![turn(Role::System, "rules".into())];
        for i in 0..exchanges {
            turns.push(turn(Role::User, format!("question {i}")));
            turns.push(turn(Role::Assistant, format!("answer {i}")));
        }
        turns.push(turn(Role::User, "last".into()));
        turns
    }

    fn layout(turns: &[Turn]) -> Layout {
        let roles: Vec<_> = turns.iter().map(|turn| turn.role).collect();
        Layout::new(&roles, &vec![10; turns.len()], BUDGET)
    }

    fn texts(turns: &[Turn]) -> Vec<&str> {
        turns.iter().map(|turn| turn.content.as_str()).collect()
    }

    const BUDGET: Budget = Budget { limit: 100, target: 60 };

    #[test]
    fn what_fits_stays_whole() {
        let turns = chat(3);
        assert_eq!(layout(&turns).cut(&[10; 8], BUDGET), 0);
        assert_eq!(layout(&turns).gone(0), 0..0);
        assert_eq!(layout(&turns).without(&turns, 0), turns);
    }

    #[test]
    fn the_oldest_turns_go_and_rules_first_and_last_question_stay() {
        let turns = chat(5);
        let cut = layout(&turns).cut(&[10; 12], BUDGET);
        let kept = layout(&turns).without(&turns, cut);
        assert!(kept.len() < turns.len());
        let texts = texts(&kept);
        assert_eq!(texts[0], "rules");
        assert!(texts[1].starts_with("question 0"));
        assert!(texts[texts.len() - 1].ends_with("last"));
        assert_eq!(texts[texts.len() - 2], "answer 4");
        assert!(kept.windows(2).all(|pair| pair[0].role != pair[1].role));
    }

    #[test]
    fn the_same_cut_holds_for_several_turns() {
        let cuts: Vec<_> =
            (4..12).map(|n| layout(&chat(n)).cut(&vec![10; 2 * n + 2], BUDGET)).collect();
        let changes = cuts.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(changes <= cuts.len() / 2, "{cuts:?}");
        assert!(cuts.is_sorted());
    }

    #[test]
    fn whatever_is_left_fits_where_it_can() {
        for n in 1..30 {
            let turns = chat(n);
            let sizes = vec![10; turns.len()];
            let layout = layout(&turns);
            let cut = layout.cut(&sizes, BUDGET);
            assert!(10 * (turns.len() - layout.gone(cut).len()) <= BUDGET.limit, "{n}");
        }
    }

    #[test]
    fn nothing_can_go_from_a_single_question_or_from_none() {
        assert_eq!(layout(&chat(0)).droppable(), 0);
        assert_eq!(Layout::new(&[], &[], BUDGET).droppable(), 0);
        let unasked = [Role::System, Role::Assistant];
        assert_eq!(Layout::new(&unasked, &[10, 10], BUDGET).droppable(), 0);
        assert_eq!(layout(&chat(0)).cut(&[500, 500], BUDGET), 0);
    }

    #[test]
    fn a_first_question_that_leaves_no_room_goes_like_any_other() {
        let turns = chat(2);
        let roles: Vec<_> = turns.iter().map(|turn| turn.role).collect();
        let sizes = [10, 70, 10, 10, 10, 10];
        let layout = Layout::new(&roles, &sizes, BUDGET);
        let cut = layout.cut(&sizes, BUDGET);
        assert_eq!(
            texts(&layout.without(&turns, cut)),
            ["rules", "question 1", "answer 1", "last"]
        );
        // The last question is never left out, however large it is.
        let sizes = [10, 10, 10, 10, 10, 90];
        let layout = Layout::new(&roles, &sizes, BUDGET);
        let kept = layout.without(&turns, layout.cut(&sizes, BUDGET));
        assert!(kept.last().is_some_and(|turn| turn.content.ends_with("last")), "{kept:?}");
    }

    #[test]
    fn an_answer_of_unknown_length_has_room_but_never_more_than_a_quarter() {
        assert_eq!(Budget::new(8192, None), Budget { limit: 7680, target: 4915 });
        assert_eq!(Budget::new(1024, None).limit, 768);
        assert_eq!(Budget::new(1024, Some(10)).limit, 1014);
    }
}
