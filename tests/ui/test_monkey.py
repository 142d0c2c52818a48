"""A monkey does no harm; ``python -m tests.campaign.monkeys`` lets it play for minutes."""

from __future__ import annotations

import pytest
from monkey import Monkey, tame
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from foviz import Session
from ui.window import MainWindow


@pytest.mark.parametrize(
    ("lesson", "seed"), [("hot-standby", 1), ("load-balance", 2), ("dual-partner-down", 3)]
)
def test_whatever_the_monkey_does_the_run_stays_and_nothing_breaks(
    qtbot, monkeypatch, lesson, seed
):
    tame(monkeypatch)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    session = Session.open(lesson)
    session.finish_story()
    trace = session.branch.trace
    before = len(trace), trace.fingerprint(len(trace))
    window = MainWindow(session, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    QApplication.processEvents()
    monkey = Monkey(window, seed)
    monkey.play(250)
    assert len(monkey.done) == len(monkey.deeds), "it has tried everything"
    assert (len(trace), trace.fingerprint(len(trace))) == before
    window.close()
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]
