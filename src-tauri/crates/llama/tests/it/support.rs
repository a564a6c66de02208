//! What the tests share: a model in memory, a context of usual size, a greedy run.

use hearth_llama::{Batch, Context, ContextParams, Decoded, Model, ModelParams, Token};
use hearth_llama::{Sampler, SamplerParams};
use hearth_testkit::gguf::TinyModel;

pub(crate) fn load(tiny: &TinyModel) -> Model {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny.write(&path).unwrap();
    Model::load(&path, &ModelParams::default(), &mut |_| true).unwrap()
}

pub(crate) fn params() -> ContextParams {
    ContextParams {
        n_ctx: 1024,
        n_batch: 512,
        n_ubatch: 128,
        n_seq_max: 4,
        n_outputs_max: 8,
        n_threads: 1,
        n_threads_batch: 1,
        kv_q8: false,
    }
}

pub(crate) fn context(model: &Model) -> Context {
    Context::new(model, &params()).unwrap()
}

pub(crate) fn greedy(model: &Model) -> Sampler {
    Sampler::new(model, &SamplerParams { temperature: 0.0, ..Default::default() }).unwrap()
}

/// Reads `tokens` into `seq` and wants the logits of the last one.
pub(crate) fn feed(context: &mut Context, seq: i32, tokens: &[Token]) -> usize {
    let start = context.seq_pos_max(seq).unwrap().map_or(0, |last| last + 1);
    let batch = batch_of(seq, start, tokens);
    assert_eq!(context.decode(&batch), Ok(Decoded::Done));
    batch.outputs() - 1
}

pub(crate) fn batch_of(seq: i32, start: i32, tokens: &[Token]) -> Batch {
    let mut batch = Batch::new(512, 4);
    for (i, token) in tokens.iter().enumerate() {
        batch.push(*token, start + i as i32, seq, i + 1 == tokens.len()).unwrap();
    }
    batch
}

/// The bytes that the model says after `prompt`, to its end or to `most` tokens.
pub(crate) fn answer(model: &Model, prompt: &str, most: usize) -> Vec<Vec<u8>> {
    let mut context = context(model);
    let mut sampler = greedy(model);
    let tokens = model.tokenize(prompt, true, true).unwrap();
    let mut output = feed(&mut context, 0, &tokens);
    let mut pieces = Vec::new();
    while pieces.len() < most {
        let token = sampler.sample(&context, output).unwrap();
        if model.is_eog(token) {
            break;
        }
        pieces.push(model.piece(token, false));
        output = feed(&mut context, 0, &[token]);
    }
    pieces
}
