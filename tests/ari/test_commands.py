"""What is sent for a command, and what its status means."""

import pytest

from runtime.ari import AriClient, Response, new_id
from runtime.errors import AriRefused, Gone, NotOurs
from tests.ari.scripted import Scripted


@pytest.fixture
def asterisk() -> Scripted:
    return Scripted()


@pytest.fixture
def client(asterisk: Scripted) -> AriClient:
    return AriClient(asterisk, "app")


async def test_ending_what_has_ended_is_no_error(asterisk: Scripted, client: AriClient) -> None:
    for method, path in (
        ("DELETE", "channels/c"),
        ("DELETE", "playbacks/p"),
        ("DELETE", "bridges/b"),
        ("POST", "recordings/live/r/stop"),
        ("DELETE", "recordings/live/r"),
        ("DELETE", "recordings/stored/r"),
    ):
        asterisk.answer(method, path, 404, "not found")
    assert not await client.channel("c").hangup()
    assert not await client.playback("p").stop()
    assert not await client.bridge("b").destroy()
    assert not await client.live_recording("r").stop()
    assert not await client.live_recording("r").discard()
    assert not await client.stored_recording("r").delete()


async def test_a_bridge_that_is_being_dissolved_has_ended(
    asterisk: Scripted, client: AriClient
) -> None:
    asterisk.answer("DELETE", "bridges/b", 409, "Bridge not in Stasis application")
    assert not await client.bridge("b").destroy()


async def test_ending_what_lives_is_success(client: AriClient) -> None:
    assert await client.channel("c").hangup()
    assert await client.playback("p").stop()
    assert await client.bridge("b").destroy()
    assert await client.bridge("b").remove("c")


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_removing_who_has_left_is_no_error(
    asterisk: Scripted, client: AriClient, status: int
) -> None:
    asterisk.answer("POST", "bridges/b/removeChannel", status, "Channel not in this bridge")
    assert not await client.bridge("b").remove("c")


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (404, "Bridge not found", Gone),
        (400, "Channel not found", Gone),
        (422, "Channel not in Stasis application", NotOurs),
        (409, "Bridge not in Stasis application", NotOurs),
        (409, "Channel c currently recording", AriRefused),
        (500, "Internal Server Error", AriRefused),
    ],
)
async def test_adding_to_a_bridge_can_fail_in_many_ways(
    asterisk: Scripted, client: AriClient, status: int, message: str, error: type[Exception]
) -> None:
    asterisk.answer("POST", "bridges/b/addChannel", status, message)
    with pytest.raises(AriRefused, match=message) as caught:
        await client.bridge("b").add("c")
    assert caught.type is error
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (404, "Channel not found", Gone),
        (409, "Channel not in Stasis application", NotOurs),
        (409, "Recording 'r' already exists and can not be overwritten", AriRefused),
        (422, "specified format is unknown on this system", AriRefused),
    ],
)
async def test_a_recording_can_be_refused_in_many_ways(
    asterisk: Scripted, client: AriClient, status: int, message: str, error: type[Exception]
) -> None:
    asterisk.answer("POST", "channels/c/record", status, message)
    with pytest.raises(AriRefused) as caught:
        await client.channel("c").record("r")
    assert caught.type is error


async def test_an_answer_that_is_no_json_is_quoted(asterisk: Scripted, client: AriClient) -> None:
    asterisk.answers["POST", "channels/c/answer"] = Response(400, None, b"<html>Bad request</html>")
    with pytest.raises(AriRefused, match="<html>"):
        await client.channel("c").answer()


@pytest.mark.parametrize("status", [404, 500])
async def test_a_variable_that_cannot_be_read_is_none(
    asterisk: Scripted, client: AriClient, status: int
) -> None:
    asterisk.answer("GET", "channels/c/variable", status, "Unable to read provided function")
    assert await client.channel("c").get_variable("PJSIP_HEADER(read,X-Foo)") is None
    assert asterisk.requests[-1].query == {"variable": "PJSIP_HEADER(read,X-Foo)"}


async def test_an_older_asterisk_gets_variables_one_by_one(
    asterisk: Scripted, client: AriClient
) -> None:
    asterisk.answer("POST", "channels/c/variables", 404, "Resource not found")
    await client.channel("c").set_variables({"A": "1", "B": "2"})
    assert [dict(request.body) for request in asterisk.requests[1:]] == [
        {"variable": "A", "value": "1"},
        {"variable": "B", "value": "2"},
    ]


async def test_ids_and_media_arrive_as_they_are(asterisk: Scripted, client: AriClient) -> None:
    media = ["sound:a", "tone:440/200,0/200"]
    await client.channel("a/b c?").play("p#1", media, language="de", offset=1.5)
    [request] = asterisk.requests
    assert request.path == "channels/a%2Fb%20c%3F/play/p%231"
    assert request.body == {"media": media, "lang": "de", "offsetms": 1500}


async def test_what_may_block_is_marked(asterisk: Scripted, client: AriClient) -> None:
    asterisk.answers["POST", "channels/create"] = Response(200, {"id": "c"})
    channel = client.channel("c")
    await channel.create("PJSIP/alice", args=["leg", "x1"], variables={"A": "1"})
    await channel.answer()
    await channel.set_variable("A", "1", report=True)
    await client.bridge("b").add("c")
    assert all(request.blocking for request in asterisk.requests)
    assert asterisk.requests[0].body == {
        "endpoint": "PJSIP/alice",
        "app": "app",
        "appArgs": "leg,x1",
        "channelId": "c",
        "variables": {"A": "1"},
    }
    assert asterisk.requests[2].body == {"variable": "A", "value": "1", "report_events": True}
    await channel.play("p", ["sound:beep"])
    await channel.dial(timeout=19.2)
    await channel.hangup(17)
    assert not any(request.blocking for request in asterisk.requests[4:])
    assert asterisk.requests[5].body == {"timeout": 20}
    assert asterisk.requests[6].query == {"reason_code": "17"}


@pytest.mark.parametrize("arg", ["a,b", 'say "x"', "back\\slash"])
async def test_an_argument_that_asterisk_would_mangle_is_refused(
    client: AriClient, arg: str
) -> None:
    with pytest.raises(ValueError, match="not a token"):
        await client.channel("c").create("PJSIP/alice", args=[arg])


async def test_a_list_of_another_shape_is_refused(asterisk: Scripted, client: AriClient) -> None:
    asterisk.answers["GET", "channels"] = Response(200, [{"name": "no id"}])
    with pytest.raises(AriRefused, match="no list of ChannelData"):
        await client.channels()


def test_ids_are_unique_and_readable() -> None:
    assert new_id("ch") != new_id("ch")
    assert new_id("ch").startswith("ch-")


async def test_stopping_a_recording_that_has_just_ended_is_no_error() -> None:
    asterisk = Scripted()
    asterisk.answer("POST", "recordings/live/r/stop", 409, "Recording not in session")
    assert not await AriClient(asterisk, "app").live_recording("r").stop()
