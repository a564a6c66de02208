//! The shim's functions as Rust sees them: one table, from which the declarations and the fault tests
//! are made. What is not here: meaning; the safe types give it.

use std::ffi::{CStr, c_char, c_void};

use crate::{Error, log};

/// An opaque object of C++.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub(crate) struct $name {
            _private: [u8; 0],
        }
    )*};
}

opaque! {
    /// `llama_model`.
    RawModel;
    /// `llama_context`.
    RawContext;
    /// `hs_sampler`.
    RawSampler;
    /// `hs_template`.
    RawTemplate;
    /// `hs_parser`.
    RawParser;
}

pub(crate) type LogCallback = Option<unsafe extern "C" fn(i32, *const c_char, *mut c_void)>;
pub(crate) type ProgressCallback = Option<unsafe extern "C" fn(f32, *mut c_void) -> bool>;
pub(crate) type AbortCallback = Option<unsafe extern "C" fn(*mut c_void) -> bool>;

/// `hs_status`.
#[repr(C)]
pub(crate) struct Status {
    code: i32,
    text: [c_char; 252],
}

/// `hs_model_params`.
#[repr(C)]
pub(crate) struct RawModelParams {
    pub(crate) gpu_layers: i32,
    pub(crate) use_mmap: i32,
    pub(crate) repack: i32,
    pub(crate) progress: ProgressCallback,
    pub(crate) user: *mut c_void,
}

/// `hs_model_facts`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct ModelFacts {
    pub(crate) n_vocab: i32,
    pub(crate) n_ctx_train: i32,
    pub(crate) n_layer: i32,
    pub(crate) bos: i32,
    pub(crate) eos: i32,
    pub(crate) sep: i32,
    pub(crate) add_bos: i32,
    pub(crate) add_eos: i32,
    pub(crate) add_sep: i32,
    pub(crate) n_swa: i32,
    pub(crate) stateful: i32,
    pub(crate) size: u64,
    pub(crate) n_params: u64,
}

/// `hs_context_params`.
#[repr(C)]
pub(crate) struct RawContextParams {
    pub(crate) n_ctx: u32,
    pub(crate) n_batch: u32,
    pub(crate) n_ubatch: u32,
    pub(crate) n_seq_max: u32,
    pub(crate) n_outputs_max: u32,
    pub(crate) n_threads: i32,
    pub(crate) n_threads_batch: i32,
    pub(crate) kv_q8: i32,
    pub(crate) abort: AbortCallback,
    pub(crate) user: *mut c_void,
}

/// `hs_context_facts`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct ContextFacts {
    pub(crate) n_ctx: u32,
    pub(crate) n_batch: u32,
    pub(crate) n_seq_max: u32,
}

/// `hs_encoder_facts`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct RawEncoderFacts {
    pub(crate) n_embd: i32,
    pub(crate) n_batch: u32,
    pub(crate) n_seq_max: u32,
}

/// `hs_memory`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct RawMemory {
    pub(crate) weights: u64,
    pub(crate) kv_cache: u64,
    pub(crate) compute: u64,
}

/// `hs_sampler_params`.
#[repr(C)]
pub(crate) struct RawSamplerParams {
    pub(crate) seed: u32,
    pub(crate) temperature: f32,
    pub(crate) top_k: i32,
    pub(crate) top_p: f32,
    pub(crate) min_p: f32,
    pub(crate) typical_p: f32,
    pub(crate) top_n_sigma: f32,
    pub(crate) xtc_probability: f32,
    pub(crate) xtc_threshold: f32,
    pub(crate) dynatemp_range: f32,
    pub(crate) dynatemp_exponent: f32,
    pub(crate) penalty_last_n: i32,
    pub(crate) repeat_penalty: f32,
    pub(crate) frequency_penalty: f32,
    pub(crate) presence_penalty: f32,
    pub(crate) dry_multiplier: f32,
    pub(crate) dry_base: f32,
    pub(crate) dry_allowed_length: i32,
    pub(crate) dry_last_n: i32,
    pub(crate) mirostat: i32,
    pub(crate) mirostat_tau: f32,
    pub(crate) mirostat_eta: f32,
    pub(crate) n_bias: i32,
    pub(crate) bias_tokens: *const i32,
    pub(crate) bias_values: *const f32,
}

macro_rules! shim {
    ($(fn $name:ident = $fault:literal ($($arg:ident: $ty:ty),* $(,)?);)*) => {
        unsafe extern "C" {
            $(pub(crate) fn $name(st: *mut Status, $($arg: $ty),*);)*
        }

        /// The same functions from the archive that throws on demand.
        #[cfg(test)]
        mod faults {
            use super::*;

            #[link(name = "hearth_shim_faults", kind = "static")]
            unsafe extern "C" {
                $(#[link_name = $fault] fn $name(st: *mut Status, $($arg: $ty),*);)*
                pub(super) fn hs_fault_arm(kind: i32);
            }

            /// Every function by name, called with zeros: the fault comes before they are looked at.
            pub(super) const TABLE: &[(&str, fn(*mut Status))] = &[
                // SAFETY: zero is a value of every parameter's type, and an armed function reads none.
                $((stringify!($name), |st| unsafe {
                    $name(st, $(std::mem::zeroed::<$ty>()),*)
                })),*
            ];
        }
    };
}

shim! {
    fn hs_init = "hs_fault_init"(log: LogCallback, user: *mut c_void);

    fn hs_model_load = "hs_fault_model_load"(
        path: *const c_char, params: *const RawModelParams, out: *mut *mut RawModel);
    fn hs_model_free = "hs_fault_model_free"(model: *mut RawModel);
    fn hs_model_describe = "hs_fault_model_describe"(model: *const RawModel, out: *mut ModelFacts);
    fn hs_tokenize = "hs_fault_tokenize"(
        model: *const RawModel, text: *const c_char, len: i32, add_special: i32, parse_special: i32,
        tokens: *mut i32, capacity: i32, out_n: *mut i32);
    fn hs_piece = "hs_fault_piece"(
        model: *const RawModel, token: i32, special: i32, text: *mut c_char, capacity: i32,
        out_n: *mut i32);
    fn hs_is_eog = "hs_fault_is_eog"(model: *const RawModel, token: i32, out: *mut i32);

    fn hs_memory_estimate = "hs_fault_memory_estimate"(
        path: *const c_char, model: *const RawModelParams, params: *const RawContextParams,
        out: *mut RawMemory);
    fn hs_context_new = "hs_fault_context_new"(
        model: *mut RawModel, params: *const RawContextParams, out: *mut *mut RawContext);
    fn hs_context_free = "hs_fault_context_free"(ctx: *mut RawContext);
    fn hs_context_describe = "hs_fault_context_describe"(
        ctx: *const RawContext, out: *mut ContextFacts);
    fn hs_set_threads = "hs_fault_set_threads"(
        ctx: *mut RawContext, n_threads: i32, n_threads_batch: i32);
    fn hs_decode = "hs_fault_decode"(
        ctx: *mut RawContext, n: i32, tokens: *mut i32, positions: *mut i32, sequences: *mut i32,
        outputs: *mut i8, out_result: *mut i32);
    fn hs_logits = "hs_fault_logits"(ctx: *mut RawContext, index: i32, out: *mut *const f32);
    fn hs_seq_remove = "hs_fault_seq_remove"(
        ctx: *mut RawContext, seq: i32, p0: i32, p1: i32, out_removed: *mut i32);
    fn hs_seq_copy = "hs_fault_seq_copy"(
        ctx: *mut RawContext, from: i32, to: i32, p0: i32, p1: i32);
    fn hs_seq_keep = "hs_fault_seq_keep"(ctx: *mut RawContext, seq: i32);
    fn hs_seq_pos_min = "hs_fault_seq_pos_min"(ctx: *mut RawContext, seq: i32, out: *mut i32);
    fn hs_seq_pos_max = "hs_fault_seq_pos_max"(ctx: *mut RawContext, seq: i32, out: *mut i32);
    fn hs_memory_use = "hs_fault_memory_use"(ctx: *mut RawContext, out: *mut RawMemory);
    fn hs_state_size = "hs_fault_state_size"(ctx: *mut RawContext, seq: i32, out: *mut usize);
    fn hs_state_get = "hs_fault_state_get"(
        ctx: *mut RawContext, seq: i32, data: *mut u8, size: usize, out: *mut usize);
    fn hs_state_set = "hs_fault_state_set"(
        ctx: *mut RawContext, seq: i32, data: *const u8, size: usize, out: *mut usize);

    fn hs_encoder_new = "hs_fault_encoder_new"(
        model: *mut RawModel, params: *const RawContextParams, pooling: i32,
        out: *mut *mut RawContext);
    fn hs_encoder_describe = "hs_fault_encoder_describe"(
        ctx: *const RawContext, out: *mut RawEncoderFacts);
    fn hs_encode = "hs_fault_encode"(
        ctx: *mut RawContext, n: i32, tokens: *mut i32, positions: *mut i32, sequences: *mut i32,
        out_result: *mut i32);
    fn hs_vector = "hs_fault_vector"(ctx: *mut RawContext, seq: i32, out: *mut *const f32);

    fn hs_sampler_new = "hs_fault_sampler_new"(
        model: *const RawModel, params: *const RawSamplerParams, out: *mut *mut RawSampler);
    fn hs_sampler_free = "hs_fault_sampler_free"(sampler: *mut RawSampler);
    fn hs_sampler_choose = "hs_fault_sampler_choose"(
        sampler: *mut RawSampler, ctx: *mut RawContext, index: i32, mask: *const u32,
        out_token: *mut i32);
    fn hs_sampler_accept = "hs_fault_sampler_accept"(sampler: *mut RawSampler, token: i32);
    fn hs_sampler_reset = "hs_fault_sampler_reset"(sampler: *mut RawSampler);

    fn hs_template_new = "hs_fault_template_new"(
        model: *const RawModel, source: *const c_char, bos: *const c_char, eos: *const c_char,
        out: *mut *mut RawTemplate);
    fn hs_template_free = "hs_fault_template_free"(tmpl: *mut RawTemplate);
    fn hs_template_render = "hs_fault_template_render"(
        tmpl: *const RawTemplate, request: *const c_char, out: *mut *mut c_char);
    fn hs_parser_new = "hs_fault_parser_new"(rendered: *const c_char, out: *mut *mut RawParser);
    fn hs_parser_free = "hs_fault_parser_free"(parser: *mut RawParser);
    fn hs_parser_parse = "hs_fault_parser_parse"(
        parser: *const RawParser, text: *const c_char, len: usize, partial: i32,
        out: *mut *mut c_char);
    fn hs_string_free = "hs_fault_string_free"(text: *mut c_char);
}

/// Calls a function of the shim and turns its status into an [`Error`].
pub(crate) fn call(name: &'static str, f: impl FnOnce(*mut Status)) -> Result<(), Error> {
    let status = run(f);
    let result = status.to_result(name);
    if result.is_err() {
        tracing::warn!(target: "llama", call = name, detail = %status.detail(), "a call failed");
    }
    result
}

/// The same for calls whose exceptions may quote a prompt or an answer: their text is dropped.
pub(crate) fn call_quietly(name: &'static str, f: impl FnOnce(*mut Status)) -> Result<(), Error> {
    run(f).to_result(name)
}

fn run(f: impl FnOnce(*mut Status)) -> Status {
    let mut status = Status { code: 3, text: [0; 252] };
    f(&raw mut status);
    status
}

impl Status {
    fn to_result(&self, call: &'static str) -> Result<(), Error> {
        match self.code {
            0 => Ok(()),
            1 => Err(Error::OutOfMemory),
            4 => Err(Error::Refused { call }),
            _ => Err(Error::Exception { call }),
        }
    }

    fn detail(&self) -> String {
        // SAFETY: the shim ends the text with a zero, and it began as zeros.
        let text = unsafe { CStr::from_ptr(self.text.as_ptr()) };
        log::without_paths(&text.to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed(kind: i32, f: fn(*mut Status), name: &'static str) -> Result<(), Error> {
        // SAFETY: sets a number of this thread.
        unsafe { faults::hs_fault_arm(kind) };
        let result = call_quietly(name, f);
        // SAFETY: as above.
        unsafe { faults::hs_fault_arm(0) };
        result
    }

    #[test]
    fn bad_alloc_from_every_function_of_the_shim_is_out_of_memory() {
        for (name, f) in faults::TABLE {
            assert_eq!(armed(1, *f, name), Err(Error::OutOfMemory), "{name}");
        }
    }

    #[test]
    fn an_int_from_every_function_of_the_shim_is_a_typed_exception() {
        for (name, f) in faults::TABLE {
            assert_eq!(armed(2, *f, name), Err(Error::Exception { call: name }), "{name}");
        }
    }

    #[test]
    fn an_ordinary_exception_from_every_function_of_the_shim_is_typed() {
        for (name, f) in faults::TABLE {
            assert_eq!(armed(3, *f, name), Err(Error::Exception { call: name }), "{name}");
        }
    }

    #[test]
    fn every_function_of_the_header_is_in_the_table() {
        let header = include_str!("../shim/hearth_shim.h");
        let mut declared: Vec<_> = header
            .lines()
            .filter_map(|line| line.strip_prefix("void HS("))
            .filter_map(|rest| rest.split(')').next())
            .map(|name| format!("hs_{name}"))
            .collect();
        let mut bound: Vec<_> = faults::TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
        declared.sort();
        bound.sort();
        assert_eq!(declared, bound);
    }
}
