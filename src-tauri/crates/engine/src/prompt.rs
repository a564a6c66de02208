//! From messages to the tokens that the model reads, by its own template or the built-in one.
//!
//! A template is a program from a stranger: one that is not known is rendered once in a process of
//! its own before this process renders it. An answer that goes on stands behind the prompt as the
//! model wrote it. Not here: what is left out where it does not fit.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use hearth_domain::{Role, ToolPart};
use hearth_llama::{
    Model, Token,
    chat::{self, ChatCall, ChatMessage, ChatTemplate, RenderOptions, Rendered, probe},
};
use sha2::{Digest, Sha256};

use crate::{
    Begun, Error, Turn,
    counter::Counts,
    frames::Frames,
    output::{Beginning, CallForm, ThinkTags},
    structure::Vocabulary,
    told::{Part, Told},
    tools::ToolSet,
};

/// Marks of thoughts that templates use.
const THINK_TAGS: &[(&str, &str)] =
    &[("<think>", "</think>"), ("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>")];

/// What a message costs beside its text where the template could not be learnt.
const MARKS: u32 = 8;

/// Marks of the built-in template, which end an answer also where they are no tokens of the model.
const BUILT_IN_STOPS: &[&str] = &["<|im_end|>", "<|im_start|>"];

/// A conversation as the model reads it.
pub(crate) struct Prompt {
    pub(crate) tokens: Vec<Token>,
    /// Texts that end the answer.
    pub(crate) stops: Vec<String>,
    /// Where the text that the model adds begins.
    pub(crate) beginning: Beginning,
    /// How many of the tokens, at the end, are of an answer that goes on.
    pub(crate) begun: usize,
    /// The built-in template was used instead of the model's.
    pub(crate) replaced: bool,
    /// The form in which the answer may call tools.
    pub(crate) calls: CallForm,
}

/// Makes the prompts of one model.
pub(crate) struct Prompter {
    model: Model,
    own: Option<ChatTemplate>,
    built_in: ChatTemplate,
    pub(crate) tags: Option<ThinkTags>,
    pub(crate) frames: Option<Frames>,
    pub(crate) counts: Counts,
    /// Made when the first answer of a given form is asked for.
    vocabulary: OnceLock<Result<Arc<Vocabulary>, Error>>,
}

impl Prompter {
    /// Chooses the template.
    pub(crate) fn new(model: &Model, worker_exe: Option<&Path>) -> Result<Self, Error> {
        let built_in = ChatTemplate::chatml(model).map_err(Error::Prompt)?;
        let source = model.header().chat_template.as_deref();
        let own = source.and_then(|source| match trusted(model, source, worker_exe) {
            Ok(template) => Some(template),
            Err(error) => {
                tracing::warn!(%error, "the model's chat template is replaced");
                None
            }
        });
        let tags = source.filter(|_| own.is_some()).and_then(think_tags);
        let (frames, counts) = (None, Counts::default());
        let vocabulary = OnceLock::new();
        let model = model.clone();
        let mut prompter = Self { model, own, built_in, tags, frames, counts, vocabulary };
        prompter.frames = Frames::learn(|turns| Some(prompter.render(turns, true).ok()?.0.prompt));
        Ok(prompter)
    }

    /// The model.
    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The vocabulary, for answers of a given form.
    pub(crate) fn vocabulary(&self) -> Result<Arc<Vocabulary>, Error> {
        let made = || Vocabulary::new(&self.model).map(Arc::new);
        self.vocabulary.get_or_init(made).clone()
    }

    /// Makes a prompt, with the beginning of the answer where there is one.
    pub(crate) fn make(
        &self,
        turns: &[Turn],
        begun: Option<&Begun>,
        enable_thinking: bool,
    ) -> Result<Prompt, Error> {
        self.make_with(turns, begun, enable_thinking, None)
    }

    /// As [`Prompter::make`], with tools that the answer may call.
    pub(crate) fn make_with(
        &self,
        turns: &[Turn],
        begun: Option<&Begun>,
        enable_thinking: bool,
        tools: Option<&ToolSet>,
    ) -> Result<Prompt, Error> {
        let (rendered, replaced, calls) = match tools {
            None => {
                let (rendered, replaced) = self.render(turns, enable_thinking)?;
                (rendered, replaced, CallForm::None)
            }
            Some(tools) => self.render_with(turns, enable_thinking, tools)?,
        };
        let mut stops = rendered.stops;
        if replaced {
            stops.extend(BUILT_IN_STOPS.iter().map(ToString::to_string));
        }
        let tags = self.tags.as_ref().filter(|_| !replaced);
        let opened = tags.is_some_and(|tags| rendered.prompt.trim_end().ends_with(&tags.start));
        let beginning = if opened { Beginning::Opened } else { Beginning::Nothing };
        let mut tokens = self.tokens(&rendered.prompt)?;
        let line = rendered.prompt.ends_with('\n');
        let told = begun.map(|begun| Told { begun, beginning, line, tags });
        let more = told.as_ref().map_or(Ok(Vec::new()), |told| self.told(told))?;
        let beginning = told.map_or(beginning, |told| told.goes_on());
        tokens.extend_from_slice(&more);
        Ok(Prompt { tokens, stops, beginning, begun: more.len(), replaced, calls })
    }

    /// A text as it stands, without a template. What looks like a mark of the model in it is text.
    pub(crate) fn raw(&self, turns: &[Turn]) -> Result<Prompt, Error> {
        let text: String = turns.iter().map(|turn| turn.content.as_str()).collect();
        let tokens = self.model.tokenize(&text, true, false).map_err(Error::Prompt)?;
        if tokens.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        Ok(Prompt {
            tokens,
            stops: Vec::new(),
            beginning: Beginning::Nothing,
            begun: 0,
            replaced: false,
            calls: CallForm::None,
        })
    }

    /// What the template makes of a conversation with tools; where it knows none, the conversation
    /// tells of them in words.
    fn render_with(
        &self,
        turns: &[Turn],
        enable_thinking: bool,
        tools: &ToolSet,
    ) -> Result<(Rendered, bool, CallForm), Error> {
        let options = RenderOptions { add_generation_prompt: true, enable_thinking };
        let messages: Vec<_> = turns.iter().map(message).collect();
        let own = self.own.as_ref();
        let own = own
            .and_then(|own| own.render_with_tools(&messages, &tools.for_template(), &options).ok());
        let own =
            own.filter(|rendered| rendered.tools.is_some() && tools.is_told(&rendered.prompt));
        if let Some(rendered) = own {
            let calls = CallForm::Own(rendered.clone(), tools.most_calls());
            return Ok((rendered, false, calls));
        }
        let (rendered, replaced) = self.render(&tools.plain(turns), enable_thinking)?;
        Ok((rendered, replaced, CallForm::Plain))
    }

    /// What the template makes of a conversation, and whether it was the built-in one.
    fn render(&self, turns: &[Turn], enable_thinking: bool) -> Result<(Rendered, bool), Error> {
        let messages: Vec<_> = turns.iter().map(message).collect();
        let options = RenderOptions { add_generation_prompt: true, enable_thinking };
        match self.own.as_ref().and_then(|own| own.render(&messages, &options).ok()) {
            Some(rendered) => Ok((rendered, false)),
            None => {
                let rendered = self.built_in.render(&messages, &options).map_err(Error::Prompt)?;
                Ok((rendered, true))
            }
        }
    }

    /// The tokens of what was told of the answer before.
    fn told(&self, told: &Told<'_>) -> Result<Vec<Token>, Error> {
        let mut tokens = Vec::new();
        for part in told.parts() {
            match part {
                Part::Text(text) => tokens.extend(self.plain(&text)?),
                Part::Mark(mark) => {
                    tokens.extend(self.model.tokenize(mark, false, true).map_err(Error::Prompt)?);
                }
            }
        }
        Ok(tokens)
    }

    /// The tokens of a text that follows others.
    fn plain(&self, text: &str) -> Result<Vec<Token>, Error> {
        let tokens = |text: &str| self.model.tokenize(text, false, false).map_err(Error::Prompt);
        let begins = tokens("a")?;
        let spaced =
            begins.first().is_some_and(|first| self.model.piece(*first, false).starts_with(b" "));
        if spaced {
            // Such a vocabulary puts a space before every text that begins: behind a line it
            // does not.
            let line = tokens("\n")?;
            let joined = tokens(&format!("\n{text}"))?;
            if let Some(rest) = joined.strip_prefix(&line[..]) {
                return Ok(rest.to_vec());
            }
        }
        tokens(text)
    }

    /// How many tokens each message costs, with the marks before it; the last one also with those
    /// after it. Exact where the template could be learnt.
    pub(crate) fn sizes(&self, turns: &[Turn]) -> Result<Vec<usize>, Error> {
        let mut before = None;
        let mut sizes = Vec::with_capacity(turns.len());
        for turn in turns {
            sizes.push(self.size(before, turn.role, &turn.content)? as usize);
            before = Some(turn.role);
        }
        if let Some(last) = sizes.last_mut() {
            *last += self.end_size()? as usize;
        }
        Ok(sizes)
    }

    /// How many tokens a message costs behind one of that side, with the marks before it.
    pub(crate) fn size(
        &self,
        before: Option<Role>,
        role: Role,
        content: &str,
    ) -> Result<u32, Error> {
        let key = Counts::key_of_text(before, role, content);
        self.counts.get_or(key, || self.count(before, role, content))
    }

    /// As [`Prompter::size`], without remembering.
    pub(crate) fn count(
        &self,
        before: Option<Role>,
        role: Role,
        content: &str,
    ) -> Result<u32, Error> {
        let tokens = match &self.frames {
            // Whoever is first stands behind what begins every text.
            Some(frames) if before.is_none() => self.tokens(&frames.framed(before, role, content)),
            Some(frames) => self.marked(&frames.framed(before, role, content)),
            None => return Ok(self.count_text(content)? + MARKS),
        };
        Ok(u32::try_from(tokens?.len()).unwrap_or(u32::MAX))
    }

    /// How many tokens follow the last question, up to where the answer begins.
    pub(crate) fn end_size(&self) -> Result<u32, Error> {
        let Some(frames) = &self.frames else { return Ok(MARKS) };
        Ok(u32::try_from(self.marked(&frames.end)?.len()).unwrap_or(u32::MAX))
    }

    /// How many tokens a text is read as by itself.
    pub(crate) fn count_text(&self, text: &str) -> Result<u32, Error> {
        let tokens = self.model.tokenize(text, false, false).map_err(Error::Prompt)?;
        Ok(u32::try_from(tokens.len()).unwrap_or(u32::MAX))
    }

    fn marked(&self, text: &str) -> Result<Vec<Token>, Error> {
        self.model.tokenize(text, false, true).map_err(Error::Prompt)
    }

    fn tokens(&self, prompt: &str) -> Result<Vec<Token>, Error> {
        let mut tokens = self.model.tokenize(prompt, true, true).map_err(Error::Prompt)?;
        // A template may write the token that begins a text although the tokeniser adds it too.
        let twice = self.model.bos().is_some_and(|bos| tokens.starts_with(&[bos, bos]));
        if twice {
            tokens.remove(0);
        }
        if tokens.is_empty() { Err(Error::EmptyPrompt) } else { Ok(tokens) }
    }
}

/// A message as templates take it.
fn message(turn: &Turn) -> ChatMessage<'_> {
    let plain =
        ChatMessage { role: turn.role.as_str(), content: &turn.content, ..ChatMessage::default() };
    match &turn.tool {
        None => plain,
        Some(ToolPart::Calls(calls)) => {
            let calls = calls.iter().map(|call| ChatCall {
                id: &call.id,
                name: &call.name,
                arguments: &call.arguments,
            });
            ChatMessage { calls: calls.collect(), ..plain }
        }
        Some(ToolPart::Result { id, name }) => {
            ChatMessage { role: "tool", call_id: Some(id), name: name.as_deref(), ..plain }
        }
    }
}

/// The model's own template, once it is known to be harmless.
fn trusted(
    model: &Model,
    source: &str,
    worker_exe: Option<&Path>,
) -> Result<ChatTemplate, hearth_llama::Error> {
    if !is_known(source) {
        let worker = worker_exe.ok_or(hearth_llama::Error::ProbeFailed)?;
        probe::probe(worker, source, &probe::LIMITS)?;
    }
    ChatTemplate::from_model(model)
}

/// Whether a template was looked at.
pub(crate) fn is_known(source: &str) -> bool {
    chat::is_known(&hash(source))
}

/// SHA-256, lower-case hexadecimal: taken from the text, because making a template runs it.
fn hash(source: &str) -> String {
    Sha256::digest(source.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn think_tags(source: &str) -> Option<ThinkTags> {
    let (start, end) = THINK_TAGS.iter().find(|(_, end)| source.contains(end))?;
    Some(ThinkTags { start: (*start).to_owned(), end: (*end).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_thoughts_are_found_in_a_template() {
        let tags = think_tags("{{ content.split('</think>')[-1] }}").map(|tags| tags.start);
        assert_eq!(tags.as_deref(), Some("<think>"));
        assert_eq!(think_tags("{{ message.content }}"), None);
    }

    #[test]
    fn the_bundled_template_has_a_hash_like_any_other() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), abc);
    }
}
