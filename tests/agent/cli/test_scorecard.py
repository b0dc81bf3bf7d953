import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copyfile

import pytest

from agent.analytics.confidence import Calibration, CalibrationBin, calibration
from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import Estimate
from agent.analytics.scorecard.grade_score import GradeScore
from agent.analytics.scorecard.signal_score import SignalScore
from agent.cli.scorecard_view import print_scorecard
from agent.cli.source_view import wide_console
from agent.jobs.scorecard import Scorecard, score_day
from agent.store.engine import Store
from agent.store.track_records import track_records_known
from tests.agent.cli.commands import Commands
from tests.agent.jobs.scores import estimate, signal_score
from tests.agent.measuring.market import LAST, SOURCE, filled

NOTHING = Estimate.missing("on no day was the outcome of 10 graded assets known")


def grade_score(name: str, figure: Estimate, sample_size: int) -> GradeScore:
    return GradeScore(name, 7, sample_size, 50, 0, figure, figure, figure, figure, figure, figure)


def a_scorecard(*signals: SignalScore, filled_in: bool = False, said: Calibration | None = None) -> Scorecard:
    came_true = Calibration(
        40, Figure(0.24, None), Figure(0.0123, None), Figure(0.05, None), (CalibrationBin(0.5, 0.6, 40, 0.55, 0.5),)
    )
    grades = (grade_score("coinbrief_short_term", estimate(0.05), 700), grade_score("trader_grade", NOTHING, 0))
    return Scorecard(LAST, 400, 42, signals, grades, said or came_true, filled_in)


def printed(capsys: pytest.CaptureFixture[str], scorecard: Scorecard, horizon: int = 7) -> str:
    print_scorecard(wide_console(), scorecard, SOURCE, horizon)
    return capsys.readouterr().out


RSI = signal_score("rsi_oversold", horizon_days=7, hit_rate=0.55, base_rate=0.5, windows=60)


def test_a_signal_is_told_with_interval_base_rate_p_and_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, a_scorecard(RSI, replace(RSI, horizon_days=1, sample_size=999)))
    row = next(line for line in text.splitlines() if line.startswith("rsi_oversold"))
    assert " ".join(row.split()) == ("rsi_oversold down 120 60 55.0 [45.0, 65.0] 50.0 +1.0 [-9.0, +11.0] 0.900")
    assert "over Bitcoin: none, no close of Bitcoin" in text
    assert "unproven: what followed is within chance, given 3 tests" in " ".join(text.split())
    assert "Signals: momentum" in text
    assert "999" not in text


def test_a_proven_signal_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    good = replace(RSI, adjusted_p_value=Figure(0.0004, None), mean_excess=estimate(-0.02))
    text = printed(capsys, a_scorecard(good))
    assert "; proven: what followed is beyond chance" in " ".join(text.split())
    assert "<0.001" in text


def test_what_was_never_scored_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    never = replace(RSI, name="mvrv_hot", sample_size=0)
    assert "mvrv_hot: never fired with its horizon over" in printed(capsys, a_scorecard(never))


def test_grades_and_calibration_have_their_tables_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, a_scorecard(RSI))
    assert "coinbrief_short_term 700 50 +0.050 [-0.050, +0.150] +5.0 [-5.0, +15.0]" in " ".join(text.split())
    assert "trader_grade: on no day was the outcome of 10 graded assets known." in text
    row = next(line for line in text.splitlines() if line.startswith("50 to 60"))
    assert row.split() == ["50", "to", "60", "40", "55.0", "50.0"]
    assert "skill 0.012" in text
    empty = calibration(*([],) * 2)  # type: ignore[arg-type]  # empty arrays
    assert "Not known: nothing was predicted." in printed(capsys, a_scorecard(RSI, said=empty))


def test_a_filled_in_scorecard_says_so_in_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    heading = printed(capsys, a_scorecard(RSI, filled_in=True)).strip().splitlines()[0]
    assert "FILLED IN: not point in time, and not stored" in heading
    assert "FILLED IN" not in printed(capsys, a_scorecard(RSI))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("market") / "market.db").path


@pytest.fixture
def market(fresh: Commands, template: Path) -> Commands:
    database = fresh.folder / "coinbrief.db"
    copyfile(template, database)
    database.chmod(0o600)
    return fresh


def test_the_command_stores_what_it_prints_and_nothing_when_filled_in(
    market: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.jobs.scorecard.score_day", partial(score_day, days=120, draws=20))
    store = Store(market.folder / "coinbrief.db")
    found = json.loads(market.good("scorecard", "--filled-in", "--json", "--horizon", "7"))
    assert (found["stored"], found["filled_in"], found["day"]) == (False, True, LAST.isoformat())
    with store.reader() as session:
        assert track_records_known(session, SOURCE, LAST) == ()
    found = json.loads(market.good("scorecard", "--json"))
    with store.reader() as session:
        stored = {(row.name, row.horizon_days) for row in track_records_known(session, SOURCE, LAST)}
    scored = [(item["name"], item["horizon_days"]) for item in (*found["signals"], *found["grades"])]
    assert set(scored) == stored
    breakout = next(item for item in found["signals"] if item["name"] == "breakout_up")
    assert (breakout["family"], breakout["proven"]) == ("trend", False)
    assert breakout["verdict"].startswith("unproven: ")


def test_a_horizon_that_is_not_scored_is_refused(market: Commands) -> None:
    assert "choose among 1, 7, 30" in market.bad("scorecard", "--horizon", "5")
    assert "no bars of 2019-01-01" in market.bad("scorecard", "--day", "2019-01-01")
