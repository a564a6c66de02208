// The context: memory for sequences, one step of the network, and what comes out of it.

#include "hearth_guard.h"

#include "llama-ext.h"
#include "llama.h"

#include <vector>

extern "C" void HS(context_new)(hs_status * st, llama_model * model, const hs_context_params * params,
                                llama_context ** out) {
    guarded(st, [&] {
        const bool           gpu = llama_supports_gpu_offload();
        llama_context_params cp  = llama_context_default_params();
        cp.n_ctx               = params->n_ctx;
        cp.n_batch             = params->n_batch;
        cp.n_ubatch            = params->n_ubatch;
        cp.n_seq_max           = params->n_seq_max;
        cp.n_outputs_max       = params->n_outputs_max; // without it, space for 512 rows of logits is held
        cp.n_threads           = params->n_threads;
        cp.n_threads_batch     = params->n_threads_batch;
        cp.flash_attn_type     = LLAMA_FLASH_ATTN_TYPE_AUTO;
        cp.kv_unified          = true;
        cp.swa_full            = false; // what a sliding window has passed is not held
        if (params->kv_q8 != 0) {
            cp.type_k = GGML_TYPE_Q8_0;
            cp.type_v = GGML_TYPE_Q8_0;
        }
        cp.offload_kqv         = gpu;
        cp.op_offload          = gpu;
        cp.no_perf             = true;
        cp.abort_callback      = params->abort;
        cp.abort_callback_data = params->user;
        *out = llama_init_from_model(model, cp);
        if (!*out) {
            throw refused{ "context not made" };
        }
    });
}

extern "C" void HS(context_free)(hs_status * st, llama_context * ctx) {
    guarded(st, [&] { llama_free(ctx); });
}

extern "C" void HS(context_describe)(hs_status * st, const llama_context * ctx, hs_context_facts * out) {
    guarded(st, [&] {
        out->n_ctx     = llama_n_ctx(ctx);
        out->n_batch   = llama_n_batch(ctx);
        out->n_seq_max = llama_n_seq_max(ctx);
        if (!llama_get_memory(ctx)) {
            throw refused{ "this model has no memory for sequences" };
        }
    });
}

extern "C" void HS(set_threads)(hs_status * st, llama_context * ctx, int32_t n_threads, int32_t n_threads_batch) {
    guarded(st, [&] { llama_set_n_threads(ctx, n_threads, n_threads_batch); });
}

extern "C" void HS(decode)(hs_status * st, llama_context * ctx, int32_t n, int32_t * tokens, int32_t * positions,
                           int32_t * sequences, int8_t * outputs, int32_t * out_result) {
    guarded(st, [&] {
        std::vector<int32_t>        one(n, 1);
        std::vector<llama_seq_id *> seq(n);
        for (int32_t i = 0; i < n; ++i) {
            seq[i] = sequences + i;
        }
        llama_batch batch = { n, tokens, nullptr, positions, one.data(), seq.data(), outputs };
        *out_result = llama_decode(ctx, batch);
    });
}

extern "C" void HS(logits)(hs_status * st, llama_context * ctx, int32_t index, const float ** out) {
    guarded(st, [&] {
        *out = llama_get_logits_ith(ctx, index);
        if (!*out) {
            throw refused{ "no logits" };
        }
    });
}

extern "C" void HS(seq_remove)(hs_status * st, llama_context * ctx, int32_t seq, int32_t p0, int32_t p1,
                               int32_t * out_removed) {
    guarded(st, [&] { *out_removed = llama_memory_seq_rm(llama_get_memory(ctx), seq, p0, p1) ? 1 : 0; });
}

extern "C" void HS(seq_copy)(hs_status * st, llama_context * ctx, int32_t from, int32_t to, int32_t p0, int32_t p1) {
    guarded(st, [&] { llama_memory_seq_cp(llama_get_memory(ctx), from, to, p0, p1); });
}

extern "C" void HS(seq_keep)(hs_status * st, llama_context * ctx, int32_t seq) {
    guarded(st, [&] { llama_memory_seq_keep(llama_get_memory(ctx), seq); });
}

extern "C" void HS(seq_pos_min)(hs_status * st, llama_context * ctx, int32_t seq, int32_t * out) {
    guarded(st, [&] { *out = llama_memory_seq_pos_min(llama_get_memory(ctx), seq); });
}

extern "C" void HS(seq_pos_max)(hs_status * st, llama_context * ctx, int32_t seq, int32_t * out) {
    guarded(st, [&] { *out = llama_memory_seq_pos_max(llama_get_memory(ctx), seq); });
}

extern "C" void HS(memory_use)(hs_status * st, llama_context * ctx, hs_memory * out) {
    guarded(st, [&] {
        *out = { 0, 0, 0 };
        for (const auto & part : llama_get_memory_breakdown(ctx)) {
            out->weights  += part.second.model;
            out->kv_cache += part.second.context;
            out->compute  += part.second.compute;
        }
    });
}

extern "C" void HS(state_size)(hs_status * st, llama_context * ctx, int32_t seq, size_t * out) {
    guarded(st, [&] { *out = llama_state_seq_get_size_ext(ctx, seq, 0); });
}

extern "C" void HS(state_get)(hs_status * st, llama_context * ctx, int32_t seq, uint8_t * data, size_t size,
                              size_t * out) {
    guarded(st, [&] { *out = llama_state_seq_get_data_ext(ctx, data, size, seq, 0); });
}

extern "C" void HS(state_set)(hs_status * st, llama_context * ctx, int32_t seq, const uint8_t * data, size_t size,
                              size_t * out) {
    guarded(st, [&] { *out = llama_state_seq_set_data_ext(ctx, data, size, seq, 0); });
}
