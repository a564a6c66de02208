// What a model would take in memory, without taking it. Only for processes that may end: a file that
// contradicts itself aborts here as it does when it is loaded, and the global logger is swapped.

#include "hearth_guard.h"

#include "fit.h"
#include "ggml-backend.h"
#include "llama.h"

#include <vector>

extern "C" void HS(memory_estimate)(hs_status * st, const char * path, const hs_model_params * model,
                                    const hs_context_params * params, hs_memory * out) {
    guarded(st, [&] {
        *out = { 0, 0, 0 };
        llama_model_params mp = llama_model_default_params();
        mp.n_gpu_layers    = model->gpu_layers;
        mp.use_extra_bufts = model->repack != 0;
        llama_context_params cp = llama_context_default_params();
        cp.n_ctx           = params->n_ctx;
        cp.n_batch         = params->n_batch;
        cp.n_ubatch        = params->n_ubatch;
        cp.n_seq_max       = params->n_seq_max;
        cp.n_outputs_max   = params->n_outputs_max;
        cp.n_threads       = params->n_threads;
        cp.n_threads_batch = params->n_threads_batch;
        cp.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_AUTO;
        cp.kv_unified      = true;
        cp.no_perf         = true;
        if (params->kv_q8 != 0) {
            cp.type_k = GGML_TYPE_Q8_0;
            cp.type_v = GGML_TYPE_Q8_0;
        }
        std::vector<ggml_backend_dev_t> devices;
        uint32_t layers = 0, trained = 0, experts = 0;
        const auto parts = common_get_device_memory_data(path, &mp, &cp, devices, layers, trained, experts,
                                                         GGML_LOG_LEVEL_ERROR);
        for (const auto & part : parts) {
            out->weights  += part.model;
            out->kv_cache += part.context;
            out->compute  += part.compute;
        }
    });
}
