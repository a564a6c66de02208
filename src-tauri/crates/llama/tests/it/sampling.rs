//! Choosing tokens: repeatable by seed, steered by parameters, and safe from logits that are no numbers.

use hearth_llama::{Error, Model, ModelParams, Sampler, SamplerParams, Token};
use hearth_testkit::gguf::TinyModel;

use crate::support::{context, feed, greedy, load};

fn draw(model: &Model, params: &SamplerParams, count: usize) -> Vec<Token> {
    let mut context = context(model);
    let output = feed(&mut context, 0, &[Token(20), Token(21), Token(22)]);
    let mut sampler = Sampler::new(model, params).unwrap();
    (0..count).map(|_| sampler.sample(&context, output).unwrap()).collect()
}

#[test]
fn a_seed_repeats_a_choice_and_another_seed_does_not() {
    let model = load(&TinyModel::random());
    let hot = |seed| SamplerParams {
        temperature: 2.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        seed,
        ..Default::default()
    };
    assert_eq!(draw(&model, &hot(7), 30), draw(&model, &hot(7), 30));
    assert_ne!(draw(&model, &hot(7), 30), draw(&model, &hot(8), 30));
}

#[test]
fn without_temperature_the_likeliest_token_is_taken() {
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    let output = feed(&mut context, 0, &[Token(20)]);
    let row = context.logits(output).unwrap();
    let best = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    assert_eq!(greedy(&model).sample(&context, output), Ok(Token(best as i32)));
}

#[test]
fn a_penalty_drives_a_token_away_that_was_seen() {
    let model = load(&TinyModel::random());
    let params = SamplerParams {
        temperature: 0.0,
        frequency_penalty: 2.0,
        presence_penalty: 2.0,
        ..Default::default()
    };
    let drawn = draw(&model, &params, 10);
    assert!(drawn.iter().any(|token| *token != drawn[0]));
}

#[test]
fn parameters_that_are_no_numbers_are_refused() {
    let model = load(&TinyModel::random());
    for params in [
        SamplerParams { temperature: f32::NAN, ..Default::default() },
        SamplerParams { repeat_penalty: 0.0, ..Default::default() },
        SamplerParams { top_p: 1.5, ..Default::default() },
        SamplerParams { penalty_last_n: u32::MAX, ..Default::default() },
    ] {
        assert_eq!(Sampler::new(&model, &params).unwrap_err(), Error::SamplerParams);
    }
}

#[test]
fn logits_that_are_no_numbers_are_an_error_and_not_the_end() {
    let mut file = TinyModel::random().gguf();
    let output = file.tensors.iter_mut().find(|tensor| tensor.name == "output.weight").unwrap();
    for number in output.bytes.chunks_exact_mut(4) {
        number.copy_from_slice(&f32::NAN.to_le_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    std::fs::write(&path, file.to_bytes()).unwrap();
    let model = Model::load(&path, &ModelParams::default(), &mut |_| true).unwrap();
    let mut context = context(&model);
    let output = feed(&mut context, 0, &[Token(20)]);
    let error = greedy(&model).sample(&context, output).unwrap_err();
    assert_eq!(error, Error::Exception { call: "sampler_sample" });
}
