//! Whether a letter of Markdown stands in code: between fences, or between backticks in a line.
//! Knows only what came before, one letter at a time. Not a parser of Markdown.

/// Where in the code of a text the last letter stood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    fence: Option<(char, usize)>,
    inline: Option<usize>,
    /// A run of the same mark that is not over yet, and whether a line began with it.
    run: Option<(char, usize, bool)>,
    /// Anything but up to three spaces came since the line began.
    began: bool,
    indent: usize,
}

impl Code {
    /// Takes the next letter.
    pub(crate) fn step(&mut self, letter: char) {
        if let Some((mark, length, _)) = &mut self.run {
            if *mark == letter {
                *length += 1;
                return;
            }
            self.close_run();
        }
        match letter {
            '\n' => {
                self.inline = None;
                self.began = false;
                self.indent = 0;
            }
            '`' => self.run = Some((letter, 1, !self.began)),
            '~' if !self.began => self.run = Some((letter, 1, true)),
            ' ' if !self.began && self.indent < 3 => self.indent += 1,
            _ => self.began = true,
        }
    }

    /// Whether the last letter stands in code. A mark itself counts as code where it may open some.
    pub(crate) fn inside(&self) -> bool {
        self.fence.is_some()
            || self.inline.is_some()
            || self.run.is_some_and(|(_, length, _)| length > 2)
    }

    /// Whether the next letter, if it is no mark, stands in code.
    pub(crate) fn next_inside(&self) -> bool {
        let mut after = self.clone();
        after.close_run();
        after.fence.is_some() || after.inline.is_some()
    }

    fn close_run(&mut self) {
        let Some((mark, length, begins)) = self.run.take() else { return };
        self.began = true;
        match self.fence {
            Some((open, least)) if begins && open == mark && length >= least => self.fence = None,
            Some(_) => {}
            None if begins && length >= 3 => self.fence = Some((mark, length)),
            None if mark == '`' => match self.inline {
                Some(open) if open == length => self.inline = None,
                Some(_) => {}
                None => self.inline = Some(length),
            },
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let mut code = Code::default();
        let inside = |letter: char| {
            let inside = code.next_inside() && letter != '`';
            code.step(letter);
            if inside && letter != '\n' { 'x' } else { letter }
        };
        text.chars().map(inside).collect()
    }

    #[test]
    fn letters_between_marks_are_code_and_others_are_not() {
        assert_eq!(marked("a `b` c"), "a `x` c");
        assert_eq!(marked("a ``b`c`` d"), "a ``x`x`` d");
        assert_eq!(marked("```\nab\n```\nc"), "```\nxx\n```\nc");
        assert_eq!(marked("~~~\nab\n~~~\nc"), "~~~\nxx\nxxx\nc");
        assert_eq!(marked("don`t\nb"), "don`x\nb");
    }
}
