//! Where the last tokens stood before, and what followed them there.

use std::collections::HashMap;

use hearth_llama::Token;

/// Tokens that must be equal for a place to count.
const GRAM: usize = 3;
/// Of equal places, so many of the latest are compared.
const MOST_PLACES: usize = 8;
/// Places are compared by how far back they are equal, up to here.
const MOST_BACK: usize = 32;
/// After so many wrong first guesses a place is given up.
const MOST_MISSES: u32 = 4;

/// The tokens of one sequence, by what stands before them.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    /// For each sequence of tokens the places behind it, in order.
    places: HashMap<[Token; GRAM], Vec<u32>>,
    /// How many tokens were looked at.
    seen: usize,
    /// Where the text is copied from: the place that the next token is guessed to come from.
    from: Option<usize>,
    misses: u32,
}

impl Lookup {
    /// Guesses what follows `tokens`.
    pub(crate) fn guess(&mut self, tokens: &[Token], most: usize) -> Vec<Token> {
        self.index(tokens);
        if self.from.is_none() || self.misses > 0 {
            let found = self.longest(tokens);
            if found.is_some() {
                self.from = found;
            } else if self.misses > MOST_MISSES {
                self.from = None;
            }
        }
        let Some(from) = self.from.filter(|from| *from < tokens.len()) else { return Vec::new() };
        let mut guess: Vec<Token> = Vec::with_capacity(most);
        for at in from..from + most {
            // A place near the end repeats what it guesses.
            let next = tokens.get(at).or_else(|| guess.get(at - tokens.len()));
            guess.extend(next.copied());
        }
        guess
    }

    /// The text went on: so many guesses were right, and one more token came that was not guessed.
    /// Where a word was put for another, the text goes on behind it as it did before.
    pub(crate) fn went_on(&mut self, right: usize, guessed: usize) {
        self.from = self.from.map(|from| from + right + 1);
        if guessed > 0 {
            self.misses = if right == 0 { self.misses + 1 } else { 0 };
        }
    }

    /// Takes in the tokens that are new. The last one begins nothing yet.
    fn index(&mut self, tokens: &[Token]) {
        for end in self.seen.max(GRAM)..tokens.len() {
            if let Some(gram) = tokens[..end].last_chunk::<GRAM>() {
                self.places.entry(*gram).or_default().push(u32::try_from(end).unwrap_or(u32::MAX));
            }
        }
        self.seen = tokens.len();
    }

    /// The place before which most tokens are equal to the last ones; of equals the latest.
    fn longest(&self, tokens: &[Token]) -> Option<usize> {
        let gram = tokens.last_chunk::<GRAM>()?;
        let places = self.places.get(gram)?;
        let equal = |place: usize| {
            let before = tokens[..place].iter().rev();
            before.zip(tokens.iter().rev()).take(MOST_BACK).take_while(|(a, b)| a == b).count()
        };
        let latest = places.iter().rev().take(MOST_PLACES).rev().map(|place| *place as usize);
        latest.max_by_key(|place| equal(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(numbers: &[i32]) -> Vec<Token> {
        numbers.iter().map(|n| Token(*n)).collect()
    }

    fn numbers(guess: &[Token]) -> Vec<i32> {
        guess.iter().map(|token| token.0).collect()
    }

    #[test]
    fn what_followed_the_same_tokens_is_guessed() {
        let mut lookup = Lookup::default();
        let text = tokens(&[1, 2, 3, 4, 5, 6, 9, 1, 2, 3]);
        assert_eq!(numbers(&lookup.guess(&text, 3)), [4, 5, 6]);
        assert!(Lookup::default().guess(&tokens(&[1, 2, 3, 4]), 3).is_empty());
        assert!(Lookup::default().guess(&tokens(&[1]), 3).is_empty());
    }

    #[test]
    fn of_two_places_the_one_that_is_equal_longer_wins() {
        let mut lookup = Lookup::default();
        let text = tokens(&[7, 8, 1, 2, 3, 40, 9, 9, 1, 2, 3, 50, 7, 8, 1, 2, 3]);
        assert_eq!(numbers(&lookup.guess(&text, 1)), [40]);
    }

    #[test]
    fn behind_a_word_that_was_changed_the_copy_goes_on() {
        let mut text = tokens(&[1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3]);
        let mut lookup = Lookup::default();
        assert_eq!(numbers(&lookup.guess(&text, 2)), [4, 5]);
        // 4 was right, then came 99 in place of 5.
        text.extend(tokens(&[4, 99]));
        lookup.went_on(1, 2);
        assert_eq!(numbers(&lookup.guess(&text, 2)), [6, 7]);
    }

    #[test]
    fn a_text_that_repeats_itself_is_guessed_beyond_its_end() {
        let mut lookup = Lookup::default();
        let text = tokens(&[1, 2, 1, 2, 1, 2]);
        assert_eq!(numbers(&lookup.guess(&text, 4)), [1, 2, 1, 2]);
    }

    #[test]
    fn a_place_that_is_wrong_again_and_again_is_given_up() {
        let mut text = tokens(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 1, 2, 3]);
        let mut lookup = Lookup::default();
        for n in 0..10 {
            let guessed = lookup.guess(&text, 1).len();
            text.push(Token(100 + n));
            lookup.went_on(0, guessed);
        }
        assert!(lookup.guess(&text, 1).is_empty());
    }
}
