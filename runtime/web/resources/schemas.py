"""Schemas: what documents and the data of actions may be, and whether something is so."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from runtime.callflow.action import (
    METAFLOW_ENTRY_POINTS,
    METAFLOW_PACKAGE,
    Action,
    discover,
)
from runtime.callflow.check import Rules, check
from runtime.callflow.check_nodes import Nodes, Problems
from runtime.web import refusals, schemas
from runtime.web.api import Api
from runtime.web.declare import Access, Parameter, Route
from runtime.web.metaflow_data import metaflow_node, with_data
from runtime.web.request import Answer, ApiRequest
from runtime.web.resources import every_kind
from runtime.web.validation import validated

_INTERNALS = Parameter(
    name="internals",
    description="accepted for Kazoo's clients: there are no internal ones here",
    schema={"type": "boolean"},
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of schemas."""
    shown = _Schemas(api)
    yield Route(
        method="GET",
        path="/schemas",
        handle=shown.list,
        summary="List the names of all schemas",
        tag="schemas",
        access=Access.PUBLIC,
        query=(_INTERNALS,),
    )
    yield Route(
        method="GET",
        path="/schemas/{name}",
        handle=shown.read,
        summary="Read a JSON schema (draft 4)",
        tag="schemas",
        access=Access.PUBLIC,
    )
    yield Route(
        method="PUT",
        path="/schemas/{name}/validation",
        handle=shown.validate,
        summary="Validate data against a schema; answers it with defaults",
        tag="schemas",
        access=Access.TOKEN,
        body=AnyData,
        reads_only=True,
    )


class AnyData(BaseModel):
    """What is to be validated."""


@dataclass(frozen=True)
class _Schemas:
    api: Api

    @cached_property
    def actions(self) -> dict[str, Action]:
        metaflows = discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)
        return schemas.named(self.api.actions, metaflows)

    @cached_property
    def models(self) -> dict[str, type[BaseModel]]:
        kinds = {kind.path: kind.model for kind in every_kind()}
        return schemas.models(kinds, self.actions)

    async def list(self, _request: ApiRequest) -> Answer:
        """Answer the names."""
        return Answer(sorted(self.models))

    async def read(self, request: ApiRequest) -> Answer:
        """Answer one schema."""
        name, model = self._named(request)
        action = self.actions.get(name)
        if action is not None and model is action.data:
            return Answer(schemas.schema_of_action(name, action))
        return Answer(schemas.schema(name, model))

    async def validate(self, request: ApiRequest) -> Answer:
        """Answer the data with defaults, or what is wrong with it."""
        name, model = self._named(request)
        private = self.api.private_urls
        match name:
            case schemas.CALLFLOWS:
                return Answer(await self._callflow(request.object))
            case schemas.NODE:
                return Answer(await self._node(request.object))
            case schemas.METAFLOW:
                return Answer(metaflow_node(request.object, private_urls=private))
            case schemas.METAFLOWS:
                return Answer(with_data(validated(model, request.object), private_urls=private))
            case _:
                return Answer(validated(model, request.data))

    async def _callflow(self, doc: dict[str, Any]) -> Any:
        rules = Rules(self.api.actions, private_urls=self.api.private_urls)
        checked = await check(doc, rules)
        if checked.errors:
            raise refusals.invalid(checked.errors)
        return checked.doc

    async def _node(self, node: dict[str, Any]) -> Any:
        found = Problems()
        rules = Rules(self.api.actions)
        nodes = Nodes(rules.actions, found, rules.pace, private_urls=self.api.private_urls)
        made = await nodes.checked(node)
        if found.errors:
            told = {path.removeprefix("flow."): wrong for path, wrong in found.errors.items()}
            raise refusals.invalid(told)
        return made

    def _named(self, request: ApiRequest) -> tuple[str, type[BaseModel]]:
        name = request.parts["name"]
        model = self.models.get(name)
        if model is None:
            raise refusals.bad_identifier(name)
        return name, model
