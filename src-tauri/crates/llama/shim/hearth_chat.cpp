// Chat templates: Jinja by llama.cpp's `common`, and the split of an answer into thought and text.
// Requests and answers are JSON, so that the many types of `common` do not become our ABI.

#include "hearth_guard.h"

#include "chat.h"
#include "json.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

struct hs_template {
    common_chat_templates_ptr inner;
};

struct hs_parser {
    common_chat_parser_params params;
};

namespace {

char * give(const std::string & text) {
    char * copy = static_cast<char *>(std::malloc(text.size() + 1));
    if (!copy) {
        throw std::bad_alloc();
    }
    std::memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

} // namespace

extern "C" void HS(template_new)(hs_status * st, const llama_model * model, const char * source, const char * bos,
                                 const char * eos, hs_template ** out) {
    guarded(st, [&] {
        auto tmpl   = std::make_unique<hs_template>();
        tmpl->inner = common_chat_templates_init(model, source, bos, eos);
        if (!tmpl->inner) {
            throw refused{ "template not made" };
        }
        *out = tmpl.release();
    });
}

extern "C" void HS(template_free)(hs_status * st, hs_template * tmpl) {
    guarded(st, [&] { delete tmpl; });
}

extern "C" void HS(template_render)(hs_status * st, const hs_template * tmpl, const char * request, char ** out) {
    guarded(st, [&] {
        const common_json            asked = common_json::parse(request);
        common_chat_templates_inputs in;
        in.messages              = common_chat_msgs_parse_oaicompat(asked.at("messages"));
        in.add_generation_prompt = asked.at("add_generation_prompt").get<bool>();
        in.enable_thinking       = asked.at("enable_thinking").get<bool>();
        in.force_pure_content    = asked.at("plain").get<bool>();
        in.reasoning_format      = COMMON_REASONING_FORMAT_DEEPSEEK;
        if (asked.contains("tools")) {
            in.tools               = common_chat_tools_parse_oaicompat(asked.at("tools"));
            in.tool_choice         = common_chat_tool_choice_parse_oaicompat(asked.at("tool_choice").get<std::string>());
            in.parallel_tool_calls = asked.at("parallel_tool_calls").get<bool>();
        }
        const common_chat_params got = common_chat_templates_apply(tmpl->inner.get(), in);

        common_json answer          = common_json::object();
        answer["prompt"]            = got.prompt;
        answer["format"]            = (int) got.format;
        answer["parser"]            = got.parser;
        answer["generation_prompt"] = got.generation_prompt;
        answer["stops"]             = got.additional_stops;
        answer["supports_thinking"] = got.supports_thinking;
        answer["grammar"]           = got.grammar;
        answer["grammar_lazy"]      = got.grammar_lazy;
        answer["preserved"]         = got.preserved_tokens;
        answer["triggers"]          = common_json::array();
        for (const auto & trigger : got.grammar_triggers) {
            answer["triggers"].push_back({ { "kind", (int) trigger.type }, { "text", trigger.value } });
        }
        *out = give(answer.dump());
    });
}

extern "C" void HS(parser_new)(hs_status * st, const char * rendered, hs_parser ** out) {
    guarded(st, [&] {
        const common_json from              = common_json::parse(rendered);
        auto              parser            = std::make_unique<hs_parser>();
        parser->params.format               = (common_chat_format) from.at("format").get<int>();
        parser->params.generation_prompt    = from.at("generation_prompt").get<std::string>();
        parser->params.reasoning_format     = COMMON_REASONING_FORMAT_DEEPSEEK;
        const std::string saved             = from.at("parser").get<std::string>();
        if (!saved.empty()) {
            parser->params.parser.load(saved);
        }
        *out = parser.release();
    });
}

extern "C" void HS(parser_free)(hs_status * st, hs_parser * parser) {
    guarded(st, [&] { delete parser; });
}

extern "C" void HS(parser_parse)(hs_status * st, const hs_parser * parser, const char * text, size_t len,
                                 int32_t partial, char ** out) {
    guarded(st, [&] {
        const common_chat_msg got = common_chat_parse(std::string(text, len), partial != 0, parser->params);
        common_json answer  = common_json::object();
        answer["content"]   = got.content;
        answer["reasoning"] = got.reasoning_content;
        answer["calls"]     = common_json::array();
        for (const auto & call : got.tool_calls) {
            answer["calls"].push_back({ { "id", call.id }, { "name", call.name }, { "arguments", call.arguments } });
        }
        *out = give(answer.dump_safe());
    });
}

extern "C" void HS(string_free)(hs_status * st, char * text) {
    guarded(st, [&] { std::free(text); });
}
