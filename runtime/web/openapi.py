"""The description of the API (OpenAPI 3.1), made from the declared routes."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from runtime.web.declare import JSON, Access, Route

_REF: Final = "#/components/schemas/{model}"
_PART = {
    "account_id": {"type": "string", "pattern": "^[0-9a-fA-F]{32}$"},
}
_ERRORS: Final = {
    304: "unchanged since the revision that If-None-Match names",
    400: "the request is wrong; for fields, `data` says which and why",
    401: "the token is missing, unknown or expired",
    403: "this token may not do that, or there is no such account within its reach",
    404: "there is no such thing",
    406: "none of the content types that Accept names can be given",
    409: "it collides with what is there",
    412: "it has changed since the revision that If-Match names",
    413: "the body is too large",
    415: "the body is of a type that this route does not take",
    429: "too many failed attempts from this address",
    503: "the database or the telephone system does not answer now",
}
_WRITING: Final = ("POST", "PUT", "PATCH", "DELETE")


def description(routes: Sequence[Route], url: str = "/v2") -> dict[str, Any]:
    """Return the OpenAPI document of these routes."""
    models = sorted({route.body for route in routes if route.body}, key=_name)
    refs, definitions = _schemas(models)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callflow runtime",
            "version": version("callflow-runtime"),
            "description": "Callflows and the documents that they refer to, over Kazoo's HTTP API.",
        },
        "servers": [{"url": url}],
        "tags": [{"name": tag} for tag in sorted({route.tag for route in routes})],
        "paths": paths,
        "components": {
            "schemas": definitions | {"Answer": _ANSWER, "Error": _ERROR},
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}
            },
        },
    }


_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["data", "status", "request_id", "node", "timestamp"],
    "properties": {
        "data": {},
        "status": {"const": "success"},
        "revision": {"type": "string"},
        "request_id": {"type": "string"},
        "node": {"type": "string"},
        "timestamp": {"type": "string"},
        "version": {"type": "string"},
        "auth_token": {"type": "string"},
        "page_size": {"type": "integer"},
        "start_key": {"type": "string"},
        "next_start_key": {"type": "string"},
        "warnings": {"type": "array"},
        "tokens": {"type": "object"},
    },
}
_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["data", "status", "error", "message", "request_id", "node", "timestamp"],
    "properties": {
        "data": {},
        "status": {"const": "error"},
        "error": {"type": "string", "pattern": "^[0-9]{3}$"},
        "message": {"type": "string"},
    },
}


def _schemas(
    models: Sequence[type[BaseModel]],
) -> tuple[dict[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    by_mode, top = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REF
    )
    refs = {model: by_mode[model, "validation"] for model in models}
    return refs, dict(top.get("$defs", {}))


def _name(model: type[BaseModel]) -> str:
    return f"{model.__module__}.{model.__qualname__}"


def _operation(route: Route, refs: Mapping[type[BaseModel], dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()} {route.path}",
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route.path), *_query_parameters(route)],
        "responses": _responses(route),
    }
    if route.access is not Access.PUBLIC:
        operation["security"] = [{"token": []}]
        operation["description"] = f"For {route.access.value}."
    if route.method in _WRITING and (route.body is not None or route.takes != (JSON,)):
        operation["requestBody"] = {"content": _content(route, refs)}
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _PART.get(name, {"type": "string", "minLength": 1}),
        }
        for name in names
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for parameter in route.query
    ]


def _content(route: Route, refs: Mapping[type[BaseModel], dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for taken in route.takes:
        if taken == JSON:
            data: dict[str, Any] = {"type": "object"}
            if route.body is not None and not route.partial:
                data = refs[route.body]
            elif route.body is not None:
                data["description"] = f"Some fields of {route.body.__name__}; null removes one."
            schema = {"type": "object", "required": ["data"], "properties": {"data": data}}
            content[JSON] = {"schema": schema}
        else:
            content[taken] = {"schema": {"type": "string", "format": "binary"}}
    return content


def _responses(route: Route) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for kind in route.gives:
        schema = {"$ref": _REF.format(model="Answer")} if kind == JSON else {}
        given[kind] = {"schema": schema}
    success = {"description": route.summary, "content": given}
    responses: dict[str, Any] = {str(route.status): success}
    for status in errors_of(route):
        answer: dict[str, Any] = {"description": _ERRORS[status]}
        if status not in (304, 406, 412):
            answer["content"] = {JSON: {"schema": {"$ref": _REF.format(model="Error")}}}
        responses[str(status)] = answer
    for status, text in route.statuses.items():
        responses[str(status)] = {"description": text}
    return responses


def errors_of(route: Route) -> list[int]:
    """Return the statuses of errors that a route may answer beside those that it declares."""
    statuses = [400, 404, 406, 429, 503]
    if route.access is not Access.PUBLIC:
        statuses += [401, 403]
    if route.method == "GET":
        statuses.append(304)
    else:
        statuses += [409, 412, 413, 415]
    return sorted(status for status in statuses if status not in route.statuses)
