//! Steps of the network on generated models: what is checked, what abort leaves, what is shared.

use hearth_llama::{Batch, Context, ContextParams, Decoded, Error, Model, ModelParams, Token};
use hearth_testkit::gguf::TinyModel;

use crate::support::{answer, batch_of, context, feed, load, params};

fn row(context: &Context, output: usize) -> Vec<f32> {
    context.logits(output).unwrap().to_vec()
}

fn tokens(range: std::ops::Range<i32>) -> Vec<Token> {
    range.map(Token).collect()
}

#[test]
fn a_scripted_model_says_its_script_and_ends() {
    let model = load(&TinyModel::scripted(&["Hello", " there", ", world", "."]));
    let said = answer(&model, "<|user|>Hi<|end|><|assistant|>", 20);
    assert_eq!(said.concat(), b"Hello there, world.");
    assert_eq!(said.len(), 4);
}

#[test]
fn an_endless_model_does_not_end() {
    let model = load(&TinyModel::scripted(&["ab", "cd"]).endless());
    assert_eq!(answer(&model, "<|assistant|>", 5).concat(), b"abcdabcdab");
}

#[test]
fn a_letter_of_three_tokens_comes_in_three_pieces() {
    let model = load(&TinyModel::scripted_bytes(&[b"5 ", &[0xe2], &[0x82], &[0xac]]));
    let said = answer(&model, "<|assistant|>", 10);
    assert!(said[1..].iter().all(|piece| std::str::from_utf8(piece).is_err()));
    assert_eq!(String::from_utf8(said.concat()).unwrap(), "5 €");
}

#[test]
fn marks_are_tokens_only_where_they_are_asked_for() {
    let model = load(&TinyModel::random());
    assert_eq!(model.tokenize("<|end|>", false, true).unwrap(), [Token(1)]);
    assert!(model.tokenize("<|end|>", false, false).unwrap().len() > 1);
    assert_eq!(model.piece(Token(1), false), b"");
    assert_eq!(model.piece(Token(1), true), b"<|end|>");
    assert_eq!(model.piece(Token(-1), true), b"");
    assert!(model.is_eog(Token(1)) && !model.is_eog(Token(1_000_000)));
}

#[test]
fn any_bytes_come_back_from_their_tokens() {
    let model = load(&TinyModel::random());
    let text = "naïve €uro \u{0}\u{7f} 漢字 \t\n end";
    let tokens = model.tokenize(text, false, false).unwrap();
    let bytes: Vec<u8> = tokens.iter().flat_map(|token| model.piece(*token, false)).collect();
    assert_eq!(bytes, text.as_bytes());
}

#[test]
fn a_missing_beginning_token_does_not_end_the_process() {
    let mut file = TinyModel::random().gguf();
    file.remove("tokenizer.ggml.bos_token_id");
    file.set("tokenizer.ggml.add_bos_token", hearth_testkit::gguf::Value::Bool(true));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    std::fs::write(&path, file.to_bytes()).unwrap();
    let model = Model::load(&path, &ModelParams::default(), &mut |_| true).unwrap();
    assert!(!model.tokenize("Hi", true, false).unwrap().is_empty());
}

#[test]
fn loading_reports_progress_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    TinyModel::random().write(&path).unwrap();
    let mut seen = Vec::new();
    let load = |progress: &mut dyn FnMut(f32) -> bool| {
        Model::load(&path, &ModelParams::default(), progress)
    };
    load(&mut |p| {
        seen.push(p);
        true
    })
    .unwrap();
    assert_eq!((seen.first(), seen.last()), (Some(&0.0), Some(&1.0)));
    assert_eq!(load(&mut |_| false).unwrap_err(), Error::Cancelled);
    assert_eq!(load(&mut |p| p == 0.0).unwrap_err(), Error::Cancelled);
}

#[test]
fn what_llama_cpp_would_abort_on_is_refused_before_it() {
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    let decode = |context: &mut Context, batch: &Batch| context.decode(batch).unwrap_err();
    assert_eq!(decode(&mut context, &Batch::new(4, 4)), Error::BatchEmpty);
    assert_eq!(decode(&mut context, &batch_of(0, 3, &tokens(5..6))), Error::PositionGap);
    assert_eq!(decode(&mut context, &batch_of(0, 0, &[Token(1_000_000)])), Error::TokenOutOfRange);
    let mut far = Batch::new(1, 99);
    far.push(Token(5), 0, 50, true).unwrap();
    assert_eq!(decode(&mut context, &far), Error::SequenceOutOfRange);
    let mut long = Batch::new(600, 4);
    let mut greedy = Batch::new(600, 4);
    for i in 0..600 {
        long.push(Token(5), i, 0, false).unwrap();
        if i < 9 {
            greedy.push(Token(5), i, 0, true).unwrap();
        }
    }
    assert_eq!(decode(&mut context, &long), Error::BatchFull);
    assert_eq!(decode(&mut context, &greedy), Error::TooManyOutputs);
    assert_eq!(context.logits(0).unwrap_err(), Error::OutputOutOfRange);
    assert_eq!(context.seq_pos_max(4), Err(Error::SequenceOutOfRange));
    assert_eq!(context.seq_pos_max(0), Ok(None));
}

#[test]
fn impossible_sizes_of_a_context_are_refused() {
    let model = load(&TinyModel::random());
    let refuse = |change: fn(&mut ContextParams)| {
        let mut params = params();
        change(&mut params);
        Context::new(&model, &params).unwrap_err()
    };
    assert_eq!(refuse(|p| p.n_ctx = 0), Error::ContextParams);
    assert_eq!(refuse(|p| p.n_ubatch = 0), Error::ContextParams);
    assert_eq!(refuse(|p| p.n_ubatch = 1024), Error::ContextParams);
    assert_eq!(refuse(|p| p.n_seq_max = 0), Error::ContextParams);
    assert_eq!(refuse(|p| p.n_seq_max = 257), Error::ContextParams);
    assert_eq!(refuse(|p| p.n_outputs_max = 9999), Error::ContextParams);
}

#[test]
fn a_context_that_is_full_says_so_and_changes_nothing() {
    let model = load(&TinyModel::random());
    let mut context = Context::new(&model, &ContextParams { n_ctx: 256, ..params() }).unwrap();
    feed(&mut context, 0, &vec![Token(5); 200]);
    let more = batch_of(1, 0, &vec![Token(5); 100]);
    assert_eq!(context.decode(&more), Ok(Decoded::NoSlot));
    assert_eq!((context.seq_pos_max(0), context.seq_pos_max(1)), (Ok(Some(199)), Ok(None)));
}

#[test]
fn an_abort_leaves_the_other_sequences_as_they_were() {
    let model = load(&TinyModel::random());
    let (mut calm, mut stopped) = (context(&model), context(&model));
    for context in [&mut calm, &mut stopped] {
        feed(context, 1, &tokens(10..30));
    }
    let flag = stopped.abort_flag();
    flag.set();
    let prompt = batch_of(0, 0, &vec![Token(7); 400]);
    assert_eq!(stopped.decode(&prompt), Ok(Decoded::Aborted));
    assert_eq!(stopped.logits(0).unwrap_err(), Error::OutputOutOfRange);
    flag.clear();
    assert_eq!(stopped.seq_pos_max(0), Ok(None));
    assert_eq!(stopped.seq_pos_max(1), Ok(Some(19)));
    let (a, b) = (feed(&mut calm, 1, &[Token(40)]), feed(&mut stopped, 1, &[Token(40)]));
    assert_eq!(row(&calm, a), row(&stopped, b));
    assert_eq!(stopped.decode(&prompt), Ok(Decoded::Done));
}

#[test]
fn an_abort_from_another_thread_stops_a_running_step() {
    let model = load(&TinyModel::random().layers(64));
    let mut context =
        Context::new(&model, &ContextParams { n_ctx: 4096, n_batch: 4096, ..params() }).unwrap();
    let flag = context.abort_flag();
    let mut prompt = Batch::new(4096, 4);
    for i in 0..4096 {
        prompt.push(Token(9), i, 0, i == 4095).unwrap();
    }
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        flag.set();
    });
    let ended = context.decode(&prompt);
    stopper.join().unwrap();
    // A very fast machine may have been done already.
    assert!(matches!(ended, Ok(Decoded::Aborted | Decoded::Done)), "{ended:?}");
}

#[test]
fn sequences_of_one_batch_do_not_see_each_other() {
    let model = load(&TinyModel::random());
    let (mut alone, mut together) = (context(&model), context(&model));
    let output = feed(&mut alone, 2, &tokens(20..40));
    let mut batch = Batch::new(512, 4);
    for i in 0..20 {
        batch.push(Token(20 + i), i, 2, i == 19).unwrap();
        batch.push(Token(90 + i), i, 3, i == 19).unwrap();
    }
    assert_eq!(together.decode(&batch), Ok(Decoded::Done));
    let (single, first, second) = (row(&alone, output), row(&together, 0), row(&together, 1));
    let most =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    assert!(most(&single, &first) < 1e-2, "{}", most(&single, &first));
    assert!(most(&single, &second) > 1e-2);
}

#[test]
fn a_shared_prefix_continues_as_if_it_had_been_read_again() {
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    feed(&mut context, 0, &tokens(10..60));
    let before = feed(&mut context, 0, &[Token(99)]);
    let before = row(&context, before);
    context.seq_copy(0, 1, 0, 50).unwrap();
    assert_eq!(context.seq_pos_max(1), Ok(Some(49)));
    let after = feed(&mut context, 1, &[Token(99)]);
    let after = row(&context, after);
    let most = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
    assert!(most < 1e-2, "{most}");
    assert_eq!(context.seq_remove(0, 40, -1), Ok(true));
    assert_eq!(context.seq_pos_max(0), Ok(Some(39)));
    context.seq_keep(1).unwrap();
    assert_eq!((context.seq_pos_max(0), context.seq_pos_max(1)), (Ok(None), Ok(Some(50))));
}

#[test]
fn a_saved_sequence_comes_back_bit_by_bit_and_a_broken_one_is_refused() {
    let model = load(&TinyModel::random());
    let (mut from, mut to) = (context(&model), context(&model));
    feed(&mut from, 0, &tokens(10..60));
    let saved = from.state_save(0).unwrap();
    to.state_restore(2, &saved).unwrap();
    assert_eq!(to.seq_pos_max(2), Ok(Some(49)));
    let (a, b) = (feed(&mut from, 0, &[Token(99)]), feed(&mut to, 2, &[Token(99)]));
    assert_eq!(row(&from, a), row(&to, b));
    assert_eq!(to.state_restore(3, &saved[..saved.len() / 2]), Err(Error::StateMismatch));
    assert_eq!(to.state_restore(3, b"no state"), Err(Error::StateMismatch));
}

#[test]
fn few_outputs_need_less_memory_than_many() {
    let model = load(&TinyModel::random());
    let with = |n_outputs_max| {
        let params = ContextParams { n_ubatch: 512, n_outputs_max, ..params() };
        Context::new(&model, &params).unwrap().memory()
    };
    let (few, many) = (with(4), with(512));
    assert!(few.compute < many.compute, "{few:?} {many:?}");
    let header = model.header();
    assert_eq!(few.kv_cache, u64::from(few.context) * header.kv_bytes_per_token);
    assert!(few.weights >= header.tensor_bytes / 2, "{few:?}");
}
