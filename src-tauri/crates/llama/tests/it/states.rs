//! Parts of a sequence saved and brought back, and sequences that cannot be parted.

use hearth_llama::{Context, ContextParams, Error, Model, Token};
use hearth_testkit::gguf::{Kind, TinyModel};

use crate::support::{context, feed, load, params};

const SCRATCH: i32 = 3;
const BLOCK: usize = 256;

fn tokens(n: i32) -> Vec<Token> {
    (0..n).map(|i| Token(10 + i * 7 % 200)).collect()
}

fn row(context: &Context, output: usize) -> Vec<f32> {
    context.logits(output).unwrap().to_vec()
}

/// The positions of sequence 0, block by block.
fn blocks(context: &mut Context, n: usize) -> Vec<(i32, i32, Vec<u8>)> {
    (0..n)
        .step_by(BLOCK)
        .map(|start| {
            let (start, end) = (start as i32, n.min(start + BLOCK) as i32);
            context.seq_copy(0, SCRATCH, start, end).unwrap();
            let bytes = context.state_save(SCRATCH).unwrap();
            context.seq_remove(SCRATCH, -1, -1).unwrap();
            (start, end, bytes)
        })
        .collect()
}

fn bring_back(context: &mut Context, seq: i32, blocks: &[(i32, i32, Vec<u8>)]) {
    for (start, end, bytes) in blocks {
        context.state_restore(SCRATCH, bytes).unwrap();
        assert_eq!(context.seq_pos_min(SCRATCH), Ok(Some(*start)));
        assert_eq!(context.seq_pos_max(SCRATCH), Ok(Some(end - 1)));
        context.seq_copy(SCRATCH, seq, *start, *end).unwrap();
        context.seq_remove(SCRATCH, -1, -1).unwrap();
    }
}

#[test]
fn blocks_that_come_back_in_order_give_the_same_logits_to_the_last_bit() {
    let model = load(&TinyModel::random());
    let (mut from, mut to) = (context(&model), context(&model));
    let tokens = tokens(700);
    for piece in tokens.chunks(BLOCK) {
        feed(&mut from, 0, piece);
    }
    let kept = blocks(&mut from, tokens.len());
    assert_eq!(kept.len(), 3);
    bring_back(&mut to, 2, &kept);
    let (a, b) = (feed(&mut from, 0, &[Token(99)]), feed(&mut to, 2, &[Token(99)]));
    assert_eq!(row(&from, a), row(&to, b));
}

#[test]
fn blocks_come_back_into_a_context_of_another_size() {
    let model = load(&TinyModel::random());
    let mut from = context(&model);
    let tokens = tokens(300);
    feed(&mut from, 0, &tokens);
    let kept = blocks(&mut from, tokens.len());
    let mut to =
        Context::new(&model, &ContextParams { n_ctx: 2048, n_seq_max: 6, ..params() }).unwrap();
    bring_back(&mut to, 2, &kept);
    let (a, b) = (feed(&mut from, 0, &[Token(99)]), feed(&mut to, 2, &[Token(99)]));
    assert_eq!(row(&from, a), row(&to, b));
}

fn of_kind(kind: Kind) -> Model {
    load(&TinyModel::of_kind(kind))
}

#[test]
fn a_model_says_which_kind_it_is() {
    let facts = |kind| {
        let model = of_kind(kind);
        (model.window(), model.is_stateful())
    };
    assert_eq!(facts(Kind::Attention), (0, false));
    assert_eq!(facts(Kind::Window), (64, false));
    assert_eq!(facts(Kind::Recurrent), (0, true));
    assert_eq!(facts(Kind::Hybrid), (0, true));
}

#[test]
fn whole_sequences_of_every_kind_come_back_to_the_last_bit() {
    for kind in [Kind::Attention, Kind::Window, Kind::Recurrent, Kind::Hybrid] {
        let model = of_kind(kind);
        let (mut from, mut to) = (context(&model), context(&model));
        for piece in tokens(400).chunks(128) {
            feed(&mut from, 0, piece);
        }
        let saved = from.state_save(0).unwrap();
        to.state_restore(1, &saved).unwrap();
        assert_eq!(to.seq_pos_max(1), Ok(Some(399)), "{kind:?}");
        let (a, b) = (feed(&mut from, 0, &[Token(99)]), feed(&mut to, 1, &[Token(99)]));
        assert_eq!(row(&from, a), row(&to, b), "{kind:?}");
        let half = to.state_restore(2, &saved[..saved.len() / 2]);
        assert_eq!(half, Err(Error::StateMismatch), "{kind:?}");
    }
}

#[test]
fn what_has_a_state_is_not_cut_and_a_window_forgets_what_it_passed() {
    for kind in [Kind::Recurrent, Kind::Hybrid] {
        let mut context = context(&of_kind(kind));
        feed(&mut context, 0, &tokens(50));
        assert_eq!(context.seq_remove(0, 40, -1), Ok(false), "{kind:?}");
        assert_eq!(context.seq_pos_max(0), Ok(Some(49)), "{kind:?}");
    }
    let model = of_kind(Kind::Window);
    let mut window = Context::new(&model, &ContextParams { n_ctx: 2048, ..params() }).unwrap();
    for piece in tokens(1500).chunks(128) {
        feed(&mut window, 0, piece);
    }
    assert!(window.seq_pos_min(0).unwrap().unwrap() > 0);
}
