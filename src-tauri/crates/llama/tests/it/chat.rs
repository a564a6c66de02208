//! Chat templates: the prompt to the letter, and an answer taken apart.

use hearth_llama::Error;
use hearth_llama::chat::{
    ChatMessage, ChatTemplate, ChatTool, ChatTools, Parsed, RenderOptions, Trigger,
};

/// In the manner of models that think: earlier thoughts are left out of the prompt.
const THINKER: &str = "{%- for message in messages -%}{{- '<|im_start|>' + message.role + '\\n' -}}\
    {%- if message.role == 'assistant' and message.reasoning_content -%}\
    {{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' -}}{%- endif -%}\
    {{- message.content + '<|im_end|>\\n' -}}{%- endfor -%}\
    {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}\
    {%- if enable_thinking is defined and enable_thinking is false -%}\
    {{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}{%- endif -%}";

fn message<'a>(role: &'a str, content: &'a str) -> ChatMessage<'a> {
    ChatMessage { role, content, ..ChatMessage::default() }
}

fn render(source: &str, messages: &[ChatMessage<'_>], options: RenderOptions) -> String {
    let template = ChatTemplate::from_source(source, "<s>", "</s>").unwrap();
    template.render(messages, &options).unwrap().prompt
}

#[test]
fn a_template_renders_roles_loops_and_the_beginning_of_an_answer() {
    let source = "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n\
        {% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}";
    let messages =
        [message("system", "Be kind."), message("user", "Hi"), message("assistant", "Ho")];
    let with = render(source, &messages, RenderOptions::default());
    assert_eq!(with, "<s>[system] Be kind.\n[user] Hi\n[assistant] Ho\n[assistant] ");
    let options = RenderOptions { add_generation_prompt: false, enable_thinking: true };
    let without = render(source, &messages, options);
    assert_eq!(without, "<s>[system] Be kind.\n[user] Hi\n[assistant] Ho\n");
}

#[test]
fn text_that_looks_like_a_template_or_like_json_stays_text() {
    let source = "{% for m in messages %}{{ m.content }}|{% endfor %}";
    let odd = "{{ 7*7 }} {% raw %} \"quoted\" \\n \u{0} \u{1f600}";
    let prompt = render(source, &[message("user", odd)], RenderOptions::default());
    assert_eq!(prompt, format!("{odd}|"));
}

#[test]
fn thought_is_split_from_the_answer_also_while_it_is_written() {
    let template = ChatTemplate::from_source(THINKER, "", "").unwrap();
    let rendered = template.render(&[message("user", "Hi")], &RenderOptions::default()).unwrap();
    assert!(rendered.supports_thinking);
    let parse = |text, partial| template.parse(&rendered, text, partial).unwrap();
    let whole = parse("<think>\nA greeting.\n</think>\n\nHello!", false);
    assert_eq!(whole.content, "Hello!");
    assert_eq!(whole.reasoning.trim(), "A greeting.");
    let early = parse("<think>\nA gree", true);
    assert_eq!((early.content.as_str(), early.reasoning.trim()), ("", "A gree"));
}

#[test]
fn an_answer_without_thought_is_all_content() {
    let template = ChatTemplate::from_source("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}", "", "").unwrap();
    let rendered = template.render(&[message("user", "Hi")], &RenderOptions::default()).unwrap();
    let wanted = Parsed { content: "Two <b>words</b>".to_owned(), ..Parsed::default() };
    assert_eq!(template.parse(&rendered, "Two <b>words</b>", false), Ok(wanted));
}

#[test]
fn a_template_that_is_broken_or_refuses_is_a_typed_error() {
    for source in ["{% for %}", "{{ no_such_function() }}", "{% if %}", "{{ 'open"] {
        let template = ChatTemplate::from_source(source, "", "");
        let outcome = template.and_then(|t| {
            t.render(&[message("user", "Hi")], &RenderOptions::default()).map(|_| ())
        });
        assert_eq!(outcome, Err(Error::TemplateInvalid), "{source}");
    }
    let strict = "{{ raise_exception('no') }}";
    let template = ChatTemplate::from_source(strict, "", "").unwrap();
    let refused = template.render(&[message("user", "Hi")], &RenderOptions::default());
    assert_eq!(refused.unwrap_err(), Error::TemplateInvalid);
    assert_eq!(ChatTemplate::from_source("", "", "").unwrap_err(), Error::TemplateMissing);
}

/// In the manner of models that are told of tools by their template.
const CALLER: &str = "{%- if tools -%}{{- '<|im_start|>system\\nTools:\\n<tools>' -}}\
    {%- for tool in tools -%}{{- '\\n' -}}{{- tool | tojson -}}{%- endfor -%}\
    {{- '\\n</tools>\\nFor a call write <tool_call>\\n{\"name\": <name>, \"arguments\": <arguments>}\\n</tool_call><|im_end|>\\n' -}}{%- endif -%}\
    {%- for message in messages -%}\
    {%- if message.role == 'assistant' -%}{{- '<|im_start|>assistant\\n' -}}\
    {%- if message.content -%}{{- message.content -}}{%- endif -%}\
    {%- for tool_call in message.tool_calls -%}\
    {%- if tool_call.function -%}{%- set tool_call = tool_call.function -%}{%- endif -%}\
    {{- '\\n<tool_call>\\n{\"name\": \"' + tool_call.name + '\", \"arguments\": ' -}}\
    {{- tool_call.arguments | tojson -}}{{- '}\\n</tool_call>' -}}{%- endfor -%}{{- '<|im_end|>\\n' -}}\
    {%- elif message.role == 'tool' -%}{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' -}}\
    {%- else -%}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}{%- endif -%}\
    {%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}";

#[test]
fn tools_are_told_by_the_template_and_calls_are_taken_out_of_the_answer() {
    let template = ChatTemplate::from_source(CALLER, "", "").unwrap();
    let parameters = serde_json::json!({"type": "object",
        "properties": {"zone": {"type": "string"}}, "required": ["zone"]});
    let tool = ChatTool { name: "clock", description: "Tells the time.", parameters: &parameters };
    let tools = |required| ChatTools { tools: vec![tool.clone()], required, parallel: false };
    let messages = [message("user", "When?")];
    let render = |required| {
        let options = RenderOptions::default();
        template.render_with_tools(&messages, &tools(required), &options).unwrap()
    };
    let free = render(false);
    assert!(free.prompt.contains("\"clock\""), "{}", free.prompt);
    let lazy = free.tools.clone().unwrap();
    assert!(
        matches!(&lazy.triggers[..], [Trigger::Word(word), ..] if word.contains("<tool_call>"))
    );
    let forced = render(true).tools.unwrap();
    assert!(forced.triggers.is_empty() && forced.grammar.contains("root ::="), "{forced:?}");
    let text =
        "\n<tool_call>\n{\"name\": \"clock\", \"arguments\": {\"zone\": \"UTC\"}}\n</tool_call>";
    let parsed = free.parse(text.trim_start(), false).unwrap();
    assert_eq!(parsed.calls.len(), 1);
    assert_eq!(parsed.calls[0].name, "clock");
    let arguments: serde_json::Value = serde_json::from_str(&parsed.calls[0].arguments).unwrap();
    assert_eq!(arguments, serde_json::json!({"zone": "UTC"}));
}
