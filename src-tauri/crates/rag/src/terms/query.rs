//! A question as terms: what is looked for, in each language that the index holds.

use super::{Language, TermCutter, stop};

/// Characters of a question that are looked at.
const CHARACTERS: usize = 2000;
/// Concepts that are looked for; the bits of a mask.
const CONCEPTS: usize = 64;
/// Languages that a question is asked in: a form more costs a look into a list, a language left out
/// hides its documents from every word that has an ending.
const LANGUAGES: usize = 12;

/// One thing that is looked for, in every form that the index may hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concept {
    /// Terms that stand for it, each once.
    pub forms: Vec<String>,
}

/// What a question looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryTerms {
    /// Any of these, the more the better. Words that every question has are not among them.
    pub concepts: Vec<Concept>,
    /// All of these, each as it stands: the texts in quotation marks, in the forms of each language.
    pub phrases: Vec<Vec<Vec<String>>>,
}

impl QueryTerms {
    /// Reads a question. `languages` are those of the index, the most frequent first.
    #[must_use]
    pub fn parse(question: &str, languages: &[Language]) -> Self {
        let end = question.char_indices().nth(CHARACTERS).map_or(question.len(), |(end, _)| end);
        let question = &question[..end];
        let mut asked: Vec<Language> = languages.iter().take(LANGUAGES).copied().collect();
        if asked.is_empty() {
            asked.push(Language::English);
        }
        let mut cutters: Vec<_> = asked.iter().map(|language| TermCutter::new(*language)).collect();
        let stop = stop::words_of(question, &asked);
        let phrases = quoted(question).into_iter().filter_map(|text| {
            let mut forms: Vec<_> = cutters.iter_mut().map(|cutter| cutter.terms(text)).collect();
            forms.retain(|terms| !terms.is_empty());
            forms.dedup();
            (!forms.is_empty()).then_some(forms)
        });
        let phrases: Vec<_> = phrases.collect();
        let mut concepts = concepts_of(question, &mut cutters, |word| {
            stop.is_some_and(|stop| stop.contains(word))
        });
        if concepts.is_empty() {
            concepts = concepts_of(question, &mut cutters, |_| false);
        }
        Self { concepts, phrases }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty() && self.phrases.is_empty()
    }
}

/// The words of a text as concepts, each once.
fn concepts_of(
    text: &str,
    cutters: &mut [TermCutter],
    skip: impl Fn(&str) -> bool,
) -> Vec<Concept> {
    let mut concepts: Vec<Concept> = Vec::new();
    let words = TermCutter::new(Language::Other).terms(text);
    // Every cutter makes the same number of terms of a text: they differ in the stem alone.
    let forms: Vec<_> = cutters.iter_mut().map(|cutter| cutter.terms(text)).collect();
    for (at, word) in words.iter().enumerate() {
        if skip(word) || is_end_of_pairs(&words, at) {
            continue;
        }
        let mut concept = Concept { forms: Vec::new() };
        for terms in &forms {
            if let Some(term) = terms.get(at)
                && !concept.forms.contains(term)
            {
                concept.forms.push(term.clone());
            }
        }
        if !concept.forms.is_empty() && !concepts.iter().any(|known| known.forms == concept.forms) {
            concepts.push(concept);
        }
        if concepts.len() == CONCEPTS {
            break;
        }
    }
    concepts
}

/// Whether a term is the last character of a run that is cut into pairs: the pair before has it.
fn is_end_of_pairs(words: &[String], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| words.get(before)) else { return false };
    let single = words.get(at).filter(|word| !word.is_ascii() && word.chars().count() == 1);
    single.is_some_and(|word| before.chars().count() == 2 && before.ends_with(word.as_str()))
}

/// Texts in quotation marks of any kind.
fn quoted(question: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in question.char_indices() {
        match open {
            Some((start, close)) if c == close || close == '“' && c == '”' => {
                found.push(&question[start..at]);
                open = None;
            }
            Some(_) => {}
            None => {
                let close = match c {
                    '"' => '"',
                    '“' => '”',
                    '„' => '“',
                    '«' => '»',
                    '「' => '」',
                    '『' => '』',
                    _ => continue,
                };
                open = Some((at + c.len_utf8(), close));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(question: &str, languages: &[Language]) -> Vec<Vec<String>> {
        let terms = QueryTerms::parse(question, languages);
        terms.concepts.into_iter().map(|concept| concept.forms).collect()
    }

    #[test]
    fn words_that_every_question_has_are_not_looked_for() {
        assert_eq!(
            forms("What is the notice period?", &[Language::English]),
            [["notic"], ["period"]]
        );
        assert_eq!(forms("Who are they", &[Language::English]).len(), 3);
        let german =
            forms("Wie lang ist die Kündigungsfrist?", &[Language::English, Language::German]);
        assert_eq!(german.len(), 2, "{german:?}");
    }

    #[test]
    fn a_word_is_looked_for_in_the_form_of_each_language_of_the_index() {
        let found = forms("studies", &[Language::English, Language::German, Language::Other]);
        assert_eq!(found, [["studi", "studies"]]);
    }

    #[test]
    fn text_in_quotation_marks_must_stand_as_it_is() {
        for question in ["is \"due date\" there", "„due date“", "«due date»", "“due date”"]
        {
            let terms = QueryTerms::parse(question, &[Language::English]);
            assert_eq!(terms.phrases, [[["due", "date"]]], "{question}");
        }
        assert_eq!(QueryTerms::parse("5\" screen", &[]).phrases.len(), 0);
    }

    #[test]
    fn a_question_without_end_is_cut_and_an_empty_one_asks_nothing() {
        assert!(QueryTerms::parse(&"字词 word ".repeat(100_000), &[]).concepts.len() <= CONCEPTS);
        assert!(QueryTerms::parse(" ?! ", &[Language::German]).is_empty());
    }
}
