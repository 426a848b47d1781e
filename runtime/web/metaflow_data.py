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


def with_data(
    metaflows: Mapping[str, Any], prefix: str = "", *, private_urls: bool
) -> dict[str, Any]:
    """Return valid metaflows in which each node's data has its defaults.

    `prefix` stands before each path of an error, `private_urls` permits URLs of our own network.
    Raises RequestRefused with every error.
    """
    errors: FieldErrors = {}
    result = check_metaflows.checked(metaflows, errors, prefix, private_urls=private_urls)
    if errors:
        raise invalid(errors)
    return result


def complete_metaflows(doc: dict[str, Any], *, private_urls: bool) -> None:
    """Do the same in a valid document that may have metaflows."""
    if METAFLOWS in doc:
        doc[METAFLOWS] = with_data(doc[METAFLOWS], METAFLOWS, private_urls=private_urls)


def metaflow_node(data: Any, *, private_urls: bool = True) -> dict[str, Any]:
    """Return one node with defaults; raises RequestRefused with every error.

    It need not refuse URLs of our own network: those are refused when they are used.
    """
    errors: FieldErrors = {}
    result = check_metaflows.checked_node(
        validated(Metaflow, data), errors, private_urls=private_urls
    )
    if errors:
        raise invalid(errors)
    return result
