//! Layers of models whose sequences cannot be cut like those of plain attention: sliding windows,
//! recurrent states, and both in one. Random weights alone: what they say means nothing, but each
//! token depends on all before it.

use super::file::{Gguf, Value};
use super::tiny::{HEADS, HEADS_KV, INNER, WIDTH};
use super::weights::Builder;

/// Tokens that a layer with a sliding window sees.
const WINDOW: u32 = 64;
/// What a recurrent layer keeps for each channel.
const STATE: usize = 8;
const CONVOLUTION: usize = 4;
const STEP_RANK: usize = 4;
/// What a short convolution looks back.
const LOOK_BACK: usize = 3;

/// What the layers of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Attention over everything before (llama).
    Attention,
    /// Three layers of four see the last 64 tokens alone (cohere2).
    Window,
    /// A state takes in every token and forgets nothing on demand (mamba).
    Recurrent,
    /// Layers of attention and layers with a state (lfm2).
    Hybrid,
    /// Every token sees all others, and the mean is a vector: it writes nothing (bert).
    Encoder,
}

impl Kind {
    pub(super) fn architecture(self) -> &'static str {
        match self {
            Self::Attention => "llama",
            Self::Window => "cohere2",
            Self::Recurrent => "mamba",
            Self::Hybrid => "lfm2",
            Self::Encoder => "bert",
        }
    }

    /// How many layers it needs to have all that makes it up.
    pub(super) fn layers(self) -> u32 {
        match self {
            Self::Attention | Self::Recurrent | Self::Encoder => 2,
            Self::Window | Self::Hybrid => 4,
        }
    }

    /// Whether a layer of a hybrid has a state.
    fn is_state(layer: u32) -> bool {
        layer.is_multiple_of(2)
    }

    pub(super) fn entries(self, file: &mut Gguf, layers: u32) {
        let mut set = |key: &str, value| file.set(&format!("{}.{key}", self.architecture()), value);
        set("attention.layer_norm_rms_epsilon", Value::F32(1e-5));
        if self == Self::Recurrent {
            set("attention.head_count", Value::U32(0));
            set("ssm.conv_kernel", Value::U32(CONVOLUTION as u32));
            set("ssm.inner_size", Value::U32(2 * WIDTH as u32));
            set("ssm.state_size", Value::U32(STATE as u32));
            set("ssm.time_step_rank", Value::U32(STEP_RANK as u32));
            return;
        }
        set("attention.head_count", Value::U32(HEADS));
        if self == Self::Encoder {
            set("attention.head_count_kv", Value::U32(HEADS));
            set("attention.layer_norm_epsilon", Value::F32(1e-5));
            set("attention.causal", Value::Bool(false));
            set("pooling_type", Value::U32(1));
            file.set("tokenizer.ggml.token_type_count", Value::U32(1));
            return;
        }
        set("rope.dimension_count", Value::U32(WIDTH as u32 / HEADS));
        match self {
            Self::Window => {
                set("attention.head_count_kv", Value::U32(HEADS_KV));
                set("attention.layer_norm_epsilon", Value::F32(1e-5));
                set("attention.sliding_window", Value::U32(WINDOW));
                set("logit_scale", Value::F32(0.25));
            }
            Self::Hybrid => {
                let heads = |layer| if Self::is_state(layer) { 0 } else { HEADS_KV as i32 };
                let heads = (0..layers).map(heads).collect();
                set("attention.head_count_kv", Value::I32s(heads));
                set("shortconv.l_cache", Value::U32(LOOK_BACK as u32));
            }
            Self::Attention | Self::Recurrent | Self::Encoder => {
                set("attention.head_count_kv", Value::U32(HEADS_KV));
            }
        }
    }
}

impl Builder<'_> {
    /// A layer of a kind that is not plain attention.
    pub(super) fn layer_of(&mut self, kind: Kind, layer: u32) {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        if kind == Kind::Encoder {
            return self.encoding(layer);
        }
        self.ones(&name("attn_norm"), WIDTH);
        match kind {
            Kind::Recurrent => return self.state(layer),
            Kind::Hybrid if Kind::is_state(layer) => {
                self.random(&name("shortconv.conv"), LOOK_BACK, WIDTH);
                self.random(&name("shortconv.in_proj"), WIDTH, 3 * WIDTH);
                self.random(&name("shortconv.out_proj"), WIDTH, WIDTH);
            }
            Kind::Attention | Kind::Window | Kind::Hybrid | Kind::Encoder => {
                self.attention(kind, layer);
            }
        }
        if kind == Kind::Hybrid {
            self.ones(&name("ffn_norm"), WIDTH);
        }
        self.random(&name("ffn_gate"), WIDTH, INNER);
        self.random(&name("ffn_up"), WIDTH, INNER);
        self.random(&name("ffn_down"), INNER, WIDTH);
    }

    fn attention(&mut self, kind: Kind, layer: u32) {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        let head = WIDTH / HEADS as usize;
        let kv = head * HEADS_KV as usize;
        self.random(&name("attn_q"), WIDTH, WIDTH);
        self.random(&name("attn_k"), WIDTH, kv);
        self.random(&name("attn_v"), WIDTH, kv);
        self.random(&name("attn_output"), WIDTH, WIDTH);
        if kind == Kind::Hybrid {
            self.ones(&name("attn_q_norm"), head);
            self.ones(&name("attn_k_norm"), head);
        }
    }

    /// A layer of an encoder: norms come after what they are of.
    fn encoding(&mut self, layer: u32) {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        for part in ["attn_q", "attn_k", "attn_v", "attn_output"] {
            self.random(&name(part), WIDTH, WIDTH);
        }
        self.random(&name("ffn_up"), WIDTH, INNER);
        self.random(&name("ffn_down"), INNER, WIDTH);
        for part in ["attn_output_norm", "layer_output_norm"] {
            self.norm(&format!("blk.{layer}.{part}"));
        }
    }

    /// A norm that changes nothing.
    pub(super) fn norm(&mut self, name: &str) {
        self.ones(&format!("{name}.weight"), WIDTH);
        self.zeros(&format!("{name}.bias"), WIDTH, 1);
    }

    fn state(&mut self, layer: u32) {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let inner = 2 * WIDTH;
        self.random(&name("ssm_in.weight"), WIDTH, 2 * inner);
        self.random(&name("ssm_conv1d.weight"), CONVOLUTION, inner);
        self.zeros(&name("ssm_conv1d.bias"), inner, 1);
        self.random(&name("ssm_x.weight"), inner, STEP_RANK + 2 * STATE);
        self.random(&name("ssm_dt.weight"), STEP_RANK, inner);
        self.zeros(&name("ssm_dt.bias"), inner, 1);
        // What a state keeps must fade.
        self.numbers(&name("ssm_a"), &[STATE, inner], -0.5);
        self.ones(&name("ssm_d"), inner);
        self.random(&name("ssm_out.weight"), inner, WIDTH);
    }
}
