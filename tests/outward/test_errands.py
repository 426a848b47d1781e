"""Requests that nobody waits for: sent again until a server takes them, for a time."""

import asyncio

import pytest

from runtime.outward import Errands, Request
from runtime.outward.errands import MAX_WAITING, PAUSES
from runtime.simulator import Reply, VirtualTimeLoop, VirtualWeb

URL = "https://app.example/cdr"
REQUEST = Request(URL, "POST", form=[("a", "b")])


def attempts(*replies: Reply | OSError, seconds: float = 2000, times: int = 1) -> list[float]:
    """Send requests, and return when each attempt was, within so many (virtual) seconds."""

    async def play() -> list[float]:
        web = VirtualWeb()
        web.answers(URL, *replies)
        errands = Errands(web)
        running = asyncio.create_task(errands.run())
        began = asyncio.get_running_loop().time()
        for _ in range(times):
            errands.send(REQUEST)
        await asyncio.sleep(seconds)
        running.cancel()
        await asyncio.wait({running})
        assert errands.waiting == 0
        assert all(asked.form == {"a": "b"} for asked in web.asked)
        return [round(asked.at - began) for asked in web.asked]

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(play())


def test_what_is_taken_is_sent_once() -> None:
    assert attempts(Reply(status=204)) == [0]


@pytest.mark.parametrize("refusal", [Reply(status=503), OSError("refused"), Reply(delay=None)])
def test_what_is_not_taken_is_sent_again(refusal: Reply | OSError) -> None:
    assert len(attempts(refusal, refusal, Reply())) == 3


def test_it_is_given_up_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    assert attempts(Reply(status=500, delay=0)) == [0, 5, 35, 155, 755]
    assert f"given up after {len(PAUSES)} attempts" in caplog.text


def test_only_so_many_wait(caplog: pytest.LogCaptureFixture) -> None:
    assert len(attempts(Reply(), times=MAX_WAITING + 5)) == MAX_WAITING
    assert "not sent: 1000 others wait" in caplog.text
