// The sampler: from a row of logits to a token. The order of the steps is llama.cpp's own default.

#include "hearth_guard.h"

#include "llama.h"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

struct hs_sampler {
    llama_sampler *               chain = nullptr;
    const llama_vocab *           vocab = nullptr;
    std::vector<llama_token_data> row;
    // Nothing but the likeliest token is asked for: no row need be made of a large vocabulary.
    bool                          greedy_alone = false;

    ~hs_sampler() {
        if (chain) {
            llama_sampler_free(chain);
        }
    }
};

namespace {

void add(llama_sampler * chain, llama_sampler * step) {
    if (!step) {
        throw refused{ "sampler not made" };
    }
    llama_sampler_chain_add(chain, step);
}

void add_bias(llama_sampler * chain, const llama_vocab * vocab) {
    int32_t                       n      = 0;
    const llama_token *           banned = llama_vocab_get_suppress_tokens(vocab, &n);
    std::vector<llama_logit_bias> bias;
    for (int32_t i = 0; i < n; ++i) {
        bias.push_back({ banned[i], -std::numeric_limits<float>::infinity() });
    }
    if (n > 0) {
        add(chain, llama_sampler_init_logit_bias(llama_vocab_n_tokens(vocab), n, bias.data()));
    }
}

void add_steps(hs_sampler & s, const hs_sampler_params & p) {
    llama_sampler *     chain = s.chain;
    const llama_vocab * vocab = s.vocab;
    add_bias(chain, vocab);
    const bool penalties = p.repeat_penalty != 1.0f || p.frequency_penalty != 0.0f || p.presence_penalty != 0.0f;
    if (penalties && p.penalty_last_n != 0) {
        add(chain, llama_sampler_init_penalties(llama_vocab_n_tokens(vocab), p.penalty_last_n, p.repeat_penalty,
                                                p.frequency_penalty, p.presence_penalty));
    }
    if (p.temperature <= 0.0f) {
        s.greedy_alone = llama_sampler_chain_n(chain) == 0;
        add(chain, llama_sampler_init_greedy());
        return;
    }
    if (p.top_k > 0) { add(chain, llama_sampler_init_top_k(p.top_k)); }
    if (p.top_p < 1.0f) { add(chain, llama_sampler_init_top_p(p.top_p, 1)); }
    if (p.min_p > 0.0f) { add(chain, llama_sampler_init_min_p(p.min_p, 1)); }
    add(chain, llama_sampler_init_temp(p.temperature));
    add(chain, llama_sampler_init_dist(p.seed));
}

// llama.cpp asserts on a row without one number in it; the row is looked at before it is handed over.
void fill(hs_sampler * s, const float * logits) {
    const size_t n    = s->row.size();
    float        best = -std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < n; ++i) {
        if (std::isnan(logits[i])) {
            throw std::runtime_error("a logit is not a number");
        }
        best      = logits[i] > best ? logits[i] : best;
        s->row[i] = { (llama_token) i, logits[i], 0.0f };
    }
    if (!std::isfinite(best)) {
        throw std::runtime_error("no logit is finite");
    }
}

// The first of the likeliest tokens, as llama.cpp's greedy sampler chooses it.
int32_t likeliest(const float * logits, size_t n) {
    float   best = -std::numeric_limits<float>::infinity();
    int32_t at   = -1;
    bool    sane = true;
    for (size_t i = 0; i < n; ++i) {
        sane &= !std::isnan(logits[i]);
        if (logits[i] > best) {
            best = logits[i];
            at   = (int32_t) i;
        }
    }
    if (!sane) {
        throw std::runtime_error("a logit is not a number");
    }
    if (at < 0 || !std::isfinite(best)) {
        throw std::runtime_error("no logit is finite");
    }
    return at;
}

} // namespace

extern "C" void HS(sampler_new)(hs_status * st, const llama_model * model, const hs_sampler_params * params,
                                hs_sampler ** out) {
    guarded(st, [&] {
        auto s   = std::make_unique<hs_sampler>();
        s->vocab = llama_model_get_vocab(model);
        s->row.resize(llama_vocab_n_tokens(s->vocab));
        llama_sampler_chain_params cp = llama_sampler_chain_default_params();
        cp.no_perf                    = true;
        s->chain                      = llama_sampler_chain_init(cp);
        if (!s->chain) {
            throw std::bad_alloc();
        }
        add_steps(*s, *params);
        *out = s.release();
    });
}

extern "C" void HS(sampler_free)(hs_status * st, hs_sampler * sampler) {
    guarded(st, [&] { delete sampler; });
}

extern "C" void HS(sampler_sample)(hs_status * st, hs_sampler * sampler, llama_context * ctx, int32_t index,
                                   int32_t * out_token) {
    guarded(st, [&] {
        const float * logits = llama_get_logits_ith(ctx, index);
        if (!logits) {
            throw refused{ "no logits" };
        }
        if (sampler->greedy_alone) {
            *out_token = likeliest(logits, sampler->row.size());
            llama_sampler_accept(sampler->chain, *out_token);
            return;
        }
        fill(sampler, logits);
        llama_token_data_array row = { sampler->row.data(), sampler->row.size(), -1, false };
        llama_sampler_apply(sampler->chain, &row);
        if (row.selected < 0 || (size_t) row.selected >= row.size) {
            throw std::runtime_error("nothing was chosen");
        }
        *out_token = row.data[row.selected].id;
        llama_sampler_accept(sampler->chain, *out_token);
    });
}

extern "C" void HS(sampler_accept)(hs_status * st, hs_sampler * sampler, int32_t token) {
    guarded(st, [&] { llama_sampler_accept(sampler->chain, token); });
}

extern "C" void HS(sampler_reset)(hs_status * st, hs_sampler * sampler) {
    guarded(st, [&] { llama_sampler_reset(sampler->chain); });
}
