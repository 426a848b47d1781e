"""A device with those who sit at it, and whether it may ring.

Source of the behaviour: Kazoo's endpoint building, "Load and merge" and "Checks, in this order".
"""

from dataclasses import dataclass

from runtime.accounts import Account, Document, Documents
from runtime.phones.caller import Caller
from runtime.phones.merge import Doc, first_text, is_false, is_true, section, text
from runtime.phones.options import RingOptions

_SIP_KINDS = ("smartphone", "softphone", "cellphone", "landline", "fax")


@dataclass(frozen=True)
class Station:
    """A device, its owner if it has one, and the users of a device that several hot-desk on."""

    account: Account
    device: Document
    owner: Document | None = None
    hot_desked: tuple[Document, ...] = ()

    @property
    def user(self) -> Doc:
        """The owner's document, {} for nobody's."""
        return self.owner.doc if self.owner is not None else {}

    @property
    def owner_id(self) -> str | None:
        """The owner's id."""
        return self.owner.id if self.owner is not None else None

    @property
    def by_strength(self) -> tuple[Doc, ...]:
        """The documents whose settings count, the strongest first."""
        return (self.user, self.device.doc, self.account.doc)

    def setting(self, *path: str) -> str | None:
        """Return a text of the documents: the user's, else the device's, else the account's."""
        return first_text(self.by_strength, *path)

    @property
    def endpoint(self) -> str | None:
        """The endpoint's name in Asterisk, as the database derives it; None: it has none."""
        username = text(self.device.doc, "sip", "username")
        if username is None:
            return None
        realm = text(self.device.doc, "sip", "realm") or self.account.realm
        return f"{username}@{realm.lower()}" if realm else username

    @property
    def mobile_number(self) -> str | None:
        """The number of a mobile telephone, which is called like any other number."""
        kind = text(self.device.doc, "endpoint_type") or text(self.device.doc, "device_type") or ""
        if kind in _SIP_KINDS or kind.startswith("sip_"):
            return None
        return text(self.device.doc, "mobile", "mdn")

    @property
    def call_waiting(self) -> bool:
        """Whether it rings while its owner talks: the device's word counts most."""
        for doc in (self.device.doc, self.user, self.account.doc):
            if is_true(doc, "call_waiting", "enabled") or is_false(doc, "call_waiting", "enabled"):
                return is_true(doc, "call_waiting", "enabled")
        return True

    def documents(self) -> dict[str, int]:
        """Return the revisions of the documents that were read, by id."""
        read = (self.device, *((self.owner,) if self.owner is not None else ()), *self.hot_desked)
        return {document.id: document.revision for document in read}

    def reason_not_to_ring(self, caller: Caller, options: RingOptions) -> str | None:
        """Return why it is left out; None when it may ring."""
        if not options.can_call_self:
            if self.owner is not None and self.owner.id == caller.owner_id:
                return "caller's own user"
            if self.device.id == caller.device_id:
                return "caller's own device"
        if is_false(self.device.doc, "enabled"):
            return "device is disabled"
        if (whose := undisturbed(self.device.doc, self.user, self.account)) is not None:
            return f"do not disturb ({whose})"
        if options.in_queue and is_true(self.device.doc, "exclude_from_queues"):
            return "excluded from queues"
        return None


async def station_of(documents: Documents, account: Account, device: Document) -> Station:
    """Return a device with its owner or its hot-desked users; raises StorageUnavailable."""
    hot_desked = list(section(device.doc, "hotdesk", "users"))
    if len(hot_desked) > 1:
        users = [await documents.get(account.id, "user", user_id) for user_id in hot_desked]
        return Station(account, device, None, tuple(user for user in users if user is not None))
    return Station(account, device, await owner_of(documents, device))


async def owner_of(documents: Documents, device: Document) -> Document | None:
    """Return the user a device belongs to: the one hot-desked on it, else its owner."""
    hot_desked = list(section(device.doc, "hotdesk", "users"))
    if len(hot_desked) > 1:
        return None
    owner_id = hot_desked[0] if hot_desked else text(device.doc, "owner_id")
    if owner_id is None:
        return None
    return await documents.get(device.account_id, "user", owner_id)


def undisturbed(device: Doc, user: Doc, account: Account) -> str | None:
    """Return who wants no disturbance: device, user or account; None when nobody does."""
    docs = ((device, "device"), (user, "user"), (account.doc, "account"))
    return next((whose for doc, whose in docs if is_true(doc, "do_not_disturb", "enabled")), None)
