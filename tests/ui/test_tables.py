"""The event log and the lease table: rows up to the playhead, selected with everything else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from foviz import AUDIT, ERROR, KEEP_ALIVES, Session
from ui.model.event_log import EVERY_EVENT
from ui.model.lease_rows import ACKED, DIFFERING, EXPIRES, LEASED, UNEQUAL
from ui.model.selection import NOTHING, Selection
from ui.window import MainWindow


def window_with(qtbot, tab: str, target: str = "hot-standby") -> MainWindow:
    session = Session.open(target)
    session.finish_story()
    window = MainWindow(session, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    QApplication.processEvents()
    window.docks["leases"].show_view(tab)
    QApplication.processEvents()
    return window


def settle(qtbot, panel) -> None:
    """Wait until the panel has caught up."""
    qtbot.wait(120)
    reader = panel.reader
    qtbot.waitUntil(lambda: not getattr(reader, "behind", 0), timeout=20_000)
    QApplication.processEvents()


@pytest.fixture
def log(qtbot):
    window = window_with(qtbot, "events")
    window.model.seek_time(window.model.steps()[15].at)
    settle(qtbot, window.views["events"])
    return window.views["events"]


def entries(panel):
    return [panel.reader.entry(row) for row in range(panel.table.rowCount())]


def test_events_stand_in_order_and_none_lies_after_the_playhead(log):
    found = entries(log)
    assert len(found) > 50
    assert [entry.record for entry in found] == sorted(entry.record for entry in found)
    assert found[-1].at <= log.model.playhead
    assert not any(entry.id in KEEP_ALIVES for entry in found)
    texts = " ".join(entry.text for entry in found)
    assert "DHCP2 lost contact with its partner" in texts


def test_a_step_back_shows_what_was_known_then(log, qtbot):
    late = entries(log)
    log.model.seek_time(log.model.steps()[2].at)
    settle(qtbot, log)
    early = entries(log)
    assert 0 < len(early) < len(late)
    assert early == late[: len(early)]
    assert early[-1].at <= log.model.playhead
    log.model.seek_time(log.model.steps()[15].at)
    settle(qtbot, log)
    assert entries(log) == late


def test_another_branch_has_its_own_events(log, qtbot):
    story = entries(log)
    log.model.do("partner-down DHCP2")
    log.model.do("run 5m")
    settle(qtbot, log)
    branch = entries(log)
    assert branch[: len(story)] == story
    assert "to PARTNER-DOWN" in branch[len(story)].text
    log.model.session.return_to_story()
    log.model.moved.emit()
    settle(qtbot, log)
    assert entries(log) == story


def test_a_chosen_event_is_selected_everywhere_and_time_stands_still(log, qtbot):
    before = log.model.session.position
    log.view.selectRow(10)
    record = log.reader.entry(10).record
    assert log.model.selection == Selection("record", record)
    assert log.model.focus.record == record
    assert log.model.session.position == before
    settle(qtbot, log)
    assert [index.row() for index in log.view.selectionModel().selectedRows()] == [10]


def test_return_goes_to_the_moment_of_an_event(log, qtbot):
    log.view.selectRow(10)
    entry = log.reader.entry(10)
    log.view.setFocus()
    qtbot.keyClick(log.view, Qt.Key.Key_Return)
    assert log.model.playhead == entry.at
    assert log.model.selection == Selection("record", entry.record)
    settle(qtbot, log)
    assert log.table.rowCount() == log.reader.row_of(entry.record) + 1 or (
        log.reader.entry(log.table.rowCount() - 1).at == entry.at
    )


def test_the_event_of_a_record_selected_elsewhere_is_chosen(log, qtbot):
    record = log.reader.entry(20).record
    log.model.select(Selection("record", record))
    settle(qtbot, log)
    assert [index.row() for index in log.view.selectionModel().selectedRows()] == [20]
    log.model.select(NOTHING)
    settle(qtbot, log)
    assert not log.view.selectionModel().hasSelection()
    assert log.model.selection == NOTHING


def test_the_filter_of_the_log(log, qtbot):
    every = entries(log)
    log.level.setCurrentText("Errors")
    assert {entry.level for entry in entries(log)} == {ERROR}
    log.level.setCurrentIndex(0)
    log.server.setCurrentText("DHCP1")
    names = {log.model.session.reader.name(entry.host) for entry in entries(log)}
    assert names == {"DHCP1"}
    log.server.setCurrentIndex(0)
    log.words.setText("Lost Contact")
    assert [entry.id for entry in entries(log)] == [20255]
    log.words.setText("20255")
    assert [entry.id for entry in entries(log)] == [20255]
    log.words.setText("nothing says this")
    assert not entries(log)
    assert "filter" in log.empty.text()
    log.words.clear()
    log.channel.setCurrentText(AUDIT)
    assert {entry.channel for entry in entries(log)} == {AUDIT}
    log.channel.setCurrentText(EVERY_EVENT)
    assert len(entries(log)) > len(every)


def test_the_status_says_when_the_filter_hides_the_selected_event(log, qtbot):
    audited = next(entry for entry in entries(log) if entry.channel == AUDIT)
    log.channel.setCurrentText("Admin")
    log.model.select(Selection("record", audited.record))
    settle(qtbot, log)
    assert "hides the selected" in log.status_words()


def test_a_log_nobody_looks_at_reads_nothing(qtbot):
    window = window_with(qtbot, "leases")
    panel = window.views["events"]
    window.model.seek_time(window.model.steps()[15].at)
    qtbot.wait(150)
    assert panel.table.rowCount() == 0
    window.docks["leases"].show_view("events")
    settle(qtbot, panel)
    assert panel.table.rowCount() > 50


def test_the_log_of_another_run_begins_anew(log, qtbot):
    log.model.open(Session.open_scenario("two-sites"))
    settle(qtbot, log)
    assert all(entry.at <= log.model.playhead for entry in entries(log))
    assert log.server.count() == 3


# -- the lease table


@pytest.fixture
def leases(qtbot):
    window = window_with(qtbot, "lease-table")
    window.model.seek_time(window.model.steps()[15].at)
    settle(qtbot, window.views["lease-table"])
    return window.views["lease-table"]


def texts(panel, row):
    return panel.table.rows[row].texts


def test_each_address_that_is_not_free_has_a_row(leases):
    shown = {row.address for row in leases.table.rows}
    pool = leases.model.snapshot.pools[0]
    wanted = {
        address
        for address in range(pool.first, pool.last + 1)
        if any(belief.binding(address).status.name != "FREE" for belief in pool.beliefs)
    }
    assert shown == wanted


def test_a_row_says_what_both_servers_have_and_where_they_differ(leases):
    first = texts(leases, 0)
    assert first[:5] == ("10.0.0.51", "C1", "ACTIVE", "≠", "ACTIVE")
    assert first[5] == "DHCP2"
    assert first[EXPIRES].startswith("Mon 8 10:30:04 ≠ Tue 9 ")
    assert first[ACKED] == "no"
    second = texts(leases, 1)
    assert second[1:5] == ("C2", "BACKUP", "≠", "ACTIVE")
    index = leases.table.index(0, UNEQUAL)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "the servers differ"


def test_rows_are_those_of_the_playhead(leases, qtbot):
    leases.model.seek_time(leases.model.steps()[10].at)
    settle(qtbot, leases)
    first = texts(leases, 0)
    assert first[2:5] == ("ACTIVE", "", "ACTIVE")
    assert "≠" not in first[EXPIRES]
    assert first[ACKED] == "yes"


def test_rows_are_those_of_the_branch(leases, qtbot):
    leases.model.do("release C2")
    leases.model.do("run 1m")
    settle(qtbot, leases)
    assert texts(leases, 1)[4] != "ACTIVE"
    leases.model.session.return_to_story()
    leases.model.moved.emit()
    settle(qtbot, leases)
    assert texts(leases, 1)[4] == "ACTIVE"


def test_filters_and_order_of_the_lease_table(leases):
    count = len(leases.table.rows)
    leases.kind.setCurrentText(LEASED)
    assert len(leases.table.rows) == 2
    leases.kind.setCurrentText(DIFFERING)
    assert all(row.differs for row in leases.table.rows)
    leases.kind.setCurrentIndex(0)
    leases.words.setText("c2")
    assert [row.client for row in leases.table.rows] == ["C2"]
    leases.words.setText("no such words")
    assert "filter" in leases.empty.text()
    leases.words.clear()
    assert len(leases.table.rows) == count
    leases.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    found = [row.address for row in leases.table.rows]
    assert found == sorted(found, reverse=True)


def test_an_address_is_selected_both_ways(leases, qtbot):
    before = leases.model.session.position
    leases.view.selectRow(1)
    address = leases.table.rows[1].address
    assert leases.model.selection == Selection("address", address)
    assert leases.model.session.position == before
    other = leases.table.rows[0].address
    leases.model.select(Selection("address", other))
    settle(qtbot, leases)
    assert [index.row() for index in leases.view.selectionModel().selectedRows()] == [0]
    client = leases.model.session.reader.names.index("C2")
    leases.model.select(Selection("host", client))
    settle(qtbot, leases)
    assert [index.row() for index in leases.view.selectionModel().selectedRows()] == [1]
    assert leases.model.selection == Selection("host", client)


def test_several_scopes_have_a_chooser(leases, qtbot):
    assert not leases.scope.isVisible()
    leases.model.open(Session.open_scenario("hub-and-spoke"))
    settle(qtbot, leases)
    assert leases.scope.isVisible()
    assert leases.scope.count() == len(leases.model.snapshot.pools)
    pool = leases.model.snapshot.pools[2]
    leases.model.select(Selection("address", pool.first))
    settle(qtbot, leases)
    assert leases.scope.currentData() == pool.scope
    leases.scope.setCurrentIndex(0)
    first = leases.model.snapshot.pools[0]
    assert all(first.first <= row.address <= first.last for row in leases.table.rows)


def test_a_free_lab_says_what_will_stand_in_the_lease_table(leases, qtbot):
    leases.model.open(Session.open_scenario("load-balance"))
    leases.model.seek_time(0)
    leases.words.setText("")
    settle(qtbot, leases)
    assert bool(leases.table.rows) is not leases.empty.isVisible()
