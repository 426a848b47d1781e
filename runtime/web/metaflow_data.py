"""The metaflows of documents: refused with every error, else with the defaults of their data."""

from collections.abc import Mapping
from typing import Any, Final

from runtime.callflow import check_metaflows
from runtime.documents.metaflows import Metaflow
from runtime.documents.validation import FieldErrors
from runtime.web.refusals import invalid
from runtime.web.validation import validated

METAFLOWS: Final = "metaflows"
"""The field of accounts, users and devices."""


def with_data(metaflows: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return valid metaflows in which each node's data has its defaults.

    `prefix` stands before each path of an error. Raises RequestRefused with every error.
    """
    errors: FieldErrors = {}
    result = check_metaflows.checked(metaflows, errors, prefix)
    if errors:
        raise invalid(errors)
    return result


def complete_metaflows(doc: dict[str, Any]) -> None:
    """Do the same in a valid document that may have metaflows."""
    if METAFLOWS in doc:
        doc[METAFLOWS] = with_data(doc[METAFLOWS], METAFLOWS)


def metaflow_node(data: Any) -> dict[str, Any]:
    """Return one node with defaults; raises RequestRefused with every error."""
    errors: FieldErrors = {}
    result = check_metaflows.checked_node(validated(Metaflow, data), errors)
    if errors:
        raise invalid(errors)
    return result
