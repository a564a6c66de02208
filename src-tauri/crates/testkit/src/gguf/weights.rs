//! The weights of the tiny models: noise, or noise that speaks a script.

use super::file::{Gguf, Tensor};
use super::kinds::Kind;
use super::tiny::{HEADS, HEADS_KV, INNER, WIDTH};

/// Numbers that look random and are the same everywhere (SplitMix64).
pub(super) struct Noise(pub(super) u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between -1 and 1.
    fn number(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn sign(&mut self) -> f32 {
        if self.next() >> 63 == 0 { 1.0 } else { -1.0 }
    }
}

pub(super) struct Builder<'a> {
    pub(super) noise: Noise,
    pub(super) half: bool,
    pub(super) out: &'a mut Gguf,
}

impl Builder<'_> {
    fn tensor(&mut self, name: &str, shape: &[usize], numbers: &[f32]) {
        let half = self.half && shape.len() > 1;
        let bytes = if half {
            numbers.iter().flat_map(|n| half_bits(*n).to_le_bytes()).collect()
        } else {
            numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
        };
        self.out.tensors.push(Tensor {
            name: name.to_owned(),
            shape: shape.iter().map(|n| *n as u64).collect(),
            kind: u32::from(half),
            offset: None,
            bytes,
        });
    }

    pub(super) fn random(&mut self, name: &str, columns: usize, rows: usize) {
        let scale = 1.5 / (columns as f32).sqrt();
        let numbers: Vec<_> = (0..columns * rows).map(|_| self.noise.number() * scale).collect();
        self.tensor(name, &[columns, rows], &numbers);
    }

    /// One row is a vector.
    pub(super) fn zeros(&mut self, name: &str, columns: usize, rows: usize) {
        let shape = [columns, rows];
        let shape = if rows == 1 { &shape[..1] } else { &shape[..] };
        self.tensor(name, shape, &vec![0.0; columns * rows]);
    }

    pub(super) fn ones(&mut self, name: &str, columns: usize) {
        self.numbers(name, &[columns], 1.0);
    }

    /// One number everywhere.
    pub(super) fn numbers(&mut self, name: &str, shape: &[usize], number: f32) {
        self.tensor(name, shape, &vec![number; shape.iter().product()]);
    }

    /// Words in, words out. Rows of random signs are nearly at right angles to each other; a script
    /// gives each token's row to the token that follows it, so that this one is likeliest by far.
    pub(super) fn embedding(
        &mut self,
        (kind, context): (Kind, usize),
        tokens: usize,
        follows: &[(usize, usize, f32)],
        scripted: bool,
    ) {
        let input: Vec<_> = (0..tokens * WIDTH).map(|_| self.noise.sign()).collect();
        self.tensor("token_embd.weight", &[WIDTH, tokens], &input);
        if kind == Kind::Encoder {
            self.random("position_embd.weight", WIDTH, context);
            return self.norm("token_embd_norm");
        }
        let norm = if kind == Kind::Hybrid { "token_embd_norm" } else { "output_norm" };
        self.ones(&format!("{norm}.weight"), WIDTH);
        if kind == Kind::Window {
            // Its words out are its words in.
            return;
        }
        if !scripted {
            return self.random("output.weight", WIDTH, tokens);
        }
        let mut output = vec![0.0; tokens * WIDTH];
        for (before, after, strength) in follows {
            for i in 0..WIDTH {
                output[after * WIDTH + i] += input[before * WIDTH + i] * strength;
            }
        }
        self.tensor("output.weight", &[WIDTH, tokens], &output);
    }

    /// One score of a text.
    pub(super) fn classifier(&mut self) {
        self.random("cls.output.weight", WIDTH, 1);
        self.numbers("cls.output.bias", &[1], 0.0);
    }

    /// A layer; one of a script adds nothing to what it reads, but computes all the same.
    pub(super) fn layer(&mut self, layer: u32, scripted: bool) {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        let kv = WIDTH / HEADS as usize * HEADS_KV as usize;
        self.tensor(&name("attn_norm"), &[WIDTH], &[1.0; WIDTH]);
        self.random(&name("attn_q"), WIDTH, WIDTH);
        self.random(&name("attn_k"), WIDTH, kv);
        self.random(&name("attn_v"), WIDTH, kv);
        self.tensor(&name("ffn_norm"), &[WIDTH], &[1.0; WIDTH]);
        self.random(&name("ffn_gate"), WIDTH, INNER);
        self.random(&name("ffn_up"), WIDTH, INNER);
        if scripted {
            self.zeros(&name("attn_output"), WIDTH, WIDTH);
            self.zeros(&name("ffn_down"), INNER, WIDTH);
        } else {
            self.random(&name("attn_output"), WIDTH, WIDTH);
            self.random(&name("ffn_down"), INNER, WIDTH);
        }
    }
}

/// The 16-bit number below; enough for numbers between -2 and 2 that are not tiny.
fn half_bits(n: f32) -> u16 {
    let bits = n.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let exponent = (bits >> 23 & 0xff) as i32 - 127 + 15;
    if exponent <= 0 {
        return sign;
    }
    sign | (exponent as u16) << 10 | (bits >> 13 & 0x3ff) as u16
}
