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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChatMessage<'a> {
    /// `system`, `user` or `assistant`.
    pub role: &'a str,
    /// Its text.
    pub content: &'a str,
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
    parser: Arc<Parser>,
}

#[derive(Serialize)]
struct Request<'a> {
    messages: &'a [ChatMessage<'a>],
    add_generation_prompt: bool,
    enable_thinking: bool,
    /// Without a parser for tools and reasoning.
    plain: bool,
}

#[derive(Deserialize)]
struct Reply {
    prompt: String,
    stops: Vec<String>,
    supports_thinking: bool,
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
        let rendered = self.render_as(messages, options, false);
        match rendered {
            // Some templates render well but defeat the parser that is made from them.
            Err(Error::TemplateInvalid) => self.render_as(messages, options, true),
            other => other,
        }
    }

    fn render_as(
        &self,
        messages: &[ChatMessage<'_>],
        options: &RenderOptions,
        plain: bool,
    ) -> Result<Rendered, Error> {
        let request = Request {
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
        let reply: Reply = serde_json::from_str(&reply).map_err(|_| Error::TemplateInvalid)?;
        let Reply { prompt, stops, supports_thinking } = reply;
        Ok(Rendered { prompt, stops, supports_thinking, parser })
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
