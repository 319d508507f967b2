"""What the fold over the audit makes of random processes is what is stored of them, after every deed."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from baton.bpm import values
from baton.bpm.execution import commands, events
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


class Compared(Watched):
    """Folds what happened after each command, and compares with what a server would load."""

    def __init__(self, run: AnsweredRun) -> None:
        super().__init__(run)
        self.past = InstanceState.before(ROOT, "random")
        self.folded = 0

    def handle(self, command: commands.Command) -> None:
        super().handle(command)
        for event in self.run.events[self.folded :]:
            self.folded += 1
            entry = audit.entry_of(event, _SHAPE)
            data = msgspec.json.decode(msgspec.json.encode(entry.data, enc_hook=str))
            self.past.apply(self.folded, entry.type, entry.element_id, data)
        assert {id_: (token.element_id, token.scope_id) for id_, token in self.past.tokens.items()} == self.stored()
        assert self.past.seen_variables() == self.stored_variables()
        assert set(self.past.incidents) == {incident.id for incident in self.run.incidents}
        assert self.past.state == self.run.state

    def stored(self) -> dict[int, tuple[str, int]]:
        """Live flow node instances, of the records alone."""
        records = self.run.store.scopes
        instance = ProcessInstance(self.run.spec, self.run.store, id=ROOT, next_id=lambda: 0, zone=UTC_ZONE)
        found: dict[int, tuple[str, int]] = {}
        for scope_id in records:
            scope = instance.scope(scope_id)
            for token in scope.all_tokens():
                if token.phase not in NOT_YET_THERE and token.id not in scope.listeners:
                    found[token.id] = (token.task_spec.name, scope_id)
        return found

    def stored_variables(self) -> dict[int, dict[str, Any]]:
        held = self.run.store.variables
        return {
            scope_id: {name: told(value) for name, value in held[scope_id].items()}
            for scope_id in self.past.scopes
            if held.get(scope_id)
        }


def told(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(values.to_json(value), enc_hook=str))


@given(st.data())
def test_the_fold_over_the_events_is_what_is_stored_after_every_deed(data: st.DataObject) -> None:
    process, variables = random_process(data)
    run = Compared(AnsweredRun(process))
    run.handle(commands.StartProcessInstance(variables=variables))

    to_the_end(run, data)

    assert run.past.tokens == {}
    completed = [event for event in run.run.events if isinstance(event, events.FlowNodeCompleted)]
    assert run.past.visits.total() == len(completed)
