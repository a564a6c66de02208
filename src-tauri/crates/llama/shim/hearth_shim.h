// The C ABI between Rust and llama.cpp.
//
// llama.cpp throws C++ exceptions through C functions, and an exception that reaches Rust ends the
// process. Every function here therefore runs its body inside `guarded` (hearth_guard.h) and reports
// through `hs_status`. What is not here: policy. Limits and checks of arguments live in Rust.
//
// The sources are compiled twice. With HEARTH_SHIM_FAULTS the functions are named `hs_fault_*` and
// throw on demand; only Rust's unit tests link that archive.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef HEARTH_SHIM_FAULTS
#define HS(name) hs_fault_##name
#else
#define HS(name) hs_##name
#endif

struct llama_model;
struct llama_context;

extern "C" {

enum hs_code {
    HS_OK        = 0,
    HS_NO_MEMORY = 1, // std::bad_alloc
    HS_EXCEPTION = 2, // another std::exception
    HS_UNKNOWN   = 3, // something else was thrown
    HS_REFUSED   = 4, // llama.cpp said no without throwing
};

typedef struct hs_status {
    int32_t code;
    char    text[252]; // what() of the exception; may hold paths, so Rust filters it
} hs_status;

typedef struct hs_template hs_template;
typedef struct hs_parser   hs_parser;
typedef struct hs_sampler  hs_sampler;

typedef void (*hs_log_callback)(int32_t level, const char * text, void * user);
typedef bool (*hs_progress_callback)(float progress, void * user);
typedef bool (*hs_abort_callback)(void * user);

typedef struct hs_model_params {
    int32_t              gpu_layers; // negative: all
    int32_t              use_mmap;
    int32_t              repack; // copy weights into the layout that the processor likes best
    hs_progress_callback progress;
    void *               user;
} hs_model_params;

typedef struct hs_model_facts {
    int32_t  n_vocab;
    int32_t  n_ctx_train;
    int32_t  n_layer;
    int32_t  bos; // -1: none
    int32_t  eos; // -1: none
    int32_t  sep; // -1: none
    int32_t  add_bos;
    int32_t  add_eos;
    int32_t  add_sep;
    int32_t  n_swa;    // tokens that layers with a sliding window see; 0: none has one
    int32_t  stateful; // recurrent or hybrid: a sequence has a state that cannot be cut
    uint64_t size;
    uint64_t n_params;
} hs_model_facts;

typedef struct hs_context_params {
    uint32_t          n_ctx;
    uint32_t          n_batch;
    uint32_t          n_ubatch;
    uint32_t          n_seq_max;
    uint32_t          n_outputs_max;
    int32_t           n_threads;
    int32_t           n_threads_batch;
    int32_t           kv_q8; // keep the cache in eight bits instead of sixteen
    hs_abort_callback abort;
    void *            user;
} hs_context_params;

typedef struct hs_context_facts {
    uint32_t n_ctx;
    uint32_t n_batch;
    uint32_t n_seq_max;
} hs_context_facts;

typedef struct hs_encoder_facts {
    int32_t  n_embd; // numbers of a vector; of one that ranks, its classes
    uint32_t n_batch;
    uint32_t n_seq_max;
} hs_encoder_facts;

typedef struct hs_memory {
    uint64_t weights;
    uint64_t kv_cache;
    uint64_t compute;
} hs_memory;

typedef struct hs_sampler_params {
    uint32_t        seed;
    float           temperature; // 0 or less: the likeliest token
    int32_t         top_k;       // 0: off
    float           top_p;       // 1: off
    float           min_p;       // 0: off
    float           typical_p;   // 1: off
    float           top_n_sigma; // 0: off
    float           xtc_probability; // 0: off
    float           xtc_threshold;
    float           dynatemp_range; // 0: off
    float           dynatemp_exponent;
    int32_t         penalty_last_n;
    float           repeat_penalty;    // 1: off
    float           frequency_penalty; // 0: off
    float           presence_penalty;  // 0: off
    float           dry_multiplier;    // 0: off
    float           dry_base;
    int32_t         dry_allowed_length;
    int32_t         dry_last_n;
    int32_t         mirostat; // 0: off, 1 or 2
    float           mirostat_tau;
    float           mirostat_eta;
    int32_t         n_bias;
    const int32_t * bias_tokens;
    const float *   bias_values;
} hs_sampler_params;

// --- process ---
void HS(init)(hs_status * st, hs_log_callback log, void * user);

// --- model (hearth_model.cpp) ---
void HS(model_load)(hs_status * st, const char * path, const hs_model_params * params, llama_model ** out);
void HS(model_free)(hs_status * st, llama_model * model);
void HS(model_describe)(hs_status * st, const llama_model * model, hs_model_facts * out);
void HS(tokenize)(hs_status * st, const llama_model * model, const char * text, int32_t len, int32_t add_special,
                  int32_t parse_special, int32_t * tokens, int32_t capacity, int32_t * out_n);
void HS(piece)(hs_status * st, const llama_model * model, int32_t token, int32_t special, char * text, int32_t capacity,
               int32_t * out_n);
void HS(is_eog)(hs_status * st, const llama_model * model, int32_t token, int32_t * out);

// --- context (hearth_context.cpp) ---
void HS(memory_estimate)(hs_status * st, const char * path, const hs_model_params * model,
                         const hs_context_params * params, hs_memory * out);

void HS(context_new)(hs_status * st, llama_model * model, const hs_context_params * params, llama_context ** out);
void HS(context_free)(hs_status * st, llama_context * ctx);
void HS(context_describe)(hs_status * st, const llama_context * ctx, hs_context_facts * out);
void HS(set_threads)(hs_status * st, llama_context * ctx, int32_t n_threads, int32_t n_threads_batch);
void HS(decode)(hs_status * st, llama_context * ctx, int32_t n, int32_t * tokens, int32_t * positions,
                int32_t * sequences, int8_t * outputs, int32_t * out_result);
void HS(logits)(hs_status * st, llama_context * ctx, int32_t index, const float ** out);
void HS(seq_remove)(hs_status * st, llama_context * ctx, int32_t seq, int32_t p0, int32_t p1, int32_t * out_removed);
void HS(seq_copy)(hs_status * st, llama_context * ctx, int32_t from, int32_t to, int32_t p0, int32_t p1);
void HS(seq_keep)(hs_status * st, llama_context * ctx, int32_t seq);
void HS(seq_pos_min)(hs_status * st, llama_context * ctx, int32_t seq, int32_t * out);
void HS(seq_pos_max)(hs_status * st, llama_context * ctx, int32_t seq, int32_t * out);
void HS(memory_use)(hs_status * st, llama_context * ctx, hs_memory * out);
void HS(state_size)(hs_status * st, llama_context * ctx, int32_t seq, size_t * out);
void HS(state_get)(hs_status * st, llama_context * ctx, int32_t seq, uint8_t * data, size_t size, size_t * out);
void HS(state_set)(hs_status * st, llama_context * ctx, int32_t seq, const uint8_t * data, size_t size, size_t * out);

// --- encoder (hearth_encoder.cpp); freed with context_free ---
void HS(encoder_new)(hs_status * st, llama_model * model, const hs_context_params * params, int32_t pooling,
                     llama_context ** out);
void HS(encoder_describe)(hs_status * st, const llama_context * ctx, hs_encoder_facts * out);
// Forgets what was, and reads whole texts; positions of each begin at 0.
void HS(encode)(hs_status * st, llama_context * ctx, int32_t n, int32_t * tokens, int32_t * positions,
                int32_t * sequences, int32_t * out_result);
void HS(vector)(hs_status * st, llama_context * ctx, int32_t seq, const float ** out);

// --- sampler (hearth_sampler.cpp) ---
void HS(sampler_new)(hs_status * st, const llama_model * model, const hs_sampler_params * params, hs_sampler ** out);
void HS(sampler_free)(hs_status * st, hs_sampler * sampler);
// Chooses, and takes nothing as seen. `mask` has a bit for each token that may come, or is absent. -1: none may.
void HS(sampler_choose)(hs_status * st, hs_sampler * sampler, llama_context * ctx, int32_t index, const uint32_t * mask,
                        int32_t * out_token);
void HS(sampler_accept)(hs_status * st, hs_sampler * sampler, int32_t token);
void HS(sampler_reset)(hs_status * st, hs_sampler * sampler);

// --- chat templates (hearth_chat.cpp); texts are JSON, made here and freed with string_free ---
void HS(template_new)(hs_status * st, const llama_model * model, const char * source, const char * bos,
                      const char * eos, hs_template ** out);
void HS(template_free)(hs_status * st, hs_template * tmpl);
void HS(template_render)(hs_status * st, const hs_template * tmpl, const char * request, char ** out);
void HS(parser_new)(hs_status * st, const char * rendered, hs_parser ** out);
void HS(parser_free)(hs_status * st, hs_parser * parser);
void HS(parser_parse)(hs_status * st, const hs_parser * parser, const char * text, size_t len, int32_t partial,
                      char ** out);
void HS(string_free)(hs_status * st, char * text);

#ifdef HEARTH_SHIM_FAULTS
// Arms the next calls of this thread: 0 nothing, 1 std::bad_alloc, 2 an int, 3 a std::exception.
void hs_fault_arm(int32_t kind);
#endif
}
