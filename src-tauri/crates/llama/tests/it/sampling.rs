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
    assert_eq!(error, Error::Exception { call: "sampler_choose" });
}

/// The same logits through samplers that another binding makes of llama.cpp's parts.
mod reference {
    use hearth_llama::Token;
    use llama_cpp_2::{
        sampling::LlamaSampler,
        token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
    };

    pub(super) fn draw(logits: &[f32], parts: Vec<LlamaSampler>, count: usize) -> Vec<Token> {
        let mut chain = LlamaSampler::chain_simple(parts);
        let mut drawn = Vec::new();
        for _ in 0..count {
            let row = logits.iter().zip(0..);
            let row = row.map(|(logit, id)| LlamaTokenData::new(LlamaToken::new(id), *logit, 0.0));
            let mut row = LlamaTokenDataArray::from_iter(row, false);
            row.apply_sampler(&mut chain);
            let token = row.selected_token().unwrap();
            chain.accept(token);
            drawn.push(Token(token.0));
        }
        drawn
    }
}

#[test]
fn every_sampler_chooses_what_llama_cpp_s_own_chain_chooses() {
    use llama_cpp_2::sampling::LlamaSampler as Part;
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    let output = feed(&mut context, 0, &[Token(20), Token(21), Token(22)]);
    let logits = context.logits(output).unwrap().to_vec();
    let n = i32::try_from(model.vocab_size()).unwrap();
    let seed = 11;
    let plain = SamplerParams {
        temperature: 1.3,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        seed,
        ..SamplerParams::default()
    };
    let end = || [Part::temp_ext(1.3, 0.0, 1.0), Part::dist(seed)];
    let with = |part: Part| [part].into_iter().chain(end()).collect::<Vec<_>>();
    let cases: Vec<(SamplerParams, Vec<Part>)> = vec![
        (plain.clone(), end().into()),
        (SamplerParams { top_k: 5, ..plain.clone() }, with(Part::top_k(5))),
        (SamplerParams { top_p: 0.6, ..plain.clone() }, with(Part::top_p(0.6, 1))),
        (SamplerParams { min_p: 0.3, ..plain.clone() }, with(Part::min_p(0.3, 1))),
        (SamplerParams { typical_p: 0.5, ..plain.clone() }, with(Part::typical(0.5, 1))),
        (SamplerParams { top_n_sigma: 1.0, ..plain.clone() }, with(Part::top_n_sigma(1.0))),
        (
            SamplerParams { xtc_probability: 0.7, xtc_threshold: 0.02, ..plain.clone() },
            with(Part::xtc(0.7, 0.02, 1, seed)),
        ),
        (
            SamplerParams { dynatemp_range: 0.9, dynatemp_exponent: 1.5, ..plain.clone() },
            vec![Part::temp_ext(1.3, 0.9, 1.5), Part::dist(seed)],
        ),
        (
            SamplerParams {
                repeat_penalty: 1.4,
                frequency_penalty: 0.5,
                presence_penalty: 0.3,
                penalty_last_n: 8,
                ..plain.clone()
            },
            with(Part::penalties(n, 8, 1.4, 0.5, 0.3)),
        ),
        (
            SamplerParams { mirostat: 1, mirostat_tau: 3.0, mirostat_eta: 0.2, ..plain.clone() },
            vec![Part::temp(1.3), Part::mirostat(n, seed, 3.0, 0.2, 100)],
        ),
        (
            SamplerParams { mirostat: 2, mirostat_tau: 3.0, mirostat_eta: 0.2, ..plain.clone() },
            vec![Part::temp(1.3), Part::mirostat_v2(seed, 3.0, 0.2)],
        ),
        (
            // All at once: the order is llama.cpp's.
            SamplerParams {
                repeat_penalty: 1.2,
                top_n_sigma: 2.0,
                top_k: 30,
                typical_p: 0.9,
                top_p: 0.9,
                min_p: 0.05,
                xtc_probability: 0.5,
                xtc_threshold: 0.05,
                ..plain.clone()
            },
            vec![
                Part::penalties(n, 64, 1.2, 0.0, 0.0),
                Part::top_n_sigma(2.0),
                Part::top_k(30),
                Part::typical(0.9, 1),
                Part::top_p(0.9, 1),
                Part::min_p(0.05, 1),
                Part::xtc(0.5, 0.05, 1, seed),
                Part::temp_ext(1.3, 0.0, 1.0),
                Part::dist(seed),
            ],
        ),
    ];
    for (params, parts) in cases {
        let mut sampler = Sampler::new(&model, &params).unwrap();
        let drawn: Vec<_> = (0..60).map(|_| sampler.sample(&context, output).unwrap()).collect();
        assert_eq!(drawn, reference::draw(&logits, parts, 60), "{params:?}");
    }
}

#[test]
fn a_repeated_sequence_is_driven_away_by_dry() {
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    let output = feed(&mut context, 0, &[Token(20)]);
    let likeliest = greedy(&model).sample(&context, output).unwrap();
    let params = SamplerParams {
        temperature: 0.0,
        dry_multiplier: 50.0,
        dry_allowed_length: 1,
        ..SamplerParams::default()
    };
    let mut sampler = Sampler::new(&model, &params).unwrap();
    assert_eq!(sampler.choose(&context, output, None), Ok(Some(likeliest)));
    for token in [Token(30), Token(31), likeliest, Token(30), Token(31)] {
        sampler.accept(token).unwrap();
    }
    assert_ne!(sampler.choose(&context, output, None), Ok(Some(likeliest)));
}

#[test]
fn only_tokens_of_the_mask_come_and_banned_ones_never_do() {
    let model = load(&TinyModel::random());
    let mut context = context(&model);
    let output = feed(&mut context, 0, &[Token(20)]);
    let words = model.vocab_size().div_ceil(32);
    let mut mask = vec![0u32; words];
    mask[1] = 0b101;
    for temperature in [0.0, 1.5] {
        let params = SamplerParams { temperature, ..SamplerParams::default() };
        let mut sampler = Sampler::new(&model, &params).unwrap();
        for _ in 0..30 {
            let token = sampler.choose(&context, output, Some(&mask)).unwrap().unwrap();
            assert!([Token(32), Token(34)].contains(&token), "{token:?}");
        }
        assert_eq!(sampler.choose(&context, output, Some(&vec![0; words])), Ok(None));
        assert_eq!(sampler.choose(&context, output, Some(&[0])), Err(Error::MaskTooShort));
        let never = |token| (token, f32::NEG_INFINITY);
        let bias = vec![never(Token(32)), (Token(40), 1000.0)];
        let mut biased = Sampler::new(&model, &SamplerParams { bias, ..params.clone() }).unwrap();
        assert_eq!(biased.choose(&context, output, Some(&mask)), Ok(Some(Token(34))));
        assert_eq!(biased.choose(&context, output, None), Ok(Some(Token(40))));
    }
}
