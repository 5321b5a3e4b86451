"""The language of expressions: text → what it asks.

    question   = either {"or" either}              "and" binds closer than "or", "not" closest
    either     = part {["and"] part}
    part       = "not" part | "(" question ")" | term
    term       = word | "words that follow each other"          in title, artist, album or genre, the word as a prefix
               | field ":" word | field ":" "words"              in that field
               | field "==" value | field "!=" value             the whole value, but for case and accents
               | number ("=" "==" "!=" "<" "<=" ">" ">=") value  `duration` may end in s, m or h, `loudness` be below 0
               | age ("<" "<=" ">" ">=") value                   a number with h, d, w or y
               | id "=" number | flag

Every refusal points at the character where it stops making sense, counted from 1.
"""

import re
from typing import NoReturn

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.model.question import (
    AGES,
    BELOW_ZERO,
    EVERY_TRACK,
    FLAGS,
    IDS,
    NO_TRACK,
    NUMBERS,
    TEXT,
    VALUES,
    All,
    Any,
    Compared,
    Flagged,
    Not,
    Question,
    Same,
    Words,
)

MAX_TERMS = 32
_MAX_DEPTH = 16
_RELATIONS = ("=", "==", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(r'\s*(?:(?P<sign>==|!=|>=|<=|[():=<>])|"(?P<quoted>[^"]*)"|(?P<word>(?:[^\s():=<>"!]|!(?!=))+))')
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NUMBER = re.compile(r"([-−]?)(\d{1,15}(?:\.\d{1,15})?)([a-z]*)")
_LENGTHS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_AGES_S = {"h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 31_557_600}
_EXAMPLES = {
    "added": "30d",
    "played": "30d",
    "duration": "3m",
    "year": "1959",
    "bpm": "120",
    "loudness": "-14",
    "true_peak": "-1",
    "rating": "0.6",
}
_FIELDS = (*TEXT, *VALUES, *NUMBERS, *AGES, *FLAGS, *IDS)


class _Token(msgspec.Struct, frozen=True):
    """`kind` is "sign", "quoted", "word" or "end"; `at` counts characters from 1."""

    kind: str
    text: str
    at: int


def question_of(expression: str) -> Question:
    """What is asked; nothing asks for every track.  Raises InvalidRequest pointing at the place."""
    reader = _Reader(_tokens(expression))
    if reader.ahead.kind == "end":
        return EVERY_TRACK
    question = reader.question()
    if reader.ahead.kind != "end":
        _refuse(reader.ahead.at, f"{reader.ahead.text!r} closes nothing")
    return question


class _Reader:
    """Recursive descent over the tokens; lives as long as one expression."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0
        self._terms = 0

    @property
    def ahead(self) -> _Token:
        return self._tokens[self._index]

    def question(self) -> Question:
        parts = [self._either()]
        while self._take_word("or"):
            parts.append(self._either())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _either(self) -> Question:
        parts = [self._part()]
        while self._take_word("and") or not self._at_end():
            parts.append(self._part())
        # A word of signs alone has nothing to look for; beside others it is passed over ("Simon & Garfunkel").
        sought = [part for part in parts if part != NO_TRACK]
        if len(sought) <= 1:
            return (sought or parts)[0]
        return All(tuple(sought))

    def _part(self) -> Question:
        token = self._next()
        if token.kind == "end":
            _refuse(token.at, "it ends where a word is expected")
        if _is_word(token, "not"):
            with _Deeper(self, token):
                return Not(self._part())
        if token.kind == "sign":
            return self._enclosed(token)
        if token.kind == "word" and token.text.casefold() in ("and", "or"):
            _refuse(token.at, f"{token.text!r} has nothing before it; quote it to look for the word")
        return self._term(token)

    def _enclosed(self, opening: _Token) -> Question:
        if opening.text != "(":
            _refuse(opening.at, f"{opening.text!r} has no field before it; quote it to look for it")
        with _Deeper(self, opening):
            question = self.question()
        if self.ahead.text != ")" or self.ahead.kind != "sign":
            _refuse(opening.at, "'(' is never closed")
        self._next()
        return question

    def _term(self, token: _Token) -> Question:
        self._terms += 1
        if self._terms > MAX_TERMS:
            _refuse(token.at, f"more than {MAX_TERMS} words and conditions are not looked for")
        field = token.text.casefold()
        if self.ahead.kind == "sign" and self.ahead.text not in "()":
            if token.kind != "word" or field not in _FIELDS:
                _refuse(token.at, f"{token.text!r} is no field; there are {', '.join(_FIELDS)}")
            return self._condition(field, self._next())
        if token.kind == "word" and field in FLAGS:
            return Flagged(field)
        return _words("", token)

    def _condition(self, field: str, relation: _Token) -> Question:
        if field in FLAGS:
            _refuse(relation.at, f"{field} stands alone, without {relation.text!r}")
        value = self._next()
        if value.kind not in ("word", "quoted"):
            _refuse(value.at, f"{field}{relation.text} is followed by no value")
        if field in TEXT or field in VALUES:
            return _text_condition(field, relation, value)
        wanted = {"==": "="}.get(relation.text, relation.text)
        if field in IDS and wanted not in ("=", "!="):
            _refuse(relation.at, f"{field} is compared with '='")
        if field in AGES and wanted not in ("<", "<=", ">", ">="):
            _refuse(relation.at, f"{field} is compared with '<' or '>', as in {field}<30d")
        if wanted not in _RELATIONS:
            _refuse(relation.at, f"{field} is a number: compare it with one of {' '.join(_RELATIONS)}")
        return Compared(field, wanted, _value(field, value))

    def _next(self) -> _Token:
        token = self.ahead
        if token.kind != "end":
            self._index += 1
        return token

    def _take_word(self, word: str) -> bool:
        if not _is_word(self.ahead, word):
            return False
        self._index += 1
        return True

    def _at_end(self) -> bool:
        return (
            self.ahead.kind == "end"
            or _is_word(self.ahead, "or")
            or (self.ahead.kind, self.ahead.text) == ("sign", ")")
        )

    def deepen(self, by: int, at: int) -> None:
        self._depth += by
        if self._depth > _MAX_DEPTH:
            _refuse(at, f"more than {_MAX_DEPTH} parts inside each other are not understood")


class _Deeper:
    """One level further in, for the length of a block."""

    def __init__(self, reader: _Reader, token: _Token) -> None:
        self._reader = reader
        self._at = token.at

    def __enter__(self) -> None:
        self._reader.deepen(1, self._at)

    def __exit__(self, *_: object) -> None:
        self._reader.deepen(-1, self._at)


def _tokens(expression: str) -> list[_Token]:
    tokens, index = [], 0
    while (found := _TOKEN.match(expression, index)) is not None:
        kind = str(found.lastgroup)
        start = found.start(kind) - (kind == "quoted")
        tokens.append(_Token(kind, found[kind], start + 1))
        index = found.end()
    rest = expression[index:]
    if rest.strip():
        at = index + len(rest) - len(rest.lstrip()) + 1
        _refuse(
            at, "the quotation is never closed" if rest.lstrip()[0] == '"' else f"{rest.lstrip()[0]!r} means nothing"
        )
    return [*tokens, _Token("end", "", len(expression) + 1)]


def _text_condition(field: str, relation: _Token, value: _Token) -> Question:
    if relation.text in ("==", "!="):
        same = Same(field, value.text)
        return Not(same) if relation.text == "!=" else same
    if relation.text != ":":
        _refuse(relation.at, f'{field} is text: ask with {field}:word or {field}=="the whole value"')
    if field in VALUES:
        return Same(field, value.text)
    return _words(field, value)


def _words(field: str, token: _Token) -> Question:
    text = token.text.replace("\0", " ")
    return Words(field, text, token.kind == "word") if _LETTER_OR_DIGIT.search(text) else NO_TRACK


def _value(field: str, token: _Token) -> float:
    """Seconds for lengths and ages."""
    found = _NUMBER.fullmatch(token.text.casefold())
    units = _AGES_S if field in AGES else _LENGTHS_S if field == "duration" else {"": 1}
    if found is None or found[3] not in units or (found[1] and field not in BELOW_ZERO):
        _refuse(token.at, f"{token.text!r} is no value for {field}; one would be {_EXAMPLES.get(field, '7')}")
    if field in IDS and "." in found[2]:
        _refuse(token.at, f"{token.text!r} is no id")
    value = (float(found[2]) if "." in found[2] else int(found[2])) * units[found[3]]
    return -value if found[1] else value


def _is_word(token: _Token, word: str) -> bool:
    return token.kind == "word" and token.text.casefold() == word


def _refuse(at: int, reason: str) -> NoReturn:
    raise InvalidRequest(f"expression: at character {at}: {reason}")
