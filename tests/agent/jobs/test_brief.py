import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from agent.briefing.document import Briefing
from agent.briefing.render.html import render_html
from agent.briefing.render.markdown import render_markdown
from agent.claims.claim import SectionKey
from agent.errors import UnknownRow
from agent.jobs.brief import briefing_id, rebuild
from agent.jobs.deliver import outgoing_mails
from agent.jobs.errors import NothingCollected
from agent.store.briefings import get_briefing, list_briefings
from agent.store.engine import Store
from agent.store.facts import find_fact
from agent.store.outbox import NewMessage, list_outbox
from agent.store.portfolios import create
from agent.store.signals import signals_on
from datasources.records import DataKind
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.world import LAST_CLOSE, NOW, TODAY, USUAL, World
from tests.agent.jobs.writing import MAIL, assert_true, scribe, sentences, wanted

DAY = timedelta(days=1)


def note(briefing: Briefing, _portfolio_id: int) -> Sequence[NewMessage]:
    """A short message instead of a rendered mail."""
    key = f"{briefing.day}-{briefing.edition}"
    return [NewMessage(key, briefing.briefing_id, "email", "ann@example.org", f"<{key}@x>", b"payload")]


def outbox(store: Store) -> list[tuple[str, str, str]]:
    with store.reader() as session:
        return sorted((row.key, row.briefing_id, row.state) for row in list_outbox(session))


SCANNED = ("signal", "own_grade_day", "scan_state")  # what a scan stores, before a briefing is written from it


def test_a_briefing_is_written_checked_and_stored_with_its_facts(collected: Store) -> None:
    briefing = scribe(collected).brief(wanted())
    assert_true(briefing)
    assert (briefing.briefing_id, briefing.as_of, briefing.written_at) == ("p1-2025-10-11-daily-1", LAST_CLOSE, NOW)
    with collected.reader() as session:
        assert get_briefing(session, briefing.briefing_id) is not None
        assert all(find_fact(session, fact.fact_id, briefing.briefing_id) for fact in briefing.facts)
        assert signals_on(session, "sandbox", LAST_CLOSE)


def test_the_same_snapshot_gives_the_stored_briefing(collected: Store) -> None:
    first = scribe(collected).brief(wanted())
    before = rows_of(collected.path, ())  # with what a scan stores and when: the day is not scanned again
    later = scribe(collected, lambda: NOW + timedelta(hours=3)).brief(wanted())
    assert later == first
    assert rows_of(collected.path, ()) == before


def test_new_data_makes_a_second_revision_that_is_not_mailed_again(collected: Store, world: World) -> None:
    writing = scribe(collected, outgoing=note)
    first = writing.brief(wanted(TODAY + DAY))
    world.clock.now = NOW + DAY
    world.collect(collected, [DataKind.DAILY_BARS], USUAL)
    second = writing.brief(wanted(TODAY + DAY))
    assert (first.revision, second.revision) == (1, 2)
    assert (first.as_of, second.as_of) == (LAST_CLOSE, TODAY)
    assert_true(second)
    assert outbox(collected) == [("2025-10-12-daily", first.briefing_id, "ready")]
    assert scribe(collected).brief(wanted(TODAY + DAY)) == second


def test_a_briefing_and_its_mail_are_stored_together_or_not_at_all(collected: Store) -> None:
    before = rows_of(collected.path, SCANNED)
    broken = NewMessage("k", "no-such-briefing", "email", "ann@example.org", "<k@x>", b"")
    with pytest.raises(Exception, match="breaks a rule"):
        scribe(collected, outgoing=lambda _briefing, _id: [broken]).brief(wanted())
    assert rows_of(collected.path, SCANNED) == before
    briefing = scribe(collected, outgoing=note).brief(wanted())
    assert outbox(collected) == [("2025-10-11-daily", briefing.briefing_id, "ready")]


def test_a_stored_briefing_can_be_queued_later_and_only_once(collected: Store) -> None:
    briefing = scribe(collected).brief(wanted())
    assert outbox(collected) == []
    for _ in range(2):
        scribe(collected, outgoing=note).brief(wanted())
    assert outbox(collected) == [("2025-10-11-daily", briefing.briefing_id, "ready")]


def test_editions_of_a_day_are_apart(collected: Store) -> None:
    daily, evening = (scribe(collected, outgoing=note).brief(wanted(edition=name)) for name in ("daily", "evening"))
    assert (daily.revision, evening.revision) == (1, 1)
    assert len(outbox(collected)) == 2


def test_two_writers_of_one_snapshot_leave_one_briefing_and_one_mail(collected: Store) -> None:
    def meanwhile(point: str) -> None:
        if point == "before_save":
            scribe(collected, outgoing=note).brief(wanted())

    briefing = scribe(collected, outgoing=note, faultpoint=meanwhile).brief(wanted())
    with collected.reader() as session:
        assert [row.briefing_id for row in list_briefings(session)] == [briefing.briefing_id]
    assert outbox(collected) == [("2025-10-11-daily", briefing.briefing_id, "ready")]


def test_two_writers_of_different_snapshots_leave_two_revisions(collected: Store, world: World) -> None:
    tomorrow = wanted(TODAY + DAY)

    def meanwhile(point: str) -> None:
        if point == "before_save":
            world.clock.now = NOW + DAY
            world.collect(collected, [DataKind.DAILY_BARS], USUAL)
            scribe(collected, outgoing=note).brief(tomorrow)

    briefing = scribe(collected, outgoing=note, faultpoint=meanwhile).brief(tomorrow)
    assert (briefing.revision, briefing.briefing_id) == (2, "p1-2025-10-12-daily-2")
    with collected.reader() as session:
        stored = {row.revision: row for row in list_briefings(session)}
    assert (stored[1].as_of, stored[2].as_of) == (TODAY, LAST_CLOSE)
    assert outbox(collected) == [("2025-10-12-daily", "p1-2025-10-12-daily-1", "ready")]


def test_the_next_days_briefing_says_what_changed_since_the_last(collected: Store, world: World) -> None:
    scribe(collected).brief(wanted())
    world.clock.now = NOW + DAY
    world.collect(collected, None, USUAL)
    briefing = scribe(collected, world.clock).brief(wanted(TODAY + DAY))
    assert_true(briefing)
    since = next(section for section in briefing.sections if section.key is SectionKey.SINCE_LAST)
    assert any("since the briefing of 11 October 2025" in sentence.text for sentence in since.sentences)


def test_days_between_two_briefings_are_scanned_too(collected: Store, world: World) -> None:
    scribe(collected).brief(wanted())
    world.clock.now = NOW + 3 * DAY
    world.collect(collected, [DataKind.DAILY_BARS], USUAL)
    scribe(collected, world.clock).brief(wanted(TODAY + 3 * DAY))
    with closing(sqlite3.connect(collected.path)) as connection:
        days = connection.execute("SELECT count(DISTINCT day) FROM signal").fetchone()[0]
    with collected.reader() as session:
        signalled = [bool(signals_on(session, "sandbox", LAST_CLOSE + offset * DAY)) for offset in range(4)]
    assert days == sum(signalled) >= 2


def test_a_day_of_the_past_uses_nothing_that_came_later(collected: Store) -> None:
    briefing = scribe(collected).brief(wanted(TODAY - 5 * DAY))
    assert_true(briefing)
    assert briefing.as_of == LAST_CLOSE - 5 * DAY
    assert max(fact.as_of for fact in briefing.facts) <= TODAY - 5 * DAY


def test_late_prices_are_named_as_late(collected: Store) -> None:
    briefing = scribe(collected).brief(wanted(TODAY + 3 * DAY))
    assert_true(briefing)
    assert briefing.as_of == LAST_CLOSE
    gaps = next(section for section in briefing.sections if section.key is SectionKey.GAPS)
    assert any("10 October 2025" in sentence.text or "13 October 2025" in sentence.text for sentence in gaps.sentences)


def test_a_kind_that_failed_is_named_among_the_gaps(collected: Store, world: World) -> None:
    from datasources.sandbox.faults import Fault, FaultKind  # noqa: PLC0415 - only this test breaks something

    world.running.faults.add(Fault(FaultKind.SERVER_ERROR, "/v2/trader-grades"))
    world.collect(collected, [DataKind.TRADER_GRADES], USUAL)
    briefing = scribe(collected).brief(wanted())
    assert_true(briefing)
    assert any("Collecting trader grades from the sandbox market failed" in text for text in sentences(briefing))


def test_an_empty_portfolio_gets_a_briefing_of_the_market(collected: Store) -> None:
    with collected.writer() as session:
        create(session, "empty", NOW)
    briefing = scribe(collected).brief(wanted(portfolio="empty"))
    assert_true(briefing)
    assert any("Bitcoin" in text for text in sentences(briefing))


def test_without_a_single_bar_there_is_no_briefing(store: Store) -> None:
    with store.writer() as session:
        create(session, "main", NOW)
    with pytest.raises(NothingCollected, match="coinbrief collect"):
        scribe(store).brief(wanted())


def test_an_unknown_portfolio_is_named(collected: Store) -> None:
    with pytest.raises(UnknownRow, match="'nobody'"):
        scribe(collected).brief(wanted(portfolio="nobody"))


def test_a_rebuilt_briefing_is_the_stored_one_byte_for_byte(collected: Store) -> None:
    briefing = scribe(collected).brief(wanted())
    again = rebuild(briefing)
    assert again == briefing
    assert render_markdown(again) == render_markdown(briefing)
    assert render_html(again, chart=None, dashboard_url="") == render_html(briefing, chart=None, dashboard_url="")


def test_a_killed_writer_leaves_nothing_half_done(collected: Store) -> None:
    class Killed(BaseException):
        pass

    def stop_at(point: str) -> None:
        def stop(name: str) -> None:
            if name == point:
                raise Killed

        with pytest.raises(Killed):
            scribe(collected, outgoing=note, faultpoint=stop).brief(wanted())

    stop_at("snapshot_read")
    stop_at("before_save")
    assert outbox(collected) == []
    stop_at("after_save")
    assert len(outbox(collected)) == 1
    briefing = scribe(collected, outgoing=note).brief(wanted())
    assert outbox(collected) == [("2025-10-11-daily", briefing.briefing_id, "ready")]


def test_mails_go_to_the_outbox_with_the_briefing(collected: Store, no_pictures: None) -> None:
    briefing = scribe(collected, outgoing=outgoing_mails(MAIL)).brief(wanted())
    with collected.reader() as session:
        rows = list_outbox(session)
    assert {row.recipient for row in rows} == {"ann@example.org", "bob@example.org"}
    assert {row.briefing_id for row in rows} == {briefing.briefing_id}
    assert all(b"Bitcoin" in row.payload for row in rows)


def test_an_id_names_portfolio_day_edition_and_revision() -> None:
    assert briefing_id(3, TODAY, "evening", 2) == "p3-2025-10-11-evening-2"
