"""Public numbers: whose they are, in which state, and of what class."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from runtime.accounts import to_e164
from runtime.documents.phone_numbers import Numbers, PhoneNumber, PhoneNumbers
from runtime.errors import RequestRefused
from runtime.phones import number_class
from runtime.storage import accounts, phone_numbers
from runtime.storage.phone_numbers import NumberRow
from runtime.web import listing, refusals
from runtime.web.api import Api, Write
from runtime.web.declare import Handle, Route
from runtime.web.documents import merged
from runtime.web.phone_numbers import (
    E164,
    answer,
    change,
    computed,
    create,
    existing,
    may_add,
    number_of,
    remove,
    told,
)
from runtime.web.request import Answer, ApiRequest
from runtime.web.validation import validated

_DIALLED: Final = re.compile(r"[+*#]?[0-9][0-9*#]{0,30}")
_MANY: Final = "/accounts/{account_id}/phone_numbers"
_ONE: Final = f"{_MANY}/{{number}}"
_ALL: Final = f"{_MANY}/collection"
_STATES: Final = {"activate": "in_service", "reserve": "reserved", "port": "port_in"}


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of numbers."""
    one, many = _Numbers(api), _Collection(api)

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method, path=path, handle=handle, summary=summary, tag="phone_numbers", **more
        )

    model: dict[str, Any] = {"body": PhoneNumber}
    yield route("GET", _MANY, one.list, "List the account's numbers", query=listing.PARAMETERS)
    yield route("GET", _ONE, one.read, "Read a number")
    yield route("PUT", _ONE, one.create, "Give a number to the account", status=201, **model)
    yield route("POST", _ONE, one.replace, "Replace what is known of a number", **model)
    yield route("PATCH", _ONE, one.patch, "Change fields of a number", partial=True, **model)
    yield route("DELETE", _ONE, one.delete, "Take a number from the account")
    for path, state in _STATES.items():
        yield route("PUT", f"{_ONE}/{path}", one.to_state(state), f"Make a number {state}")
    yield route("GET", f"{_ONE}/identify", one.identify, "Which account has a number")
    yield route("POST", f"{_MANY}/check", one.check, "Which numbers can be had", body=Numbers)
    yield route("GET", f"{_MANY}/classifiers", one.classifiers, "List the classes of numbers")
    yield route("GET", f"{_MANY}/classifiers/{{number}}", one.classify, "Say the class of a number")
    every: dict[str, Any] = {"body": PhoneNumbers}
    yield route("PUT", _ALL, many.create, "Give many numbers to the account", status=201, **every)
    yield route("POST", _ALL, many.replace, "Replace what is known of many numbers", **every)
    yield route("PATCH", _ALL, many.patch, "Change fields of many numbers", **every)
    yield route("DELETE", _ALL, many.delete, "Take many numbers from the account", **every)


@dataclass(frozen=True)
class _Numbers:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        wanted, size = listing.wanted_of(request)
        async with self.api.reading() as connection:
            found = await phone_numbers.page(connection, request.account.id, wanted)
            total = await phone_numbers.count_with_descendants(connection, request.account.id)
        rows = [(row.number, row.number, row) for row in found]
        paged = listing.paged(rows, size, start=request.query("start_key"))
        numbers = {row.number: computed(row) for row in paged.data}
        return Answer({"numbers": numbers, "cascade_quantity": total}, extras=paged.extras)

    async def read(self, request: ApiRequest) -> Answer:
        number = number_of(request)
        async with self.api.reading() as connection:
            row = await phone_numbers.fetch(connection, request.account.id, number)
        if row is None:
            raise refusals.bad_identifier(request.parts["number"])
        return answer(row)

    async def create(self, request: ApiRequest) -> Answer:
        number, doc = number_of(request), validated(PhoneNumber, told(request.object))
        async with self.api.writing(request, request.account.id) as write:
            row = await create(write, number, doc)
        path = f"/v2/accounts/{row.account_id}/phone_numbers/{row.number}"
        return answer(row, status=201, location=path)

    async def replace(self, request: ApiRequest) -> Answer:
        doc = validated(PhoneNumber, told(request.object))
        async with self.api.writing(request, request.account.id) as write:
            before = await existing(write, number_of(request))
            return answer(await change(write, before, doc))

    async def patch(self, request: ApiRequest) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            before = await existing(write, number_of(request))
            doc = validated(PhoneNumber, merged(before.doc, told(request.object)))
            return answer(await change(write, before, doc))

    async def delete(self, request: ApiRequest) -> Answer:
        async with self.api.writing(request, request.account.id) as write:
            before = await existing(write, number_of(request))
            await remove(write, before)
        was = answer(before)
        return Answer(was.data | {"_read_only": {"deleted": True}}, revision=was.revision)

    def to_state(self, state: str) -> Handle:
        async def handle(request: ApiRequest) -> Answer:
            async with self.api.writing(request, request.account.id) as write:
                before = await existing(write, number_of(request))
                return answer(await change(write, before, before.doc, state))

        return handle

    async def identify(self, request: ApiRequest) -> Answer:
        number = number_of(request)
        async with self.api.reading() as connection:
            owner = await phone_numbers.owner(connection, number)
        account = None if owner is None else await accounts.account(self.api.db, owner)
        who = request.who
        if account is None or not (who.superadmin or account.is_reached_by(who.account_id)):
            raise refusals.bad_identifier(request.parts["number"])
        return Answer({"number": number, "account_id": account.id})

    async def check(self, request: ApiRequest) -> Answer:
        asked = validated(Numbers, request.object)["numbers"]
        may = may_add(request)
        written = {number: to_e164(number) for number in asked}
        async with self.api.reading() as connection:
            taken = await phone_numbers.taken(connection, list(written.values()))
        return Answer(
            {
                number: "success" if may and E164.fullmatch(e164) and e164 not in taken else "error"
                for number, e164 in written.items()
            }
        )

    async def classifiers(self, _request: ApiRequest) -> Answer:
        return Answer(
            {
                name: {"friendly_name": name, "regex": regex}
                for name, regex in number_class.patterns().items()
            }
        )

    async def classify(self, request: ApiRequest) -> Answer:
        number = to_e164(request.parts["number"])
        if not _DIALLED.fullmatch(number):
            raise refusals.bad_identifier(request.parts["number"])
        return Answer({"number": number, "name": number_class.class_of(number)})


_One: TypeAlias = Callable[[Write, str, dict[str, Any]], Awaitable[NumberRow]]


@dataclass(frozen=True)
class _Collection:
    """Many numbers at once: each is done or refused for itself."""

    api: Api

    async def create(self, request: ApiRequest) -> Answer:
        async def one(write: Write, number: str, doc: dict[str, Any]) -> NumberRow:
            return await create(write, number, validated(PhoneNumber, doc))

        return await self._each(request, one)

    async def replace(self, request: ApiRequest) -> Answer:
        async def one(write: Write, number: str, doc: dict[str, Any]) -> NumberRow:
            before = await existing(write, number)
            return await change(write, before, validated(PhoneNumber, doc))

        return await self._each(request, one)

    async def patch(self, request: ApiRequest) -> Answer:
        async def one(write: Write, number: str, doc: dict[str, Any]) -> NumberRow:
            before = await existing(write, number)
            merged_doc = validated(PhoneNumber, merged(before.doc, doc))
            return await change(write, before, merged_doc)

        return await self._each(request, one)

    async def delete(self, request: ApiRequest) -> Answer:
        async def one(write: Write, number: str, _doc: dict[str, Any]) -> NumberRow:
            before = await existing(write, number)
            await remove(write, before)
            return before

        return await self._each(request, one)

    async def _each(self, request: ApiRequest, one: _One) -> Answer:
        numbers = validated(PhoneNumbers, request.object)["numbers"]
        doc = told(request.object)
        success: dict[str, Any] = {}
        error: dict[str, Any] = {}
        async with self.api.writing(request, request.account.id) as write:
            for number in dict.fromkeys(map(to_e164, numbers)):
                try:
                    if not E164.fullmatch(number):
                        raise refusals.bad_identifier(number)
                    success[number] = answer(await one(write, number, doc)).data
                except RequestRefused as refused:
                    error[number] = {
                        "code": refused.status,
                        "error": refused.message,
                        "cause": number,
                        "data": refused.data,
                    }
        return Answer({"success": success, "error": error})
