//! Letters of other scripts that look like Latin ones. Only words that mix scripts are read with it:
//! a Russian word stays Russian.

/// Whether Latin letters stand beside look-alikes of another script in one word.
pub(super) fn is_mixed(word: &str) -> bool {
    let (mut latin, mut other) = (false, false);
    for letter in word.chars() {
        latin |= letter.is_ascii_alphabetic();
        other |= latin_of(letter).is_some();
    }
    latin && other
}

/// The Latin letter it looks like, or itself.
pub(super) fn latin(letter: char) -> char {
    latin_of(letter).unwrap_or(letter)
}

fn latin_of(letter: char) -> Option<char> {
    Some(match letter {
        'а' | 'А' | 'α' | 'Α' | 'ɑ' | 'ᴀ' => 'a',
        'в' | 'В' | 'Β' | 'β' | 'Ь' | 'ʙ' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' | 'ᴄ' | 'ⅽ' => 'c',
        'ԁ' | 'ɗ' | 'ᴅ' | 'ⅾ' => 'd',
        'е' | 'Е' | 'Ε' | 'ε' | 'ё' | 'є' | 'ᴇ' => 'e',
        'ғ' | 'ϝ' | 'ꜰ' => 'f',
        'ɡ' | 'ց' | 'ɢ' => 'g',
        'н' | 'Н' | 'Η' | 'һ' | 'Һ' | 'հ' | 'ʜ' => 'h',
        'і' | 'І' | 'Ι' | 'ι' | 'ɩ' | 'ӏ' | 'ɪ' | 'ⅰ' => 'i',
        'ј' | 'Ј' | 'ϳ' | 'ᴊ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' | 'ᴋ' => 'k',
        'ⅼ' | 'ʟ' | 'Ӏ' => 'l',
        'м' | 'М' | 'Μ' | 'ᴍ' | 'ⅿ' => 'm',
        'п' | 'ո' | 'Ν' | 'ɴ' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'օ' | 'ᴏ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' | 'ᴘ' => 'p',
        'ԛ' | 'զ' => 'q',
        'г' | 'ʀ' | 'ᴦ' => 'r',
        'ѕ' | 'Ѕ' | 'ꜱ' => 's',
        'т' | 'Т' | 'Τ' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ս' | 'ц' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' | 'ⅴ' => 'v',
        'ѡ' | 'ԝ' | 'ш' | 'ω' | 'ᴡ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' | 'ⅹ' => 'x',
        'у' | 'У' | 'Υ' | 'γ' | 'ү' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
        _ => return None,
    })
}
