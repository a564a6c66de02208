// Encoders: texts become vectors. A context without logits that forgets everything after each step.

#include "hearth_guard.h"

#include "llama.h"

#include <vector>

extern "C" void HS(encoder_new)(hs_status * st, llama_model * model, const hs_context_params * params, int32_t pooling,
                                llama_context ** out) {
    guarded(st, [&] {
        const bool           gpu = llama_supports_gpu_offload();
        llama_context_params cp  = llama_context_default_params();
        cp.n_ctx               = params->n_ctx;
        cp.n_batch             = params->n_batch;
        cp.n_ubatch            = params->n_ubatch; // a text that is read as a whole needs one piece for all of it
        cp.n_seq_max           = params->n_seq_max;
        cp.n_outputs_max       = params->n_outputs_max;
        cp.n_threads           = params->n_threads;
        cp.n_threads_batch     = params->n_threads_batch;
        cp.embeddings          = true;
        cp.pooling_type        = (enum llama_pooling_type) pooling;
        cp.flash_attn_type     = LLAMA_FLASH_ATTN_TYPE_AUTO;
        cp.kv_unified          = true;
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

extern "C" void HS(encoder_describe)(hs_status * st, const llama_context * ctx, hs_encoder_facts * out) {
    guarded(st, [&] {
        const llama_model * model = llama_get_model(ctx);
        const bool          ranks = llama_pooling_type(ctx) == LLAMA_POOLING_TYPE_RANK;
        out->n_embd    = ranks ? (int32_t) llama_model_n_cls_out(model) : llama_model_n_embd_out(model);
        out->n_batch   = llama_n_batch(ctx);
        out->n_seq_max = llama_n_seq_max(ctx);
    });
}

extern "C" void HS(encode)(hs_status * st, llama_context * ctx, int32_t n, int32_t * tokens, int32_t * positions,
                           int32_t * sequences, int32_t * out_result) {
    guarded(st, [&] {
        if (llama_memory_t memory = llama_get_memory(ctx)) {
            llama_memory_clear(memory, false);
        }
        std::vector<int32_t>        one(n, 1);
        std::vector<int8_t>         all(n, 1);
        std::vector<llama_seq_id *> seq(n);
        for (int32_t i = 0; i < n; ++i) {
            seq[i] = sequences + i;
        }
        llama_batch batch = { n, tokens, nullptr, positions, one.data(), seq.data(), all.data() };
        *out_result = llama_decode(ctx, batch); // a model without a memory is encoded by it
    });
}

extern "C" void HS(vector)(hs_status * st, llama_context * ctx, int32_t seq, const float ** out) {
    guarded(st, [&] {
        *out = llama_get_embeddings_seq(ctx, seq);
        if (!*out) {
            throw refused{ "no vector" };
        }
    });
}
