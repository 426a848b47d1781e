"""Running it in earnest: admission, metrics, the watchdog of the event loop, logs."""

from runtime.operations.admission import Admission, AdmissionLimits
from runtime.operations.logs import in_call, logging_to
from runtime.operations.measured import MeasuredTransport
from runtime.operations.metrics import Metrics
from runtime.operations.watchdog import watch_loop

__all__ = [
    "Admission",
    "AdmissionLimits",
    "MeasuredTransport",
    "Metrics",
    "in_call",
    "logging_to",
    "watch_loop",
]
