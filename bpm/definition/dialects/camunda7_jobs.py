"""Camunda 7's words about jobs and about who starts: asynchronous continuations, retry cycles, priorities, starters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.definition import xml
from baton.bpm.definition.continuations import Continuations, JobRules
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import RetryWords
from baton.bpm.definition.language import Expression, Text
from baton.bpm.definition.starters import Starters
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element
from baton.bpm.values.retry_cycles import read_retry_cycle

_LOOP = "multiInstanceLoopCharacteristics"


class Camunda7Jobs(Plain):
    """Mixed into the dialect, which knows how to find its attributes."""

    if TYPE_CHECKING:

        def _attribute(self, element: Element, name: str) -> str: ...

        def _extensions(self, element: Element, name: str) -> list[Element]: ...

    def continuations(self, element: Element) -> Continuations:
        """On the element around all of it, on its loop around each instance; `async` is the old `asyncBefore`."""
        loop = xml.child(element, _LOOP)
        return Continuations(
            before=self._is_true(element, "asyncBefore") or self._is_true(element, "async"),
            after=self._is_true(element, "asyncAfter"),
            each_before=loop is not None and (self._is_true(loop, "asyncBefore") or self._is_true(loop, "async")),
            each_after=loop is not None and self._is_true(loop, "asyncAfter"),
        )

    def job_rules(self, element: Element) -> JobRules:
        """`failedJobRetryTimeCycle`, of the element or its loop, and `jobPriority`, of the element or its process."""
        words = self.retry_words(element)
        return JobRules(words.retries, words.pauses, words.cycle, self._priority(element, "jobPriority"))

    def retry_words(self, element: Element) -> RetryWords:
        """What `failedJobRetryTimeCycle` says; the loop's where the element says nothing."""
        loop = xml.child(element, _LOOP)
        for holder in (element, loop):
            for found in () if holder is None else self._extensions(holder, "failedJobRetryTimeCycle"):
                text = literal_or_expression(xml.text(found).strip())
                if isinstance(text, Expression):
                    return RetryWords(cycle=text)
                if text:
                    return _literal(text)
        return RetryWords()

    def task_priority(self, task: Element) -> Text | None:
        """Of the task, else of its process."""
        return self._priority(task, "taskPriority")

    def starters(self, process: Element) -> Starters:
        return Starters(
            is_listed=self._attribute(process, "isStartableInTasklist").lower() != "false",
            users=_names(self._attribute(process, "candidateStarterUsers")),
            groups=_names(self._attribute(process, "candidateStarterGroups")),
        )

    def history_time_to_live(self, process: Element) -> str | None:
        return self._attribute(process, "historyTimeToLive") or None

    def _priority(self, element: Element, name: str) -> Text | None:
        own = optional_text(self._attribute(element, name))
        process = next(element.iterancestors(xml.tag("process")), None)
        return own if own is not None or process is None else optional_text(self._attribute(process, name))

    def _is_true(self, element: Element, name: str) -> bool:
        return self._attribute(element, name).lower() in ("true", "1")


def _literal(text: str) -> RetryWords:
    cycle = read_retry_cycle(text)
    tries = None if cycle.tries is None else str(cycle.tries)
    return RetryWords(tries, cycle.pauses, unread="" if cycle.is_read else text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
