//! An answer that goes on, as the model wrote it: what was told of it with the marks around its
//! thought. Not here: its tokens.

use crate::{
    Begun,
    output::{Beginning, ThinkTags},
};

/// What was told of an answer before, and where the prompt ends without it.
pub(crate) struct Told<'a> {
    pub(crate) begun: &'a Begun,
    pub(crate) beginning: Beginning,
    /// The prompt ends with the end of a line.
    pub(crate) line: bool,
    pub(crate) tags: Option<&'a ThinkTags>,
}

/// A part of an answer that goes on.
pub(crate) enum Part<'a> {
    /// What the model wrote.
    Text(String),
    /// A mark of thoughts.
    Mark(&'a str),
}

impl<'a> Told<'a> {
    /// The answer as the model wrote it: the white space around a thought, which was not told, is
    /// that which models commonly write.
    pub(crate) fn parts(&self) -> Vec<Part<'a>> {
        let Begun { content, reasoning } = self.begun;
        let Some(tags) = self.tags else { return vec![Part::Text(content.clone())] };
        let opened = self.beginning == Beginning::Opened;
        let thought = !reasoning.is_empty() || opened && !content.is_empty();
        let mut parts = Vec::new();
        if thought && !opened {
            parts.push(Part::Mark(&tags.start));
        }
        if thought && content.is_empty() {
            let line = if opened && self.line { "" } else { "\n" };
            parts.push(Part::Text(format!("{line}{reasoning}")));
        } else if thought {
            let line = if opened && self.line { "" } else { "\n" };
            parts.push(Part::Text(format!("{line}{reasoning}\n")));
            parts.push(Part::Mark(&tags.end));
            parts.push(Part::Text(format!("\n\n{content}")));
        } else {
            parts.push(Part::Text(content.clone()));
        }
        parts
    }

    /// Where the text that the model adds begins.
    pub(crate) fn goes_on(&self) -> Beginning {
        let Begun { content, reasoning } = self.begun;
        match (content.is_empty(), reasoning.is_empty()) {
            (true, true) => self.beginning,
            (true, false) => Beginning::Thought,
            (false, _) => Beginning::Answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(content: &str, reasoning: &str, beginning: Beginning) -> (String, Beginning) {
        let tags = ThinkTags { start: "<t>".into(), end: "</t>".into() };
        let begun = Begun { content: content.into(), reasoning: reasoning.into() };
        let told = Told { begun: &begun, beginning, line: true, tags: Some(&tags) };
        let parts = told.parts().into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Mark(mark) => mark.to_owned(),
        });
        (parts.collect(), told.goes_on())
    }

    #[test]
    fn a_thought_is_open_until_the_answer_begins() {
        let (text, place) = written("", "hm", Beginning::Nothing);
        assert_eq!((text.as_str(), place), ("<t>\nhm", Beginning::Thought));
        let (text, place) = written("Yes", "hm", Beginning::Nothing);
        assert_eq!((text.as_str(), place), ("<t>\nhm\n</t>\n\nYes", Beginning::Answer));
        let (text, place) = written("Yes", "", Beginning::Nothing);
        assert_eq!((text.as_str(), place), ("Yes", Beginning::Answer));
    }

    #[test]
    fn a_thought_that_the_prompt_opened_is_not_opened_again() {
        let (text, place) = written("", "hm", Beginning::Opened);
        assert_eq!((text.as_str(), place), ("hm", Beginning::Thought));
        let (text, _) = written("Yes", "hm", Beginning::Opened);
        assert_eq!(text, "hm\n</t>\n\nYes");
        let (text, place) = written("", "", Beginning::Opened);
        assert_eq!((text.as_str(), place), ("", Beginning::Opened));
    }
}
