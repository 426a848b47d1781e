"""What the API answers to requests that it refuses: Kazoo's statuses, messages and data."""

from runtime.documents.validation import FieldErrors
from runtime.errors import (
    ObjectsUnavailable,
    RequestRefused,
    StorageError,
    StorageRefused,
    StorageUnavailable,
)

_UNIQUE_VIOLATION = "23505"


def invalid(errors: FieldErrors) -> RequestRefused:
    """Refuse for what is wrong with fields."""
    return RequestRefused(400, "validation error", errors)


def invalid_field(path: str, keyword: str, message: str, **details: object) -> RequestRefused:
    """Refuse for what is wrong with one field."""
    return invalid({path: {keyword: {"message": message, **details}}})


def invalid_data(message: str, **details: object) -> RequestRefused:
    """Refuse to do what is asked for."""
    return RequestRefused(400, "invalid data", {"message": message, **details})


def invalid_envelope(errors: FieldErrors) -> RequestRefused:
    """Refuse a body that has no `data`."""
    return RequestRefused(400, "invalid request envelope", errors)


def invalid_credentials() -> RequestRefused:
    """Refuse somebody who is not known."""
    return RequestRefused(401, "invalid_credentials", {"message": "invalid credentials"})


def forbidden(message: str = "forbidden") -> RequestRefused:
    """Refuse what this token may not do, without a hint whether there is such a thing."""
    return RequestRefused(403, "forbidden", {"message": message})


def bad_identifier(cause: str) -> RequestRefused:
    """Refuse an id that names nothing here."""
    return RequestRefused(404, "bad_identifier", {"message": "bad identifier", "cause": cause})


def no_account(message: str) -> RequestRefused:
    """Refuse what cannot be the id of an account."""
    return RequestRefused(404, "bad identifier", {"message": message})


def gone() -> RequestRefused:
    """Refuse a version of the API that there is no more."""
    return RequestRefused(410, "gone", {"message": "this version of the API is gone"})


def not_found() -> RequestRefused:
    """Refuse a path that leads nowhere."""
    return RequestRefused(404, "not_found", {"message": "not found"})


def faulty_request(message: str) -> RequestRefused:
    """Refuse parameters that cannot be used together, or at all."""
    return RequestRefused(404, "faulty_request", {"message": message})


def invalid_method() -> RequestRefused:
    """Refuse a method that the path does not have."""
    return RequestRefused(405, "invalid_method", {"message": "method not allowed"})


def conflict(message: str = "conflicting documents") -> RequestRefused:
    """Refuse what collides with what is there."""
    return RequestRefused(409, "datastore_conflict", {"message": message})


def changed_since() -> RequestRefused:
    """Refuse a change of something that has changed since the client read it."""
    return RequestRefused(412, "precondition failed")


def too_large(limit: int) -> RequestRefused:
    """Refuse a body of more than `limit` bytes."""
    message = f"The body must be at most {limit} bytes"
    return RequestRefused(
        413, "validation error", {"file": {"maxSize": {"message": message, "target": limit}}}
    )


def unsupported_type(expected: str) -> RequestRefused:
    """Refuse a body of another type."""
    return RequestRefused(
        415, "unsupported_media_type", {"message": f"the body must be {expected}"}
    )


def too_many_requests() -> RequestRefused:
    """Refuse somebody who asks too often."""
    return RequestRefused(429, "too_many_requests", {"message": "too many requests"})


def fault() -> RequestRefused:
    """Say that we have failed; why is in the log."""
    message = "the server failed, the request is in its log"
    return RequestRefused(500, "unspecified_fault", {"message": message})


def of_storage(error: StorageError) -> RequestRefused:
    """Say what PostgreSQL refuses; what it should not have refused is an error of ours (500)."""
    match error:
        case ObjectsUnavailable():
            message = "what was uploaded or recorded cannot be reached now, try again later"
            return RequestRefused(503, "datastore_unreachable", {"message": message})
        case StorageUnavailable():
            message = "the database does not answer, try again later"
            return RequestRefused(503, "datastore_unreachable", {"message": message})
        case StorageRefused():
            if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
                return conflict(str(error))
            return invalid_data(str(error))
        case _:
            return RequestRefused(500, "datastore_fault", {"message": "the database failed"})
