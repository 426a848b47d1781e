"""Reading a stranger's XML: what it is, where it is wrong, and what it cannot do to us."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import PivotError
from runtime.pivot.twiml.grammar import verb_of
from runtime.pivot.twiml.markup import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, read


def test_elements_have_their_lines_attributes_and_text() -> None:
    say, gather = read(
        b'<Response>\n <Say voice="man">Hello\nyou</Say>\n <Gather> <Pause/></Gather>\n</Response>'
    )
    assert (say.name, say.line, say.attributes, say.text) == (
        "Say",
        2,
        {"voice": "man"},
        "Hello\nyou",
    )
    assert say.text_first
    assert (gather.name, gather.line, gather.text_first) == ("Gather", 4, True)
    assert [child.name for child in gather.children] == ["Pause"]


def test_text_after_an_element_is_not_first() -> None:
    [dial] = read(b"<Response><Dial><Number>1</Number> </Dial></Response>")
    assert dial.text == " "
    assert not dial.text_first


def test_an_empty_response_has_nothing_in_it() -> None:
    assert read(b"<Response/>") == ()
    assert (
        read(b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- nothing --><Response> </Response>")
        == ()
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_usual_encodings_are_understood(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><Response><Say>Grüße</Say></Response>"
    [say] = read(text.encode(encoding))
    assert say.text == "Grüße"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not XML"),
        (b"not xml", "not XML"),
        (b"<Response><Say>", "not XML"),
        (b"<Response></Reponse>", "mismatched tag: line 1"),
        (b"<Response/><Response/>", "not XML"),
        (b"<Reponse/>", "line 1: <Reponse> is not <Response>"),
        (b"<response/>", "<response> is not <Response>"),
        (b"<Response>&nobody;</Response>", "undefined entity"),
        (b"<?xml version='1.0' encoding='unicode_escape'?><Response/>", "use UTF-8"),
        (b"<?xml version='1.0' encoding='nonsense'?><Response/>", "use UTF-8"),
        (b"\xff\xfe\x00", "not XML"),
        (b"<Response>\xff</Response>", "not XML"),
        (b"<Response>" + b" " * MAX_BYTES + b"</Response>", "larger than"),
        (b"<Response>" + b"<a/>" * MAX_ELEMENTS + b"</Response>", "elements"),
        (b"<Response>" + b"<a>" * MAX_DEPTH, "levels deep"),
    ],
)
def test_what_is_not_twiml_is_refused_with_the_reason(body: bytes, problem: str) -> None:
    with pytest.raises(PivotError, match=r"^TwiML: ") as refused:
        read(body)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE Response [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Response SYSTEM "http://elsewhere.example/x.dtd">',
        '<!DOCTYPE Response [<!ENTITY % x SYSTEM "http://elsewhere.example/x">%x;]>',
        "<!DOCTYPE Response>",
    ],
)
def test_a_document_type_is_refused(doctype: str) -> None:
    with pytest.raises(PivotError, match="line 2: a document type is not allowed"):
        read(f"<?xml version='1.0'?>\n{doctype}<Response>&x;</Response>".encode())


def test_entities_cannot_grow() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE Response [<!ENTITY l0 "ha">{laughs}]><Response><Say>&l9;</Say></Response>'
    tracemalloc.start()
    try:
        with pytest.raises(PivotError):
            read(body.encode())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


_VERBS = (
    *("Response", "Say", "Play", "Pause", "Gather", "Record", "Dial", "Number", "Device", "User"),
    *("Sip", "Conference", "Queue", "Redirect", "Set", "Variable", "Hangup", "Reject", "Sms"),
    *("say"),
)
_KNOWN = (
    *("action", "method", "timeout", "finishOnKey", "numDigits", "loop", "voice", "language"),
    *("terminators", "length", "maxLength", "playBeep", "recordingUrl", "timeLimit", "callerId"),
    *("record", "hangupOn", "hangupOnStar", "strategy", "continueOnFail", "collect_dtmf", "key"),
    *("value", "reason", "prompt"),
)
_names = st.sampled_from(_VERBS)
_attributes = st.dictionaries(
    st.sampled_from(_KNOWN),
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='<>&"'), max_size=8
    )
    | st.sampled_from(["true", "false", "1", "0", "-1", "12#", "get", "single", "en", "busy"]),
    max_size=4,
)


def _written(name: str, attributes: dict[str, str], inside: list[str]) -> str:
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(inside)}</{name}>"


_trees = st.recursive(
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="<>&"), max_size=9
    ),
    lambda inside: st.builds(_written, _names, _attributes, st.lists(inside, max_size=4)),
    max_leaves=20,
)


def _read_all(body: bytes) -> None:
    try:
        elements = read(body)
    except PivotError:
        return
    for element in elements:
        try:
            verb_of(element)
        except PivotError:
            continue


@given(st.binary(max_size=300))
def test_any_bytes_are_understood_or_refused(body: bytes) -> None:
    _read_all(body)
    _read_all(b"<Response>" + body + b"</Response>")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))
def test_any_encoding_is_understood_or_refused(encoding: str) -> None:
    _read_all(f"<?xml version='1.0' encoding='{encoding}'?><Response/>".encode())


@given(st.lists(_trees, max_size=4))
def test_any_document_is_understood_or_refused(inside: list[str]) -> None:
    _read_all(_written("Response", {}, inside).encode())
