//! The child's part of the canary: estimate, load, decode one token and three hundred, save a
//! sequence and bring it back. Whatever goes wrong here goes wrong in a process of its own.

use std::time::Instant;

use hearth_domain::ErrorCode;
use hearth_llama::{
    Batch, Context, ContextParams, Decoded, Error as LlamaError, Model, ModelParams, Token, gguf,
    worker::{Job, Kind},
};
use serde_json::Value;

use super::{Answer, Question, Tried};
use crate::{
    Error, Footprint,
    load::{self, LoadedEncoder},
    vectors::of_length_one,
};

/// The kind of work.
pub(crate) const KIND: Kind = Kind { name: "model", work };

/// Contexts of the two estimates: beyond the window of most models that have one.
const ESTIMATES: [u32; 2] = [8192, 16_384];
/// The context in which the steps are taken.
const CONTEXT: u32 = 1024;
/// Tokens of the longer step.
const LONG: i32 = 300;
/// How far the logits after a round trip may be from those before it, as a share of their range:
/// another order of adding moves the last bits.
const TOLERANCE: f32 = 0.1;

fn work(job: &Job) -> Option<Value> {
    let question: Question = job.body()?;
    let answer: Answer = attempt(job, &question).map_err(|error| error.code());
    serde_json::to_value(answer).ok()
}

fn attempt(job: &Job, question: &Question) -> Result<Tried, Error> {
    job.note("estimate");
    let pooling = gguf::read(&question.path)?.pooling;
    let footprint = match pooling {
        None => Some(footprint(question).map_err(Error::from_load)?),
        Some(_) => None,
    };
    job.note("load 0.0");
    let began = Instant::now();
    let mut told = 0.0;
    let mut progress = |part: f32| {
        if part >= told + 0.1 {
            told = part;
            job.note(&format!("load {part:.2}"));
        }
        true
    };
    let model = Model::load(&question.path, &ModelParams::default(), &mut progress)
        .map_err(Error::from_load)?;
    let load_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    job.note("decode");
    let Some(footprint) = footprint else {
        return Ok(Tried { footprint: encodes(question, &model)?, restorable: false, load_ms });
    };
    let params = load::context_params(CONTEXT, 2, [question.threads; 2], load::BATCH);
    let mut context = Context::new(&model, &params).map_err(Error::from_load)?;
    let restorable = steps(job, &model, &mut context)?;
    Ok(Tried { footprint, restorable, load_ms })
}

/// Makes the vectors of a short text and of one as long as it reads; gives what that takes.
fn encodes(question: &Question, model: &Model) -> Result<Footprint, Error> {
    let LoadedEncoder { mut encoder, limit, memory, .. } =
        load::encoder(model, 0, question.threads)?;
    let n_vocab = i32::try_from(model.vocab_size()).unwrap_or(i32::MAX).max(1);
    let long = i32::try_from(limit.min(LONG as usize)).unwrap_or(LONG);
    let long: Vec<_> =
        (0..long).map(|at| Token(at.wrapping_mul(7919).rem_euclid(n_vocab))).collect();
    let made = encoder.encode(&[&long]).map_err(Error::Inference)?.unwrap_or_default();
    if made.into_iter().map(of_length_one).any(|vector| vector.is_none()) {
        return Err(Error::Refused(ErrorCode::ModelFileInvalid));
    }
    let (weights, cache, compute) = (memory.weights, memory.kv_cache, memory.compute);
    Ok(Footprint { weights, cache, compute, ..Footprint::default() })
}

fn footprint(question: &Question) -> Result<Footprint, LlamaError> {
    let at = |n_ctx| {
        let params: ContextParams =
            load::context_params(n_ctx, question.parallel, [1; 2], load::BATCH);
        hearth_llama::estimate(&question.path, &ModelParams::default(), &params)
    };
    Ok(Footprint::through(&at(ESTIMATES[0])?, &at(ESTIMATES[1])?))
}

/// Whether a state can be brought back.
fn steps(job: &Job, model: &Model, context: &mut Context) -> Result<bool, Error> {
    let n_vocab = i32::try_from(model.vocab_size()).unwrap_or(i32::MAX).max(1);
    // Any tokens will do, and many different ones do better.
    let token = |at: i32| Token(at.wrapping_mul(7919).rem_euclid(n_vocab));
    decode(context, 0, 0, &[model.bos().unwrap_or(Token(0))])?;
    let long: Vec<_> = (1..=LONG).map(token).collect();
    decode(context, 0, 1, &long)?;
    job.note("state");
    let restored = context.state_save(0).and_then(|state| context.state_restore(1, &state));
    let next = [token(LONG + 1)];
    let before = decode(context, 0, LONG + 1, &next)?;
    match restored {
        Ok(()) => {
            let after = decode(context, 1, LONG + 1, &next)?;
            Ok(near(&before, &after))
        }
        Err(LlamaError::OutOfMemory) => Err(Error::Load(LlamaError::OutOfMemory)),
        Err(_) => Ok(false),
    }
}

/// Takes a step and gives what it found of its last token.
fn decode(
    context: &mut Context,
    seq: i32,
    start: i32,
    tokens: &[Token],
) -> Result<Vec<f32>, Error> {
    let mut batch = Batch::new(tokens.len(), 2);
    let mut output = None;
    for (at, token) in tokens.iter().enumerate() {
        let last = at + 1 == tokens.len();
        let pos = start + i32::try_from(at).unwrap_or(i32::MAX);
        output = batch.push(*token, pos, seq, last).map_err(Error::Inference)?;
    }
    let done = context.decode(&batch).map_err(Error::Inference)?;
    let Some(output) = output.filter(|_| done == Decoded::Done) else {
        return Err(Error::Refused(ErrorCode::InferenceFailed));
    };
    let logits = context.logits(output).map_err(Error::Inference)?;
    if logits.iter().any(|logit| logit.is_finite()) && !logits.iter().any(|logit| logit.is_nan()) {
        Ok(logits.to_vec())
    } else {
        // Numbers that are none: the weights are not what they should be.
        Err(Error::Refused(ErrorCode::ModelFileInvalid))
    }
}

fn near(one: &[f32], other: &[f32]) -> bool {
    let finite = || one.iter().copied().filter(|logit| logit.is_finite());
    let range = finite().fold(f32::MIN, f32::max) - finite().fold(f32::MAX, f32::min);
    let off = |(a, b): (&f32, &f32)| a.is_finite() && (a - b).abs() > range.max(1.0) * TOLERANCE;
    !one.iter().zip(other).any(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_are_near_where_only_the_last_bits_differ() {
        assert!(near(&[0.0, 10.0, f32::NEG_INFINITY], &[0.1, 9.9, f32::NEG_INFINITY]));
        assert!(!near(&[0.0, 10.0], &[5.0, 10.0]));
    }
}
