//! The checks that some providers put into their tokens.

use std::sync::LazyLock;

static TABLE: LazyLock<[u32; 256]> =
    LazyLock::new(|| {
        let mut table = [0_u32; 256];
        for (byte, entry) in (0_u32..).zip(table.iter_mut()) {
            *entry = (0..8).fold(byte, |rest, _| {
                if rest & 1 == 1 { (rest >> 1) ^ 0xedb8_8320 } else { rest >> 1 }
            });
        }
        table
    });

/// CRC-32 (IEEE), as zip files have it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |rest: u32, byte: &u8| {
        let [low, ..] = rest.to_le_bytes();
        TABLE[usize::from(low ^ byte)] ^ (rest >> 8)
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// A number to base 62, padded with zeros.
fn base62(mut number: u32) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut letters = [b'0'; 6];
    for letter in letters.iter_mut().rev() {
        *letter = LETTERS[(number % 62) as usize];
        number /= 62;
    }
    letters.iter().copied().map(char::from).collect()
}

/// GitHub and npm: after the prefix random letters, then their CRC-32 to base 62 in six letters.
pub(super) fn is_right(token: &str) -> bool {
    let Some((_, body)) = token.split_once('_') else { return false };
    let Some((random, check)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at))
    else {
        return false;
    };
    base62(crc32(random.as_bytes())) == check
}

/// What a right token ends in.
#[cfg(test)]
pub(super) fn of(random: &str) -> String {
    base62(crc32(random.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_changed_letter_breaks_the_check() {
        let random = "zQ4mB8xK1vT7pW2nC5rD9fG3hJ6sL0";
        let token = format!("ghp_{random}{}", of(random));
        assert!(is_right(&token));
        assert!(!is_right(&token.replace('Q', "R")));
        assert!(!is_right("ghp_"));
        assert!(!is_right("no underscore"));
    }
}
