"""The words of the generated models: each is one token for both programs, and each is followed by the next.

A vocabulary of the real size, with a token for each byte, marks for a chat, and made-up words of six
letters. Not here: weights (`networks.py`).
"""

from __future__ import annotations

import random

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SYLLABLES = [one + other for one in CONSONANTS for other in VOWELS]
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END = MARKS.index("<|im_end|>")
# `system` and the others are one token, as in real vocabularies. A list of merges must not be empty.
PLAIN = ["system", "user", "assistant", "\u0120\u0120"]
MERGES = ["\u0120 \u0120"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
    " + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
NORMAL, CONTROL = 1, 3
# Every vocabulary here has this many words or more.
WORDS = 120_000


def word(number: int) -> str:
    """A word of its own for each number up to 342 999."""
    parts = []
    for _ in range(3):
        number, place = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[place])
    return "".join(parts)


def letter(byte: int) -> str:
    """What a vocabulary of bytes writes for a byte: itself where it can be printed."""
    printed = lambda b: 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE  # noqa: E731
    if printed(byte):
        return chr(byte)
    return chr(256 + sum(not printed(other) for other in range(byte)))


def tokens(count: int) -> tuple[list[str], list[int]]:
    """So many tokens, and their kinds."""
    texts = MARKS + [letter(byte) for byte in range(256)] + PLAIN
    kinds = [CONTROL] * len(MARKS) + [NORMAL] * (count - len(MARKS))
    return texts + ["\u0120" + word(number) for number in range(count - len(texts))], kinds


def ring(count: int) -> list[int]:
    """The order in which tokens follow each other: an answer begins behind a line break, and goes on
    through all words. What comes behind the last of them is never reached."""
    first = len(MARKS) + 256 + len(PLAIN)
    line_break = len(MARKS) + ord("\n")
    rest = [token for token in range(first) if token != line_break]
    return [line_break, *range(first, count), *rest]


def written(begin: int, count: int) -> list[str]:
    """The words that a model writes, from one of them on."""
    return [word(number) for number in range(begin, begin + count)]


def text(words: list[str]) -> str:
    """Words as they are read one token each: each has its space before it."""
    return ". " + " ".join(words)


def noise(seed: str, count: int) -> str:
    """So many words in no order: nothing can be guessed from them, and no cache has seen them."""
    chance = random.Random(seed)
    return text([word(chance.randrange(WORDS)) for _ in range(count)])
