"""A line of the text form cut into words, strings, opaque parts, brackets, separators and a comment; and these written.

Nothing here fails: what is wrong with a token comes back with it.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Literal, NamedTuple

from ..text import clean
from .definition import KEPT_TEXT
from .text_words import Unreadable

#: Longer than any word that a number of ours makes.
_LONGEST_WORD = 1000
_DEEPEST_JSON = 50
#: A colon at the end of a word is not of the word: it ends the head of a workout. An @ or & begins a word.
_TOKEN = re.compile(
    r"""\s+ | \?(?=\{) | [();,#"] | [0-9]+,[0-9]+[^\s();,#"@&]*
    | :(?![^\s();,#"]) | [@&]?(?:[^\s();,#"@&:]|:(?=[^\s();,#"]))+ | [@&]""",
    re.VERBOSE,
)
_LINE_END = re.compile(r"\r\n|\n|\r")
_STRING_PART = re.compile(r'[^"\\]+|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)?|"')
_JSON_PART = re.compile(r'[^"{}\\]+|\\.?|["{}]')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPED = {character: f"\\{letter}" for letter, character in _ESCAPES.items()}
#: 90" and 5'30" are seconds: a bare number means nothing else.
_INCHES = re.compile(r"(?:[0-9]+')?[0-9]+")
#: Words that belong to what follows them, and what belongs to the number before it, where a space stands between.
_UNFINISHED = re.compile(r"[@&+]|[@&]?rpe|pool|on|for|ramp|(?:hr|p|power)[<>=]?", re.IGNORECASE)
_UNIT = re.compile(
    r"/\S+|%[a-z]+|[<>=]\S*|x!?|h|s|secs?|min|mins|m|km|mi|yd|kcal|reps?|kg|lbs?|bpm|w|rpm|spm|kph|mph|res",
    re.IGNORECASE,
)
_ITEM = re.compile(r"note$|for[0-9]")
_AFTER_UNFINISHED = re.compile(r"[0-9z<>=%+-]|[a-z]", re.IGNORECASE)

Kind = Literal["word", "string", "opaque", "(", ")", "separator", "comment"]


class Token(NamedTuple):
    """A part of a line: where it is (columns from 1), as written, what it says, and what is wrong with it."""

    kind: Kind
    column: int
    length: int
    text: str
    value: Any = None
    problem: Unreadable | None = None


def lines(text: str) -> list[str]:
    """The lines of a text, however they end."""
    return _LINE_END.split(text)


def indentation(line: str) -> int:
    """How far a line is indented; a tab goes to the next multiple of four."""
    blank = line[: len(line) - len(line.lstrip())]
    return len(blank.expandtabs(4))


def tokens(line: str) -> list[Token]:
    """The tokens of one line."""
    found: list[Token] = []
    at = 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        assert match, "every character is of a token"
        text, start, at = match[0], at, match.end()
        if text.isspace():
            continue
        if text == "#":
            found.append(Token("comment", start + 1, len(line) - start, line[start:], line[start + 1 :].strip()))
            break
        if text == '"':
            if found and _is_inches(found[-1], start):
                found[-1] = found[-1]._replace(text=found[-1].text + '"', length=found[-1].length + 1)
                continue
            token = _string(line, start)
        elif text == "?" and line.startswith("{", at):
            token = _opaque(line, start)
        elif text in {"(", ")"}:
            token = Token("(" if text == "(" else ")", start + 1, 1, text)
        elif text in {";", ","}:
            token = Token("separator", start + 1, 1, text)
        else:
            token = _word(text, start)
        at = start + token.length
        if found and _belongs(found[-1], token):
            before = found.pop()
            text = before.text + token.text
            token = Token(
                "word", before.column, token.column + token.length - before.column, text, problem=token.problem
            )
        found.append(token)
    return found


def _word(text: str, start: int) -> Token:
    problem = Unreadable("a shorter word") if len(text) > _LONGEST_WORD else None
    if not problem and "," in text:
        problem = Unreadable("a point before decimals, or a space after a comma", text.replace(",", "."))
    # What typesetting makes of the signs of a keyboard.
    plain = text.translate({0x2013: "-", 0x2212: "-", 0xD7: "x", 0x2032: "'", 0x2019: "'", 0x2033: '"'})
    return Token("word", start + 1, len(text), text if problem else plain, problem=problem)


def _is_inches(before: Token, start: int) -> bool:
    adjacent = before.column - 1 + before.length == start
    return before.kind == "word" and adjacent and _INCHES.fullmatch(before.text) is not None


def _belongs(before: Token, token: Token) -> bool:
    """Whether two words are one: "800 m", "@ z2", "hr > 130"."""
    if before.kind != "word" or token.kind != "word" or before.problem or token.problem:
        return False
    if _UNFINISHED.fullmatch(before.text):
        return _AFTER_UNFINISHED.match(token.text) is not None
    if token.text == "!":
        return before.text[-1] in "xX0123456789"
    return before.text[-1].isdigit() and _UNIT.fullmatch(token.text) is not None


def stands_alone(word: str) -> bool:
    """Whether a word stays one beside any other, and begins nothing but a step."""
    lower = word.lower()
    return not (_UNFINISHED.fullmatch(lower) or _UNIT.fullmatch(lower) or _ITEM.match(lower))


# ── Strings ──────────────────────────────────────────────────────────────────────────────────────────────────


def _string(line: str, start: int) -> Token:
    parts: list[str] = []
    at, problem = start + 1, None
    while match := _STRING_PART.match(line, at):
        part, at = match[0], match.end()
        if part == '"':
            if not KEPT_TEXT.fullmatch("".join(parts)):
                problem = Unreadable("characters that can be kept: no \\u0000, no half of a pair")
            return Token("string", start + 1, at - start, line[start:at], "".join(parts), problem)
        if part[0] != "\\":
            parts.append(part)
        elif len(part) > 2 and int(part[2:], 16) < 0x110000:
            parts.append(chr(int(part[2:], 16)))
        elif part[1:] in _ESCAPES:
            parts.append(_ESCAPES[part[1:]])
        else:
            parts.append(part)
            problem = Unreadable(r"\\ for a backslash: what follows it here means nothing", f"\\{part}")
    return Token("string", start + 1, at - start, line[start:at], "".join(parts), Unreadable('a closing "'))


def quoted(text: str) -> str:
    """A string as the text form writes it: on one line, and without anything that a terminal acts on."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    safe = clean(text, len(text))
    return f'"{"".join(map(_quoted_character, text, safe))}"'


def _quoted_character(character: str, safe: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character == safe:
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


# ── Opaque parts ─────────────────────────────────────────────────────────────────────────────────────────────


def _opaque(line: str, start: int) -> Token:
    """The JSON object after a ?, up to the bracket that closes it or the end of the line."""
    at, depth, deepest, in_string = start + 1, 0, 0, False
    while match := _JSON_PART.match(line, at):
        part, at = match[0], match.end()
        if part == '"':
            in_string = not in_string
        elif part in {"{", "}"} and not in_string:
            depth += 1 if part == "{" else -1
            deepest = max(depth, deepest)
            if not depth:
                break
    text = line[start:at]
    try:
        if deepest > _DEEPEST_JSON:
            raise ValueError("too deep")
        value, problem = json.loads(text[1:], parse_float=_finite, parse_constant=_finite), None
    except (ValueError, RecursionError):
        value, problem = {}, Unreadable("a JSON object, as this program wrote it")
    return Token("opaque", start + 1, at - start, text, value, problem)


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError("JSON has no such number")
    return value


def opaque(parts: dict[str, Any]) -> str:
    """An opaque part as the text form writes it."""
    return "?" + json.dumps(parts, separators=(",", ":"))
