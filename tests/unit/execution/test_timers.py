"""Timers at every position (BPMN 2.0.2, 10.5.2 to 10.5.5 and 13.5)."""

import pytest

from tests.support.drawing import timer
from tests.support.event_positions import (
    HOSTS,
    PLACES,
    Cause,
    check_boundary,
    check_boundary_is_closed_with_its_activity,
    check_catch,
    check_event_sub_process,
    check_event_sub_process_is_closed_with_its_scope,
    check_gateway,
    check_host,
    check_start,
)

CAUSE = Cause(timer("PT1H"), lambda instance: instance.advance(hours=1))


@pytest.mark.proves("timer start event")
def test_a_timer_start_event_begins_the_process(run):
    check_start(run, CAUSE)


@pytest.mark.proves("timer catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_timer_catch_event_waits_for_it(run, place):
    check_catch(run, place, CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_timer_event_behind_a_gateway_closes_the_others(run, place):
    check_gateway(run, place, CAUSE)


@pytest.mark.proves("timer boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_timer_boundary_event_ends_its_activity(run, place):
    check_boundary(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("timer boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_timer_boundary_event_leaves_its_activity_running(run, place):
    check_boundary(run, place, CAUSE, interrupting=False)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_timer_boundary_event_is_closed_with_its_activity(run, interrupting):
    check_boundary_is_closed_with_its_activity(run, CAUSE, interrupting=interrupting)


@pytest.mark.parametrize("host", HOSTS)
def test_a_timer_boundary_event_ends_whatever_activity_waits(run, host):
    check_host(run, host, CAUSE)


@pytest.mark.proves("timer start event of an event sub-process, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_timer_event_sub_process_ends_what_runs_around_it(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("timer start event of an event sub-process, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_timer_event_sub_process_runs_beside(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=False)


def test_a_timer_event_sub_process_listens_only_while_its_scope_is_alive(run):
    check_event_sub_process_is_closed_with_its_scope(run, CAUSE)
