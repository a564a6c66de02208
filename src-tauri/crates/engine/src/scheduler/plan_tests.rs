//! Steps on computers of two kinds, as they are planned.

use Priority::{Background, Batch, Interactive, Stream};

use super::*;

const BATCH: usize = 512;

fn view(key: usize, class: Priority, unread: usize) -> View {
    let order = key as u64;
    View { key, class, order, served: 0, held: 0, unread, waited: Duration::ZERO }
}

/// A computer on which a wider step costs as much more as a narrow one: 10 ms a row, and a
/// token of a prompt 2 ms.
fn narrow() -> Costs {
    let mut costs = Costs::default();
    for rows in 1..=16 {
        costs.took(Shape { rows, read: 0 }, 0.010 * rows as f64, true);
    }
    costs.took(Shape { rows: 0, read: 512 }, 1.024, true);
    costs
}

/// One on which sixteen rows cost what one does.
fn wide() -> Costs {
    let mut costs = Costs::default();
    costs.took(Shape { rows: 1, read: 0 }, 0.010, true);
    costs.took(Shape { rows: 16, read: 0 }, 0.0105, true);
    costs.took(Shape { rows: 0, read: 512 }, 0.0512, true);
    costs
}

fn planned(views: &[View], costs: &Costs) -> Vec<(usize, usize)> {
    let plan = plan(views, (BATCH, 0), costs, &Shares::default());
    plan.shares.into_iter().map(|share| (share.key, share.tokens)).collect()
}

#[test]
fn a_prompt_alone_gets_the_whole_step() {
    assert_eq!(planned(&[view(1, Interactive, 5000)], &narrow()), [(1, 512)]);
    assert_eq!(planned(&[view(1, Background, 5000)], &Costs::default()), [(1, 512)]);
}

#[test]
fn a_running_answer_never_waits_for_a_whole_prompt() {
    let views = [view(0, Stream, 0), view(1, Stream, 5000)];
    assert_eq!(planned(&views, &narrow()), [(0, 1), (1, 45)], "100 ms in all");
    let both = [view(0, Interactive, 0), view(1, Interactive, 5000)];
    assert_eq!(planned(&both, &narrow()), [(0, 1), (1, 4)], "18 ms in all");
    let hurried = [view(0, Stream, 0), view(1, Interactive, 5000)];
    assert_eq!(planned(&hurried, &narrow()), [(0, 1), (1, 35)], "80 ms in all");
    let lower = [view(0, Stream, 0), view(1, Batch, 5000)];
    assert_eq!(planned(&lower, &narrow()), [(0, 1), (1, 2)], "15 ms in all");
}

#[test]
fn the_more_streams_wait_for_their_first_word_the_more_of_a_step_is_theirs() {
    let tokens = |waiting: usize| {
        let mut views: Vec<_> = (1..=waiting).map(|key| view(key, Stream, 400)).collect();
        views.push(view(0, Stream, 0));
        planned(&views, &narrow())[1..].iter().map(|part| part.1).sum::<usize>()
    };
    assert_eq!([1, 2, 4, 8].map(tokens), [45, 70, 120, 120], "and a quarter of a second at most");
    let views = [view(0, Stream, 0), view(1, Stream, 400)];
    let queued = plan(&views, (BATCH, 3), &narrow(), &Shares::default());
    assert_eq!(queued.shares[1].tokens, 120, "those without a sequence wait as well");
}

#[test]
fn every_answer_that_is_read_along_is_in_every_step() {
    let views: Vec<_> = (0..8).map(|key| view(key, Stream, 0)).collect();
    assert_eq!(planned(&views, &narrow()).len(), 8);
}

#[test]
fn streams_take_turns_where_all_would_be_too_slow_for_a_person() {
    let mut views: Vec<_> = (1..9).map(|key| view(key, Stream, 0)).collect();
    views.push(view(0, Interactive, 0));
    views[7].waited = Duration::from_secs(1);
    views[3].waited = Duration::from_millis(1);
    let mut slow = narrow();
    slow.took(Shape { rows: 4, read: 0 }, 0.044, true);
    slow.took(Shape { rows: 5, read: 0 }, 0.055, true);
    let expected = [(0, 1), (8, 1), (4, 1), (1, 1), (2, 1)];
    assert_eq!(planned(&views, &slow)[..4], expected[..4]);
    assert_eq!(planned(&views, &wide()).len(), 9);
}

#[test]
fn lower_classes_join_where_it_costs_next_to_nothing() {
    let views = [view(0, Interactive, 0), view(1, Batch, 0), view(2, Background, 0)];
    assert_eq!(planned(&views, &narrow()), [(0, 1)]);
    assert_eq!(planned(&views, &wide()), [(0, 1), (1, 1), (2, 1)]);
    assert_eq!(planned(&views, &Costs::default()).len(), 3, "not known: tried");
}

#[test]
fn a_short_prompt_of_a_person_does_not_wait_for_a_long_one_of_a_program() {
    let views = [view(0, Batch, 4000), view(1, Interactive, 60)];
    assert_eq!(planned(&views, &narrow()), [(1, 60), (0, 6)]);
}

#[test]
fn prompts_go_by_what_their_caller_had_and_then_shortest_first() {
    let mut views = [view(0, Stream, 100), view(1, Stream, 400), view(2, Stream, 300)];
    views[0].served = 10;
    assert_eq!(planned(&views, &narrow()), [(2, 300), (1, 212)]);
}

#[test]
fn a_prompt_passed_over_for_long_goes_first() {
    let mut views = [view(0, Interactive, 400), view(1, Stream, 500)];
    views[1].waited = Duration::from_secs(31);
    assert_eq!(planned(&views, &narrow()), [(1, 500), (0, 12)]);
}

#[test]
fn what_is_owed_is_paid_in_small_coins_while_an_answer_is_written() {
    let mut owed = Shares::default();
    owed.earn(Batch, 0.05);
    let views = [view(0, Stream, 0), view(1, Batch, 0)];
    let paid = plan(&views, (BATCH, 0), &narrow(), &owed);
    assert_eq!(paid.shares.len(), 1, "5 ms are not enough for a row of 10 ms");
    owed.earn(Batch, 1.0);
    let paid = plan(&views, (BATCH, 0), &narrow(), &owed);
    assert_eq!(paid.shares.len(), 2);
    assert!((paid.spent[class::index(Batch)] - 0.010).abs() < 1e-6, "{:?}", paid.spent);
}

#[test]
fn background_rests_while_a_person_is_answered_on_a_narrow_computer() {
    let mut owed = Shares::default();
    owed.earn(Background, 100.0);
    let views = [view(0, Interactive, 0), view(1, Background, 900), view(2, Background, 0)];
    let plan = plan(&views, (BATCH, 0), &narrow(), &owed);
    assert_eq!(plan.shares, [Share { key: 0, tokens: 1 }]);
    assert!(plan.background_rests);
}

#[test]
fn pieces_end_at_blocks_of_the_cache() {
    let mut one = view(0, Interactive, 900);
    one.held = 100;
    assert_eq!(planned(&[one], &narrow()), [(0, 412)]);
    one.held = 512;
    assert_eq!(planned(&[one], &narrow()), [(0, 512)]);
    let last = view(0, Interactive, 300);
    assert_eq!(planned(&[last], &narrow()), [(0, 300)]);
}

#[test]
fn no_step_is_larger_than_the_batch_and_none_is_empty_while_there_is_work() {
    for costs in [Costs::default(), narrow(), wide()] {
        for n in 0..200_usize {
            let class = |k: usize| class::ALL[(n / (k + 1) + k) % 4];
            let views: Vec<_> =
                (0..n % 9 + 1).map(|k| view(k, class(k), n * (k % 3) * 37 % 2000)).collect();
            let parts = planned(&views, &costs);
            let total: usize = parts.iter().map(|part| part.1).sum();
            assert!((1..=BATCH).contains(&total), "{views:?}: {parts:?}");
            for (key, tokens) in parts {
                assert!(tokens <= views[key].unread.max(1), "{views:?}");
            }
        }
    }
}
