// The process and the model: start, load, facts, words to tokens and back.

#include "hearth_guard.h"

#include "ggml-backend.h"
#include "llama.h"
#include "log.h"

#ifdef HEARTH_SHIM_FAULTS
thread_local int32_t hs_fault_armed = 0;

extern "C" void hs_fault_arm(int32_t kind) {
    hs_fault_armed = kind;
}
#endif

namespace {

struct log_target {
    hs_log_callback log;
    void *          user;
};

log_target target = { nullptr, nullptr };

void forward_log(ggml_log_level level, const char * text, void *) {
    if (target.log && text) {
        target.log((int32_t) level, text, target.user);
    }
}

} // namespace

extern "C" void HS(init)(hs_status * st, hs_log_callback log, void * user) {
    guarded(st, [&] {
        target = { log, user };
        llama_log_set(forward_log, nullptr);
        // `common` prints to the terminal by itself, the model's words among it: silence it.
        common_log_set_verbosity_thold(-1);
        // The list of devices is made at the first look; what can throw there throws here.
        if (ggml_backend_dev_count() == 0) {
            throw refused{ "no compute device" };
        }
    });
}

extern "C" void HS(model_load)(hs_status * st, const char * path, const hs_model_params * params, llama_model ** out) {
    guarded(st, [&] {
        llama_model_params mp = llama_model_default_params();
        mp.n_gpu_layers                = params->gpu_layers;
        mp.load_mode                   = params->use_mmap ? LLAMA_LOAD_MODE_MMAP : LLAMA_LOAD_MODE_NONE;
        mp.use_extra_bufts             = params->repack != 0;
        mp.progress_callback           = params->progress;
        mp.progress_callback_user_data = params->user;
        *out = llama_model_load_from_file(path, mp);
        if (!*out) {
            throw refused{ "model not loaded" };
        }
    });
}

extern "C" void HS(model_free)(hs_status * st, llama_model * model) {
    guarded(st, [&] { llama_model_free(model); });
}

extern "C" void HS(model_describe)(hs_status * st, const llama_model * model, hs_model_facts * out) {
    guarded(st, [&] {
        const llama_vocab * vocab = llama_model_get_vocab(model);
        if (llama_vocab_type(vocab) == LLAMA_VOCAB_TYPE_NONE) {
            throw refused{ "no vocabulary" };
        }
        out->n_vocab     = llama_vocab_n_tokens(vocab);
        out->n_ctx_train = llama_model_n_ctx_train(model);
        out->n_layer     = llama_model_n_layer(model);
        out->bos         = llama_vocab_bos(vocab);
        out->eos         = llama_vocab_eos(vocab);
        out->sep         = llama_vocab_sep(vocab);
        out->add_bos     = llama_vocab_get_add_bos(vocab) ? 1 : 0;
        out->add_eos     = llama_vocab_get_add_eos(vocab) ? 1 : 0;
        out->add_sep     = llama_vocab_get_add_sep(vocab) ? 1 : 0;
        out->n_swa       = llama_model_n_swa(model);
        out->stateful    = llama_model_is_recurrent(model) || llama_model_is_hybrid(model) ? 1 : 0;
        out->size        = llama_model_size(model);
        out->n_params    = llama_model_n_params(model);
    });
}

extern "C" void HS(tokenize)(hs_status * st, const llama_model * model, const char * text, int32_t len,
                             int32_t add_special, int32_t parse_special, int32_t * tokens, int32_t capacity,
                             int32_t * out_n) {
    guarded(st, [&] {
        const llama_vocab * vocab = llama_model_get_vocab(model);
        // The tokeniser aborts where it should add a token that the vocabulary does not have.
        const bool missing = (llama_vocab_get_add_bos(vocab) && llama_vocab_bos(vocab) == LLAMA_TOKEN_NULL) ||
                             (llama_vocab_get_add_eos(vocab) && llama_vocab_eos(vocab) == LLAMA_TOKEN_NULL) ||
                             (llama_vocab_get_add_sep(vocab) && llama_vocab_sep(vocab) == LLAMA_TOKEN_NULL);
        *out_n = llama_tokenize(vocab, text, len, tokens, capacity, add_special && !missing, parse_special != 0);
    });
}

extern "C" void HS(piece)(hs_status * st, const llama_model * model, int32_t token, int32_t special, char * text,
                          int32_t capacity, int32_t * out_n) {
    guarded(st, [&] {
        *out_n = llama_token_to_piece(llama_model_get_vocab(model), token, text, capacity, 0, special != 0);
    });
}

extern "C" void HS(is_eog)(hs_status * st, const llama_model * model, int32_t token, int32_t * out) {
    guarded(st, [&] { *out = llama_vocab_is_eog(llama_model_get_vocab(model), token) ? 1 : 0; });
}
