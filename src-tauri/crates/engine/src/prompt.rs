//! From messages to the tokens that the model reads, by its own template or the built-in one.
//!
//! A template is a program from a stranger: one that is not known is rendered once in a process of
//! its own before this process renders it. Not here: what is left out where it does not fit.

use std::path::Path;

use hearth_llama::{
    Model, Token,
    chat::{
        self, ChatMessage, ChatTemplate, RenderOptions,
        probe::{self, Limits},
    },
};
use sha2::{Digest, Sha256};

use crate::{Error, Turn, output::ThinkTags};

/// Marks of thoughts that templates use.
const THINK_TAGS: &[(&str, &str)] =
    &[("<think>", "</think>"), ("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>")];

/// Marks of the built-in template, which end an answer also where they are no tokens of the model.
const BUILT_IN_STOPS: &[&str] = &["<|im_end|>", "<|im_start|>"];

/// A conversation as the model reads it.
pub(crate) struct Prompt {
    pub(crate) tokens: Vec<Token>,
    /// Texts that end the answer.
    pub(crate) stops: Vec<String>,
    /// Whether it ends inside a thought.
    pub(crate) opened: bool,
    /// The built-in template was used instead of the model's.
    pub(crate) replaced: bool,
}

/// Makes the prompts of one model.
pub(crate) struct Prompter {
    model: Model,
    own: Option<ChatTemplate>,
    built_in: ChatTemplate,
    pub(crate) tags: Option<ThinkTags>,
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
        Ok(Self { model: model.clone(), own, built_in, tags })
    }

    /// Makes a prompt.
    pub(crate) fn make(&self, turns: &[Turn], enable_thinking: bool) -> Result<Prompt, Error> {
        let messages: Vec<_> = turns
            .iter()
            .map(|turn| ChatMessage { role: turn.role.as_str(), content: &turn.content })
            .collect();
        let options = RenderOptions { add_generation_prompt: true, enable_thinking };
        let own = self.own.as_ref().and_then(|own| own.render(&messages, &options).ok());
        let replaced = own.is_none();
        let rendered = match own {
            Some(rendered) => rendered,
            None => self.built_in.render(&messages, &options).map_err(Error::Prompt)?,
        };
        let mut stops = rendered.stops;
        if replaced {
            stops.extend(BUILT_IN_STOPS.iter().map(ToString::to_string));
        }
        let end = rendered.prompt.trim_end();
        let opened = self.tags.as_ref().is_some_and(|tags| end.ends_with(&tags.start));
        Ok(Prompt { tokens: self.tokens(&rendered.prompt)?, stops, opened, replaced })
    }

    /// About how many tokens a message costs, without the marks around it.
    pub(crate) fn size(&self, turn: &Turn) -> Result<usize, Error> {
        let tokens = self.model.tokenize(&turn.content, false, false).map_err(Error::Prompt)?;
        Ok(tokens.len())
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

/// The model's own template, once it is known to be harmless.
fn trusted(
    model: &Model,
    source: &str,
    worker_exe: Option<&Path>,
) -> Result<ChatTemplate, hearth_llama::Error> {
    if !chat::is_known(&hash(source)) {
        let worker = worker_exe.ok_or(hearth_llama::Error::ProbeFailed)?;
        probe::probe(worker, source, &Limits::default())?;
    }
    ChatTemplate::from_model(model)
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
