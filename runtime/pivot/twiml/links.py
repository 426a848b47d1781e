"""Where the links of a document lead: Kazoo's rule, which is not quite the web's."""

from urllib.parse import urlsplit, urlunsplit

from runtime.errors import PivotError


def resolved(current: str, reference: str | None) -> str:
    """Return the URL that a reference means in the document at `current`; none is that document.

    `http...` is used as it is. Anything else, also with a slash before it, is appended to the
    current URL, in the place of its last segment where that has a file extension; its query is
    that of the reference. Raises PivotError.
    """
    if not reference:
        return current
    if reference.lower().startswith(("http://", "https://")):
        return reference
    path, mark, query = reference.partition("#")[0].partition("?")
    if ":" in path.partition("/")[0]:
        raise PivotError(f"{reference[:100]!r}: only http and https are understood")
    try:
        base = urlsplit(current)
        segments = [segment for segment in base.path.split("/") if segment]
        if path:
            if segments and "." in segments[-1] and not base.path.endswith("/"):
                segments.pop()
            segments = _walked(segments, path)
        ends = "/" if path.endswith("/") or (not path and base.path.endswith("/")) else ""
        whole = f"/{'/'.join(segments)}{ends if segments else ''}"
        return urlunsplit((base.scheme, base.netloc, whole, query if mark else "", ""))
    except ValueError as error:
        raise PivotError(f"{reference[:100]!r}: no URL: {error}") from None


def _walked(segments: list[str], path: str) -> list[str]:
    for segment in path.split("/"):
        match segment:
            case "" | ".":
                pass
            case "..":
                del segments[-1:]
            case _:
                segments.append(segment)
    return segments
