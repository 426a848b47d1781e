"""What of a call is recorded without being asked, because documents want it."""

import logging
from dataclasses import replace

from pydantic import ValidationError

from runtime.callflow.call_recording import CallRecordings, Side
from runtime.callflow.lookup import NO_MATCH, Match
from runtime.callflow.recording_data import RecordingData
from runtime.errors import ActionError, MediaError, StorageError
from runtime.phones.merge import Doc
from runtime.recording import Network, Rule, account_rule, endpoint_rule
from runtime.telephony import Leg, Target

logger = logging.getLogger(__name__)


class AutomaticRecordings(CallRecordings):
    """The recordings that accounts, users and devices want of each call; a base of Call."""

    async def record_automatically(self, match: Match) -> None:
        """Record the caller where the account or his phone want it; what fails is logged.

        `match` tells whether the call goes to somebody outside.
        """
        party = self.party
        called: Network = "offnet" if match.by == NO_MATCH else "onnet"
        rules = [account_rule(self.account.doc, caller=self._network, called=called)]
        if party.internal:
            documents = {"account": self.account.doc, "owner": party.user, "device": party.device}
            rules.append(endpoint_rule("outbound", called, **documents))
        for rule in rules:
            if rule is not None:
                await self._obey(rule, self._caller_side)

    async def record_called(self, target: Target, leg: Leg) -> None:
        """Record a phone that has answered, where it wants that; what fails is logged."""
        if target.device_id is None:
            return
        try:
            device = await self._doc("device", target.device_id)
            owner = await self._doc("user", target.owner_id)
        except StorageError as error:
            logger.warning("call %s: whether to record %s: %s", self.id, target.device_id, error)
            return
        documents = {"account": self.account.doc, "owner": owner, "device": device}
        rule = endpoint_rule("inbound", self._network, **documents)
        if rule is not None:
            side = Side(leg, False, target.owner_id, target.device_id)  # noqa: FBT003
            await self._obey(rule, side)

    @property
    def _network(self) -> Network:
        """Where the caller is."""
        return "onnet" if self.party.internal else "offnet"

    async def _doc(self, kind: str, document_id: str | None) -> Doc:
        if document_id is None:
            return {}
        found = await self._facilities.documents.get(self.account.id, kind, document_id)
        return {} if found is None else found.doc

    async def _obey(self, rule: Rule, side: Side) -> None:
        try:
            data = RecordingData.model_validate(
                {**rule.parameters, "should_follow_transfer": False}
            )
            archive, plan = self._planned(data, rule.origin)
            if not side.inbound:
                plan = replace(plan, when="now")  # it has answered
            await self._recorder(archive, plan, side).begun()
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            logger.warning("call %s: call_recording (%s): %s", self.id, rule.origin, wrong)
        except (ActionError, MediaError) as error:
            logger.warning("call %s: call_recording (%s): %s", self.id, rule.origin, error)
