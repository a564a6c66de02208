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
    // What is added to the logit of each token; empty where nothing is.
    std::vector<float>            bias;
    // Nothing but the likeliest token is asked for: no row need be made of a large vocabulary.
    bool                          greedy_alone = false;

    ~hs_sampler() {
        if (chain) {
            llama_sampler_free(chain);
        }
    }
};

namespace {

constexpr float NEVER = -std::numeric_limits<float>::infinity();

// Texts that end a repetition for DRY, as in llama.cpp's defaults.
const char * BREAKERS[] = { "\n", ":", "\"", "*" };

void add(llama_sampler * chain, llama_sampler * step) {
    if (!step) {
        throw refused{ "sampler not made" };
    }
    llama_sampler_chain_add(chain, step);
}

// The model's own banned tokens and the caller's wishes. They are added where the row is made and not
// by a step of the chain, so that a token that is never to come is not even among the candidates.
void make_bias(hs_sampler & s, const hs_sampler_params & p) {
    const size_t        size   = llama_vocab_n_tokens(s.vocab);
    int32_t             n      = 0;
    const llama_token * banned = llama_vocab_get_suppress_tokens(s.vocab, &n);
    if (n > 0 || p.n_bias > 0) {
        s.bias.assign(size, 0.0f);
    }
    for (int32_t i = 0; i < p.n_bias; ++i) {
        s.bias.at(p.bias_tokens[i]) += p.bias_values[i];
    }
    for (int32_t i = 0; i < n; ++i) {
        s.bias.at(banned[i]) = NEVER;
    }
}

void add_penalties(hs_sampler & s, const hs_sampler_params & p) {
    const bool penalties = p.repeat_penalty != 1.0f || p.frequency_penalty != 0.0f || p.presence_penalty != 0.0f;
    if (penalties && p.penalty_last_n != 0) {
        add(s.chain, llama_sampler_init_penalties(llama_vocab_n_tokens(s.vocab), p.penalty_last_n, p.repeat_penalty,
                                                  p.frequency_penalty, p.presence_penalty));
    }
    if (p.dry_multiplier > 0.0f && p.dry_last_n > 0) {
        add(s.chain, llama_sampler_init_dry(s.vocab, p.dry_multiplier, p.dry_base, p.dry_allowed_length, p.dry_last_n,
                                            BREAKERS, sizeof(BREAKERS) / sizeof(*BREAKERS)));
    }
}

void add_truncation(llama_sampler * chain, const hs_sampler_params & p) {
    if (p.top_n_sigma > 0.0f) { add(chain, llama_sampler_init_top_n_sigma(p.top_n_sigma)); }
    if (p.top_k > 0) { add(chain, llama_sampler_init_top_k(p.top_k)); }
    if (p.typical_p < 1.0f) { add(chain, llama_sampler_init_typical(p.typical_p, 1)); }
    if (p.top_p < 1.0f) { add(chain, llama_sampler_init_top_p(p.top_p, 1)); }
    if (p.min_p > 0.0f) { add(chain, llama_sampler_init_min_p(p.min_p, 1)); }
    if (p.xtc_probability > 0.0f) {
        add(chain, llama_sampler_init_xtc(p.xtc_probability, p.xtc_threshold, 1, p.seed));
    }
}

// The order of llama.cpp's `common`: penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC,
// temperature. Mirostat stands in for all of them, as it does there.
void add_steps(hs_sampler & s, const hs_sampler_params & p) {
    llama_sampler * chain = s.chain;
    if (p.temperature > 0.0f && p.mirostat != 0) {
        add(chain, llama_sampler_init_temp(p.temperature));
        add(chain, p.mirostat == 1
                       ? llama_sampler_init_mirostat(llama_vocab_n_tokens(s.vocab), p.seed, p.mirostat_tau,
                                                     p.mirostat_eta, 100)
                       : llama_sampler_init_mirostat_v2(p.seed, p.mirostat_tau, p.mirostat_eta));
        return;
    }
    add_penalties(s, p);
    // Without temperature the likeliest is taken; only these two can take that one away.
    const bool plain = p.typical_p >= 1.0f && p.xtc_probability <= 0.0f;
    if (p.temperature <= 0.0f && plain) {
        s.greedy_alone = llama_sampler_chain_n(chain) == 0;
        add(chain, llama_sampler_init_greedy());
        return;
    }
    add_truncation(chain, p);
    if (p.temperature <= 0.0f) {
        add(chain, llama_sampler_init_greedy());
        return;
    }
    add(chain, llama_sampler_init_temp_ext(p.temperature, p.dynatemp_range, p.dynatemp_exponent));
    add(chain, llama_sampler_init_dist(p.seed));
}

// Calls `f` with each token that may come and its logit. llama.cpp asserts on rows that are empty or
// hold no number; they are refused here.
template <typename F> void each(const hs_sampler & s, const float * logits, const uint32_t * mask, F f) {
    const int32_t n    = llama_vocab_n_tokens(s.vocab);
    bool          sane = true;
    const auto    one  = [&](int32_t token) {
        const float logit = s.bias.empty() ? logits[token] : logits[token] + s.bias[token];
        sane &= !std::isnan(logit) && logit < std::numeric_limits<float>::infinity();
        if (logit > NEVER) {
            f(token, logit);
        }
    };
    if (!mask) {
        for (int32_t token = 0; token < n; ++token) {
            one(token);
        }
    } else {
        for (int32_t first = 0; first < n; first += 32) {
            for (uint32_t bits = mask[first / 32], at = 0; bits != 0 && first + (int32_t) at < n; bits >>= 1, ++at) {
                if (bits & 1) {
                    one(first + (int32_t) at);
                }
            }
        }
    }
    if (!sane) {
        throw std::runtime_error("a logit is not a number");
    }
}

// The first of the likeliest tokens, as llama.cpp's greedy sampler chooses it; -1 where none may come.
int32_t likeliest(const hs_sampler & s, const float * logits, const uint32_t * mask) {
    float   best = NEVER;
    int32_t at   = -1;
    each(s, logits, mask, [&](int32_t token, float logit) {
        if (logit > best) {
            best = logit;
            at   = token;
        }
    });
    return at;
}

int32_t choose(hs_sampler & s, const float * logits, const uint32_t * mask) {
    if (s.greedy_alone) {
        return likeliest(s, logits, mask);
    }
    s.row.clear();
    each(s, logits, mask, [&](int32_t token, float logit) { s.row.push_back({ token, logit, 0.0f }); });
    if (s.row.empty()) {
        return -1;
    }
    llama_token_data_array row = { s.row.data(), s.row.size(), -1, false };
    llama_sampler_apply(s.chain, &row);
    if (row.selected < 0 || (size_t) row.selected >= row.size) {
        throw std::runtime_error("nothing was chosen");
    }
    return row.data[row.selected].id;
}

} // namespace

extern "C" void HS(sampler_new)(hs_status * st, const llama_model * model, const hs_sampler_params * params,
                                hs_sampler ** out) {
    guarded(st, [&] {
        auto s   = std::make_unique<hs_sampler>();
        s->vocab = llama_model_get_vocab(model);
        s->row.reserve(llama_vocab_n_tokens(s->vocab));
        llama_sampler_chain_params cp = llama_sampler_chain_default_params();
        cp.no_perf                    = true;
        s->chain                      = llama_sampler_chain_init(cp);
        if (!s->chain) {
            throw std::bad_alloc();
        }
        make_bias(*s, *params);
        add_steps(*s, *params);
        *out = s.release();
    });
}

extern "C" void HS(sampler_free)(hs_status * st, hs_sampler * sampler) {
    guarded(st, [&] { delete sampler; });
}

extern "C" void HS(sampler_choose)(hs_status * st, hs_sampler * sampler, llama_context * ctx, int32_t index,
                                   const uint32_t * mask, int32_t * out_token) {
    guarded(st, [&] {
        const float * logits = llama_get_logits_ith(ctx, index);
        if (!logits) {
            throw refused{ "no logits" };
        }
        *out_token = choose(*sampler, logits, mask);
    });
}

extern "C" void HS(sampler_accept)(hs_status * st, hs_sampler * sampler, int32_t token) {
    guarded(st, [&] { llama_sampler_accept(sampler->chain, token); });
}

extern "C" void HS(sampler_reset)(hs_status * st, hs_sampler * sampler) {
    guarded(st, [&] { llama_sampler_reset(sampler->chain); });
}
