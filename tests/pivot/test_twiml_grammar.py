"""What each verb may say, what it means when nothing is said, and what is told of what is wrong."""

import pytest

from runtime.callflow import ALL_KEYS
from runtime.errors import PivotError
from runtime.pivot.twiml.grammar import verb_of
from runtime.pivot.twiml.markup import read
from runtime.pivot.twiml.verbs import (
    Dial,
    Endpoint,
    Gather,
    Hangup,
    Number,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Set,
    SipAddress,
    Verb,
)

RECORD = (
    "<Record timeout='2' finishOnKey='1' maxLength='60' playBeep='false' action='a'"
    " method='get' recordingUrl='http://h/store'/>"
)
DIAL = (
    "<Dial action='a' method='get' timeout='9' timeLimit='60' callerId='+1' record='true'"
    " hangupOn='#' strategy='single' continueOnFail='false' collect_dtmf='true'>"
    "<User>a</User></Dial>"
)


def verb(xml: str) -> Verb:
    """Return the verb on line 2 of a document."""
    [element] = read(f"<Response>\n{xml}</Response>".encode())
    return verb_of(element)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<Say>Hello</Say>", Say(line=2, text="Hello", gender="female", loop=1, stop_on=ALL_KEYS)),
        ("<Say> Hello\n  you </Say>", Say(line=2, text="Hello you")),
        ("<Say voice='man'>x</Say>", Say(line=2, text="x", gender="male")),
        ("<Say voice='Male'>x</Say>", Say(line=2, text="x", gender="male")),
        ("<Say voice='woman'>x</Say>", Say(line=2, text="x", gender="female")),
        ("<Say voice='female'>x</Say>", Say(line=2, text="x", gender="female")),
        ("<Say language='en'>x</Say>", Say(line=2, text="x", language="en-us")),
        ("<Say language='en-GB'>x</Say>", Say(line=2, text="x", language="en-gb")),
        *((f"<Say language='{each}'>x</Say>", Say(line=2, text="x", language=each))
          for each in ("es", "fr", "de", "it")),
        ("<Say engine='any' loop='0' terminators='1#'>x</Say>",
         Say(line=2, text="x", loop=0, stop_on=frozenset("1#"))),
        ("<Say terminators=''>x</Say>", Say(line=2, text="x", stop_on=frozenset())),
        (f"<Say>{'ü' * 2001}</Say>", Say(line=2, text="ü" * 2000)),
        ("<Play>http://h/a.wav</Play>",
         Play(line=2, url="http://h/a.wav", loop=1, stop_on=ALL_KEYS)),
        ("<Play loop='3' terminators='12#'> a.wav </Play>",
         Play(line=2, url="a.wav", loop=3, stop_on=frozenset("12#"))),
        ("<Pause/>", Pause(line=2, seconds=1)),
        ("<Pause length='5'/>", Pause(line=2, seconds=5)),
        ("<Pause length='4000'/>", Pause(line=2, seconds=3600)),
        ("<Gather/>", Gather(line=2, action=None, method="post", seconds=5,
                             finish_on=frozenset("#"), max_digits=None, sounds=())),
        ("<Gather action='n' method='GET' timeout='9' finishOnKey='*' numDigits='4'/>",
         Gather(line=2, action="n", method="get", seconds=9, finish_on=frozenset("*"),
                max_digits=4)),
        ("<Gather finishOnKey='' timeout='9999'/>",
         Gather(line=2, finish_on=frozenset(), seconds=3600)),
        ("<Gather> <Say>a</Say><Play>b</Play><Pause/> </Gather>",
         Gather(line=2, sounds=(Say(line=2, text="a"), Play(line=2, url="b"), Pause(line=2)))),
        ("<Record/>", Record(line=2, action=None, method="post", silence=5, finish_on=ALL_KEYS,
                             max_seconds=3600, beeps=True, upload_url=None)),
        (RECORD,
         Record(line=2, silence=2, finish_on=frozenset("1"), max_seconds=60, beeps=False,
                action="a", method="get", upload_url="http://h/store")),
        ("<Redirect>next</Redirect>", Redirect(line=2, url="next", method="post")),
        ("<Redirect method='get'>n<Variable key='a' value='1'/></Redirect>",
         Redirect(line=2, url="n", method="get", variables=(("a", "1"),))),
        ("<Redirect method='brew'>n</Redirect>", Redirect(line=2, url="n", method="post")),
        ("<Set><Variable key='a' value='1'/>\n<Variable key='b'/></Set>",
         Set(line=2, variables=(("a", "1"), ("b", "")))),
        ("<Hangup/>", Hangup(line=2)),
        ("<Reject/>", Reject(line=2, busy=False, prompt=None)),
        ("<Reject reason='rejected'/>", Reject(line=2, busy=False)),
        ("<Reject reason='busy' prompt='fault'/>", Reject(line=2, busy=True, prompt="fault")),
    ],
)  # fmt: skip
def test_a_verb_and_its_attributes(xml: str, expected: Verb) -> None:
    assert verb(xml) == expected


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<Dial>+1 (555) 123-4567</Dial>",
         Dial(line=2, nouns=(Number("+15551234567"),), answers=True, seconds=30, talk_seconds=14400,
              action=None, method="post", caller_id=None, records=False, hangup_key=None,
              one_by_one=False, goes_on=True, collects=False)),
        ("<Dial><Number sendDigits='1' url='u' method='get'>2003</Number></Dial>",
         Dial(line=2, nouns=(Number("2003"),), answers=False, seconds=30)),
        ("<Dial>\n<User>alice</User></Dial>",
         Dial(line=2, nouns=(Endpoint("user", "alice"),), answers=True, seconds=20)),
        ("<Dial><User>alice</User>\n<Device>d</Device><Number>1</Number><Sip>sip:a@h</Sip></Dial>",
         Dial(line=2, nouns=(Endpoint("user", "alice"), Endpoint("device", "d"), Number("1"),
                             SipAddress("sip:a@h")), seconds=20)),
        (DIAL,
         Dial(line=2, nouns=(Endpoint("user", "a"),), action="a", method="get", seconds=9,
              talk_seconds=60, caller_id="+1", records=True, hangup_key="#", one_by_one=True,
              goes_on=False, collects=True)),
        ("<Dial hangupOnStar='true' strategy='simultaneous'><User>a</User></Dial>",
         Dial(line=2, nouns=(Endpoint("user", "a"),), hangup_key="*")),
    ],
)  # fmt: skip
def test_a_dial_and_its_nouns(xml: str, expected: Dial) -> None:
    assert verb(xml) == expected


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<Sms>x</Sms>", "<Sms> is no verb; there are Say, Play"),
        *((f"<{name}/>", f"<{name}> is no verb")
          for name in ("Enqueue", "Leave", "Connect", "Start", "Refer", "Prompt", "say")),
        ("<Say voice='robot'>x</Say>", "voice='robot' must be one of man, male, woman, female"),
        ("<Say language='en-US'>x</Say>",
         "language='en-US' must be one of en, en-gb, es, fr, de, it"),
        ("<Say loop='-1'>x</Say>", "loop='-1' must be a whole number, 0 at least"),
        ("<Say loop='two'>x</Say>", "loop='two' must be"),
        ("<Say loop='99999999999'>x</Say>", "loop='99999999999' must be"),
        ("<Say terminators='abc'>x</Say>", "terminators='abc' must be telephone keys"),
        ("<Say><b>x</b></Say>", "<b>: not allowed in <Say>"),
        ("<Play/>", "<Play>: is empty; write the URL"),
        ("<Play> </Play>", "<Play>: is empty"),
        ("<Pause length='0'/>", "length='0' must be a whole number, 1 at least"),
        ("<Pause length='-5'/>", "length='-5' must be"),
        ("<Pause length='0.5'/>", "length='0.5' must be"),
        ("<Gather><Record/></Gather>",
         "<Record>: not allowed in <Gather>; Say, Play and Pause are"),
        ("<Gather><Play/></Gather>", "<Play>: is empty"),
        ("<Gather timeout='0'/>", "timeout='0' must be"),
        ("<Gather numDigits='0'/>", "numDigits='0' must be"),
        ("<Gather finishOnKey='x'/>", "finishOnKey='x' must be telephone keys"),
        ("<Record> </Record>", "<Record>: must have no content; write <Record/>"),
        ("<Record playBeep='maybe'/>", "playBeep='maybe' must be one of true, false"),
        ("<Record maxLength='0'/>", "maxLength='0' must be"),
        ("<Redirect><Say>x</Say></Redirect>", "<Say>: not allowed in <Redirect>; <Variable> is"),
        ("<Set><Variable value='1'/></Set>", "<Variable>: key is missing: name the variable"),
        ("<Set><Var/></Set>", "<Var>: not allowed in <Set>; <Variable> is"),
        ("<Hangup> </Hangup>", "<Hangup>: must have no content; write <Hangup/>"),
        ("<Hangup reason='x'/>", "<Hangup>: must have no attributes, has reason"),
        ("<Reject>\n</Reject>", "<Reject>: must have no content"),
        ("<Reject reason='tired'/>", "reason='tired' must be one of rejected, busy"),
        ("<Dial/>", "<Dial>: '' is no number; write its digits"),
        ("<Dial>alice</Dial>", "<Dial>: 'alice' is no number"),
        ("<Dial><Number>+</Number></Dial>", "<Number>: '+' is no number"),
        ("<Dial>1<Number>2</Number></Dial>", "<Dial>: has text beside elements"),
        ("<Dial><Conference>x</Conference></Dial>", "<Conference>: there are no conferences here"),
        ("<Dial><Queue>x</Queue></Dial>", "<Queue>: there are no queues here"),
        ("<Dial><Client>x</Client></Dial>",
         "<Client>: cannot be dialled; Number, Device, User and Sip can"),
        ("<Dial><User> </User></Dial>", "<User>: '' is no id; write one of a user"),
        (f"<Dial><Device>{'x' * 101}</Device></Dial>", "is no id; write one of a device"),
        (f"<Dial>{'1' * 65}</Dial>", "is no number"),
        (f"<Set><Variable key='{'x' * 101}'/></Set>", "longer than 100"),
        (f"<Set><Variable key='x' value='{'x' * 1001}'/></Set>", "its value 1000"),
        ("<Dial><Sip>alice</Sip></Dial>", "<Sip>: 'alice' is no SIP address"),
        ("<Dial strategy='random'>1</Dial>",
         "strategy='random' must be one of simultaneous, single"),
        ("<Dial hangupOn='12'>1</Dial>", "hangupOn='12' must be one telephone key"),
        ("<Dial record='record-from-answer'>1</Dial>",
         "record='record-from-answer' must be one of true, false"),
        (f"<Dial>{'<User>a</User>' * 51}</Dial>", "<Dial>: rings more than 50"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(xml: str, problem: str) -> None:
    with pytest.raises(PivotError) as refused:
        verb(xml)
    assert str(refused.value).startswith("TwiML: line 2: ")
    assert problem in str(refused.value)
