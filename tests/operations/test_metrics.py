"""Metrics: bounded labels whatever happens, and a transport that is observed."""

import asyncio
from datetime import UTC, datetime

import pytest

from runtime.ari import Response
from runtime.errors import AriUnavailable
from runtime.operations import MeasuredTransport, Metrics, watch_loop
from runtime.operations.metrics import resource_of
from runtime.storage.calls import CallRow, StepRow
from tests.ari.scripted import Scripted

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CALL = CallRow(id="c", number="1", origin="internal", channel_id="x", started_at=NOW)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("channels", "channels"),
        ("channels/1234.5", "channels"),
        ("channels/1234.5/play/playback-1", "channels/play"),
        ("channels/create", "channels/create"),
        ("channels/1234.5/whatever", "channels"),
        ("recordings/stored/secret/file", "recordings/stored"),
        ("1234.5/play", "unknown"),
    ],
)
def test_a_resource_is_told_without_its_id(path: str, resource: str) -> None:
    assert resource_of(path) == resource


def test_a_module_that_nobody_knows_has_no_label_of_its_own() -> None:
    metrics = Metrics({"play"})
    for module in ("play", "x1", "x2"):
        row = StepRow(call_id="c", seq=1, path="/", module=module, started_at=NOW, outcome="failed")
        metrics.traced(row)
    text = metrics.text().decode()
    assert 'callflow_steps_total{module="play",outcome="failed"} 1.0' in text
    assert 'callflow_steps_total{module="unknown",outcome="failed"} 2.0' in text
    assert "x1" not in text


def test_a_call_counts_when_it_has_ended() -> None:
    metrics = Metrics(())
    metrics.traced(CALL)
    assert "callflow_calls_total{" not in metrics.text().decode()
    row = CallRow(
        id="c", number="1", origin="internal", channel_id="x", started_at=NOW, ended_at=NOW,
        outcome="completed",
    )  # fmt: skip
    metrics.traced(row)
    assert 'callflow_calls_total{outcome="completed"} 1.0' in metrics.text().decode()


class _Silent(Scripted):
    """An Asterisk that answers nothing."""

    async def request(self, *_: object, **__: object) -> Response:
        raise AriUnavailable("no answer")


async def test_requests_are_timed_and_failures_counted() -> None:
    metrics = Metrics(())
    asterisk = Scripted()
    asterisk.answer("POST", "channels/1/play", 404)
    transport = MeasuredTransport(asterisk, metrics.requested)
    await transport.request("POST", "channels/1/play")
    await transport.request("GET", "channels")
    with pytest.raises(AriUnavailable):
        await MeasuredTransport(_Silent(), metrics.requested).request("DELETE", "channels/1")
    text = metrics.text().decode()
    labels = '{method="POST",resource="channels/play"}'
    assert f"callflow_ari_request_seconds_count{labels} 1.0" in text
    labels = '{method="POST",resource="channels/play",status="404"}'
    assert f"callflow_ari_errors_total{labels} 1.0" in text
    labels = '{method="DELETE",resource="channels",status="none"}'
    assert f"callflow_ari_errors_total{labels} 1.0" in text
    assert 'callflow_ari_errors_total{method="GET"' not in text


async def test_a_loop_that_stands_still_is_noticed_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()
    watching = asyncio.create_task(watch_loop(lags.put_nowait))
    assert await lags.get() < 0.5
    _stand_still(0.9)
    assert await lags.get() > 0.5
    assert "stood still" in caplog.text
    watching.cancel()


def _stand_still(seconds: float) -> None:
    clock = asyncio.get_running_loop()
    began = datetime.now(UTC)
    while (datetime.now(UTC) - began).total_seconds() < seconds:
        clock.time()
