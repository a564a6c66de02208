//! One template and what it renders. Jinja itself is llama.cpp's; JSON is the border to it.

use std::ffi::CString;
use std::ptr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::known;
use super::parser::{Parsed, Parser, invalid, owned};
use crate::ffi::{self, RawTemplate};
use crate::{Error, Model, start};

/// The template of models that have none of their own: `<|im_start|>` marks.
const CHATML: &str = "{%- for message in messages -%}{{- '<|im_start|>' + message.role + '\\n' + \
    message.content + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}\
    {{- '<|im_start|>assistant\\n' -}}{%- endif -%}";

/// One message for a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChatMessage<'a> {
    /// `system`, `user`, `assistant` or `tool`.
    pub role: &'a str,
    /// Its text.
    pub content: &'a str,
    /// The calls that an answer asked for.
    #[serde(rename = "tool_calls", skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ChatCall<'a>>,
    /// Of which call it is the result.
    #[serde(rename = "tool_call_id", skip_serializing_if = "Option::is_none")]
    pub call_id: Option<&'a str>,
    /// Of which tool it is the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// A call that an earlier answer asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCall<'a> {
    /// Its id.
    pub id: &'a str,
    /// The tool.
    pub name: &'a str,
    /// Its arguments, in JSON.
    pub arguments: &'a str,
}

impl Serialize for ChatCall<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = serde_json::json!({"name": self.name, "arguments": self.arguments});
        let call = serde_json::json!({"type": "function", "id": self.id, "function": function});
        call.serialize(serializer)
    }
}

/// A tool that a template may tell the model of.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatTool<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it does.
    pub description: &'a str,
    /// The schema of its arguments.
    pub parameters: &'a serde_json::Value,
}

impl Serialize for ChatTool<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = serde_json::json!({
            "name": self.name, "description": self.description, "parameters": self.parameters,
        });
        serde_json::json!({"type": "function", "function": function}).serialize(serializer)
    }
}

/// The tools of a conversation. Schemas are trusted to be small and flat: whoever takes them from a
/// stranger checks that first, because C++ walks them by calling itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatTools<'a> {
    /// What there is.
    pub tools: Vec<ChatTool<'a>>,
    /// Whether one must be called.
    #[serde(rename = "tool_choice", serialize_with = "choice")]
    pub required: bool,
    /// Whether several may be called at once.
    #[serde(rename = "parallel_tool_calls")]
    pub parallel: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn choice<S: serde::Serializer>(required: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *required { "required" } else { "auto" })
}

/// How a conversation is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// End with the beginning of an answer.
    pub add_generation_prompt: bool,
    /// Let a model that can think before it answers do so.
    pub enable_thinking: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { add_generation_prompt: true, enable_thinking: true }
    }
}

/// A rendered conversation. The prompt is tokenised with `add_special` and `parse_special`.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// What the model reads.
    pub prompt: String,
    /// Texts that end the answer beside the model's own end tokens.
    pub stops: Vec<String>,
    /// Whether the model can think before it answers.
    pub supports_thinking: bool,
    /// The form in which this model calls tools, where it has one.
    pub tools: Option<ToolGrammar>,
    /// Marks that a parser of the answer must see.
    pub preserved: Vec<String>,
    parser: Arc<Parser>,
}

/// The form of a model's tool calls, in llama.cpp's grammar notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolGrammar {
    /// The grammar; its root begins with [`ToolGrammar::begun`] where it is not lazy.
    pub grammar: String,
    /// What the prompt already has of the answer.
    pub begun: String,
    /// What puts the grammar in force; empty: it is in force from the beginning.
    pub triggers: Vec<Trigger>,
}

/// What puts a lazy grammar in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// This text.
    Word(String),
    /// What this regular expression finds; from its first group on where it has one.
    Pattern(String),
}

#[derive(Serialize)]
struct Request<'a> {
    messages: &'a [ChatMessage<'a>],
    add_generation_prompt: bool,
    enable_thinking: bool,
    /// Without a parser for tools and reasoning.
    plain: bool,
    #[serde(flatten)]
    tools: Option<&'a ChatTools<'a>>,
}

#[derive(Deserialize)]
struct Reply {
    prompt: String,
    stops: Vec<String>,
    supports_thinking: bool,
    generation_prompt: String,
    #[serde(default)]
    grammar: String,
    #[serde(default)]
    grammar_lazy: bool,
    #[serde(default)]
    triggers: Vec<RawTrigger>,
    #[serde(default)]
    preserved: Vec<String>,
}

#[derive(Deserialize)]
struct RawTrigger {
    /// The number of `common_grammar_trigger_type`.
    kind: u8,
    text: String,
}

impl From<RawTrigger> for Trigger {
    fn from(raw: RawTrigger) -> Self {
        match raw.kind {
            2 => Self::Pattern(raw.text),
            3 => Self::Pattern(format!("^(?:{})$", raw.text)),
            _ => Self::Word(raw.text),
        }
    }
}

impl Reply {
    fn tools(&mut self) -> Option<ToolGrammar> {
        let grammar = std::mem::take(&mut self.grammar);
        let begun = self.generation_prompt.clone();
        let triggers: Vec<Trigger> = self.triggers.drain(..).map(Trigger::from).collect();
        // A lazy grammar that nothing puts in force is none.
        let idle = self.grammar_lazy && triggers.is_empty();
        (!grammar.is_empty() && !idle).then_some(ToolGrammar { grammar, begun, triggers })
    }
}

/// The chat template of a model.
pub struct ChatTemplate {
    raw: *mut RawTemplate,
    hash: String,
    /// The raw template does not point into the model, but was made from its vocabulary.
    _model: Option<Model>,
}

// SAFETY: rendering reads the template and changes nothing in it.
unsafe impl Send for ChatTemplate {}
// SAFETY: as above.
unsafe impl Sync for ChatTemplate {}

impl Drop for ChatTemplate {
    fn drop(&mut self) {
        // SAFETY: made by `hs_template_new`, freed once.
        let _ = ffi::call("template_free", |st| unsafe { ffi::hs_template_free(st, self.raw) });
    }
}

impl std::fmt::Debug for ChatTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatTemplate").field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl ChatTemplate {
    /// The template in the model's file. One that is not [`super::is_known`] is tried with
    /// [`super::probe::probe`] first; this function trusts it.
    ///
    /// # Errors
    /// [`Error::TemplateMissing`], [`Error::TemplateInvalid`], [`Error::OutOfMemory`].
    pub fn from_model(model: &Model) -> Result<Self, Error> {
        let source = model.header().chat_template.clone().ok_or(Error::TemplateMissing)?;
        Self::new(Some(model), &source, "", "")
    }

    /// The common template for a model that has none.
    ///
    /// # Errors
    /// As [`ChatTemplate::from_model`].
    pub fn chatml(model: &Model) -> Result<Self, Error> {
        Self::new(Some(model), CHATML, "", "")
    }

    /// A template without a model.
    ///
    /// # Errors
    /// As [`ChatTemplate::from_model`].
    pub fn from_source(source: &str, bos: &str, eos: &str) -> Result<Self, Error> {
        Self::new(None, source, bos, eos)
    }

    fn new(model: Option<&Model>, source: &str, bos: &str, eos: &str) -> Result<Self, Error> {
        start::init()?;
        if source.is_empty() {
            return Err(Error::TemplateMissing);
        }
        let text = |s: &str| CString::new(s).map_err(|_| Error::TemplateInvalid);
        let (c_source, bos, eos) = (text(source)?, text(bos)?, text(eos)?);
        let raw_model = model.map_or(ptr::null_mut(), Model::raw);
        let mut raw = ptr::null_mut();
        ffi::call_quietly("template_new", |st| {
            // SAFETY: the texts end with a zero and live during the call; the model may be absent.
            unsafe {
                ffi::hs_template_new(
                    st,
                    raw_model,
                    c_source.as_ptr(),
                    bos.as_ptr(),
                    eos.as_ptr(),
                    &raw mut raw,
                );
            }
        })
        .map_err(invalid)?;
        Ok(Self { raw, hash: known::hash(source), _model: model.cloned() })
    }

    /// The SHA-256 of its source, for [`super::is_known`].
    #[must_use]
    pub fn source_hash(&self) -> &str {
        &self.hash
    }

    /// Renders a conversation.
    ///
    /// # Errors
    /// [`Error::TemplateInvalid`] where the template refuses these messages, [`Error::OutOfMemory`].
    pub fn render(
        &self,
        messages: &[ChatMessage<'_>],
        options: &RenderOptions,
    ) -> Result<Rendered, Error> {
        let rendered = self.render_as(messages, options, false, None);
        match rendered {
            // Some templates render well but defeat the parser that is made from them.
            Err(Error::TemplateInvalid) => self.render_as(messages, options, true, None),
            other => other,
        }
    }

    /// Renders a conversation with tools.
    ///
    /// # Errors
    /// As [`ChatTemplate::render`]; a schema of a tool can be what is refused.
    pub fn render_with_tools(
        &self,
        messages: &[ChatMessage<'_>],
        tools: &ChatTools<'_>,
        options: &RenderOptions,
    ) -> Result<Rendered, Error> {
        self.render_as(messages, options, false, Some(tools))
    }

    fn render_as(
        &self,
        messages: &[ChatMessage<'_>],
        options: &RenderOptions,
        plain: bool,
        tools: Option<&ChatTools<'_>>,
    ) -> Result<Rendered, Error> {
        let request = Request {
            tools,
            messages,
            add_generation_prompt: options.add_generation_prompt,
            enable_thinking: options.enable_thinking,
            plain,
        };
        let request = serde_json::to_string(&request).map_err(|_| Error::TemplateInvalid)?;
        // JSON writes a zero as \u0000, so the text has none.
        let request = CString::new(request).map_err(|_| Error::TemplateInvalid)?;
        let reply = owned("template_render", |st, out| {
            // SAFETY: the request ends with a zero and lives during the call.
            unsafe { ffi::hs_template_render(st, self.raw, request.as_ptr(), out) };
        })
        .map_err(invalid)?;
        let parser = Arc::new(Parser::new(&reply)?);
        let mut reply: Reply = serde_json::from_str(&reply).map_err(|_| Error::TemplateInvalid)?;
        let tools = reply.tools();
        let Reply { prompt, stops, supports_thinking, preserved, .. } = reply;
        Ok(Rendered { prompt, stops, supports_thinking, tools, preserved, parser })
    }

    /// Takes an answer, or with `partial` the beginning of one, apart.
    ///
    /// # Errors
    /// [`Error::ParseFailed`] where it does not have the model's form, [`Error::OutOfMemory`].
    pub fn parse(&self, rendered: &Rendered, text: &str, partial: bool) -> Result<Parsed, Error> {
        rendered.parse(text, partial)
    }
}

impl Rendered {
    /// As [`ChatTemplate::parse`], for those who no longer hold the template.
    ///
    /// # Errors
    /// As [`ChatTemplate::parse`].
    pub fn parse(&self, text: &str, partial: bool) -> Result<Parsed, Error> {
        self.parser.parse(text, partial)
    }
}
