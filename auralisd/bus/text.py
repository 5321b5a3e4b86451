"""The sanitiser: what may leave on the bus.  One bad string would cost us the connection."""

import re

MAX_TEXT_BYTES = 64 * 1024
"""Longer texts are cut: nobody shows them, and everybody has to copy them."""

_PATH = re.compile(r"/|(/[A-Za-z0-9_]+)+")


def bus_text(text: str, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """`text` without NUL, its lone surrogates as U+FFFD, and at most `max_bytes` long in UTF-8."""
    clean = text.replace("\0", "")
    try:
        encoded = clean.encode()
    except UnicodeEncodeError:
        encoded = "".join("\N{REPLACEMENT CHARACTER}" if "\ud800" <= c <= "\udfff" else c for c in clean).encode()
    return encoded[:max_bytes].decode(errors="ignore")


def is_object_path(path: str) -> bool:
    """True for `/` and for slashes each followed by a name of `[A-Za-z0-9_]`."""
    return _PATH.fullmatch(path) is not None
