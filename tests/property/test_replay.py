"""What the fold over the audit makes of random processes is what is stored of them, after every deed."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from baton.bpm import values
from baton.bpm.execution import closing, commands, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.token import Phase
from baton.bpm.replay import InstanceState
from baton.bpm.runtime import audit
from baton.bpm.runtime.told_values import Shape
from baton.bpm.testing import UTC_ZONE
from tests.support.random_deeds import ROOT, AnsweredRun, Watched, to_the_end
from tests.support.random_processes import random_process

NOT_YET_THERE = (Phase.JOINING, Phase.ARMED)
_SHAPE = Shape(4096)


class Compared(AnsweredRun):
    """Folds what happened after each single command, closings too, and compares with what a server would load."""

    def __init__(self, *drawn: Any, **options: Any) -> None:
        super().__init__(*drawn, **options)
        self.past = InstanceState.before(ROOT, "random")
        self.folded = 0

    def _handle_one(self, command: commands.Command) -> list[events.Event]:
        happened = super()._handle_one(command)
        for event in happened:
            self.folded += 1
            entry = audit.entry_of(event, _SHAPE)
            data = msgspec.json.decode(msgspec.json.encode(entry.data, enc_hook=str))
            self.past.apply(self.folded, entry.type, entry.element_id, data)
        assert {id_: (token.element_id, token.scope_id) for id_, token in self.past.tokens.items()} == self.stored()
        assert self.past.seen_variables() == self.stored_variables()
        assert self.past.own_variables() == self.own_variables()
        assert self.past.state == self.state
        if not self._open.closings:
            assert set(self.past.incidents) == {incident.id for incident in self.incidents}
        return happened

    def stored(self) -> dict[int, tuple[str, int]]:
        """Live flow node instances, of the records alone."""
        instance = ProcessInstance(self.spec, self.store, id=ROOT, next_id=lambda: 0, zone=UTC_ZONE)
        found: dict[int, tuple[str, int]] = {}
        for scope_id in self.store.scopes:
            scope = instance.scope(scope_id)
            if closing.closing_with(instance, scope):
                continue
            for token in scope.all_tokens():
                if token.phase not in NOT_YET_THERE and token.id not in scope.listeners:
                    found[token.id] = (token.task_spec.name, scope_id)
        return found

    def own_variables(self) -> dict[int, dict[str, Any]]:
        """What live activities hold for themselves."""
        instance = ProcessInstance(self.spec, self.store, id=ROOT, next_id=lambda: 0, zone=UTC_ZONE)
        found = {}
        for scope_id in self.store.scopes:
            for token in instance.scope(scope_id).all_tokens():
                if token.id in self.past.tokens and token.has_details and token.details.local is not None:
                    held = self.store.variables.get(token.details.local)
                    found |= {token.id: {name: told(value) for name, value in held.items()}} if held else {}
        return found

    def stored_variables(self) -> dict[int, dict[str, Any]]:
        held = self.store.variables
        return {
            scope_id: {name: told(value) for name, value in held[scope_id].items()}
            for scope_id in self.past.scopes
            if held.get(scope_id)
        }


def told(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(values.to_json(value), enc_hook=str))


@given(st.data())
def test_the_fold_over_the_events_is_what_is_stored_after_every_command(data: st.DataObject) -> None:
    process, variables = random_process(data)
    limits = data.draw(st.sampled_from([RunLimits(), RunLimits(steps=3), RunLimits(children_at_once=1)]))
    run = Compared(process, limits=limits, hold_async=data.draw(st.booleans()))
    watched = Watched(run)
    watched.handle(commands.StartProcessInstance(variables=variables))

    to_the_end(watched, data)

    assert run.past.tokens == {}
    completed = [event for event in run.events if isinstance(event, events.FlowNodeCompleted)]
    assert run.past.visits.total() == len(completed)
