//! Letters and digits of all scripts. The standard library looks them up in a table that is searched
//! from end to end; those that most texts have are told here by their ranges.

/// Whether it is a letter or a digit; the same as `char::is_alphanumeric`.
pub(crate) fn is_alphanumeric(letter: char) -> bool {
    match letter {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => true,
        '\0'..='\u{7f}' => false,
        // Latin, Greek, Cyrillic.
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ˁ' | 'Ά' | 'Έ'..='Ί' | 'Ύ'..='Ρ' | 'Σ'..='ϵ' => {
            true
        }
        'Ѐ'..='ҁ' | 'Ҋ'..='ԯ' | 'Ḁ'..='ἕ' => true,
        // Arabic and Devanagari without their marks, Japanese, Chinese, Korean.
        'ؠ'..='ي'
        | 'ऄ'..='ह'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ヺ'
        | '㐀'..='䶿'
        | '一'..='鿿'
        | '가'..='힣' => true,
        // Punctuation, money, arrows, mathematics, boxes; punctuation of Chinese and Japanese; pictures.
        '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20ff}' | '\u{2190}'..='\u{245f}' => false,
        '\u{2500}'..='\u{2775}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{fe00}'..='\u{fe6f}' | '\u{1f300}'..='\u{1faff}' => false,
        _ => letter.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_what_the_standard_library_says() {
        for letter in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(letter), letter.is_alphanumeric(), "{letter:?}");
        }
    }
}
