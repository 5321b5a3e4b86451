"""file:// URIs: bytes of a path in, percent-encoding out, and back (RFC 8089)."""

from urllib.parse import quote_from_bytes, unquote_to_bytes

from auralisd.errors import InvalidRequest, NotSupported

_SCHEME = "file://"
_LOCAL_HOSTS = ("", "localhost")


def uri_of(path: bytes) -> str:
    """The URI of an absolute path, as the file system spells it."""
    return _SCHEME + quote_from_bytes(path)


def path_of(uri: str) -> bytes:
    """The absolute path that `uri` names on this machine.

    Raises NotSupported for another scheme or host, InvalidRequest for what is no URI of a file.
    """
    scheme, colon, _ = uri.partition(":")
    if not colon or "/" in scheme:
        raise InvalidRequest("the URI needs a scheme: file:// and a percent-encoded absolute path")
    if scheme.lower() != "file":
        raise NotSupported("only file:// URIs can be opened")
    if not uri[len(scheme) :].startswith("://"):
        raise InvalidRequest("a file URI begins with file:// and an absolute path")
    host, _, rest = uri[len(_SCHEME) :].partition("/")
    if host.lower() not in _LOCAL_HOSTS:
        raise NotSupported("only files of this machine can be opened: leave the host of the URI empty")
    if "?" in rest or "#" in rest:
        raise InvalidRequest("a file URI has no query and no fragment: write ? as %3F and # as %23")
    path = b"/" + unquote_to_bytes(rest)
    if path == b"/" or b"\0" in path:
        raise InvalidRequest("the URI names no file")
    return path
