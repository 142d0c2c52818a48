"""Menus of the timeline: what can be done to a branch, a bookmark, a moment or a span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu

from foviz import moment_text
from ui.dialog.span import SpanDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ui.model.run import RunModel
    from ui.model.selection import Selection


def menu_of(view: QWidget, model: RunModel, selection: Selection) -> QMenu | None:
    """Return the menu of a branch or a bookmark, None for anything else."""
    if selection.kind == "branch":
        return _branch_menu(view, model, str(selection.value))
    if selection.kind == "bookmark":
        return _bookmark_menu(view, model, int(selection.value))
    return None


def moment_menu(view: QWidget, model: RunModel, at: int) -> QMenu:
    """Return the menu of a moment on the axis."""
    menu = _menu(view, moment_text(at))

    def mark() -> None:
        model.seek_time(at)
        add_bookmark(view, model)

    _add(menu, "Bookmark here …", mark)
    _add(menu, "Fault from here to there …", lambda: ask_span(view, model, at, 0))
    return menu


def _branch_menu(view: QWidget, model: RunModel, name: str) -> QMenu:
    session = model.session
    present = session.branch.name
    title = session.timeline.branches[name].title
    menu = _menu(view, f"{name} {title}".rstrip())
    on_it = "you are on it" if name == present else ""
    _add(menu, "Go to this branch", lambda: model.switch(name), on_it)
    _add(menu, "Rename …", lambda: rename_branch(view, model, name))
    other = f"Compare with {present}" if name != present else "Compare with the present branch"
    _add(menu, other, lambda: model.compare_wanted.emit(name, present), on_it)
    reason = session.reason_to_keep(name)
    _add(menu, "Delete", lambda: model.delete_branch(name), reason)
    return menu


def _bookmark_menu(view: QWidget, model: RunModel, number: int) -> QMenu | None:
    mark = next((mark for mark in model.session.bookmarks() if mark.number == number), None)
    if mark is None:
        return None
    menu = _menu(view, mark.note or moment_text(mark.at))
    _add(menu, "Go there", lambda: model.go_bookmark(number))
    _add(menu, "Rename …", lambda: rename_bookmark(view, model, number))
    _add(menu, "Remove", lambda: model.remove_bookmark(number))
    return menu


def _menu(view: QWidget, title: str) -> QMenu:
    menu = QMenu(title, view)
    menu.setToolTipsVisible(True)
    menu.setProperty("role", "deeds")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    head = menu.addAction(title.replace("&", "&&"))
    head.setEnabled(False)
    menu.addSeparator()
    return menu


def _add(menu: QMenu, text: str, deed: Callable[[], object], reason: str = "") -> None:
    entry = menu.addAction(f"{text} – {reason}" if reason else text)
    entry.setEnabled(not reason)
    entry.triggered.connect(lambda _=False: deed())


# -- asking ------------------------------------------------------------------------------


def add_bookmark(parent: QWidget, model: RunModel) -> None:
    """Mark the playhead with a note."""
    at = moment_text(model.playhead)
    note, taken = QInputDialog.getText(parent, "Bookmark", f"Note for {at} (may be empty)")
    if taken:
        model.add_bookmark(note)


def rename_bookmark(parent: QWidget, model: RunModel, number: int) -> None:
    """Ask for another note of a bookmark."""
    mark = next(mark for mark in model.session.bookmarks() if mark.number == number)
    note, taken = QInputDialog.getText(parent, "Bookmark", "Note", text=mark.note)
    if taken:
        model.note_bookmark(number, note)


def rename_branch(parent: QWidget, model: RunModel, name: str = "") -> None:
    """Ask for another title of a branch, the present one unless another is named."""
    name = name or model.session.branch.name
    title = model.session.timeline.branches[name].title
    words, taken = QInputDialog.getText(parent, "Rename", f"Name of branch {name}", text=title)
    if taken:
        model.rename_branch(name, words)


def ask_span(parent: QWidget, model: RunModel, start: int, end: int) -> None:
    """Ask which fault holds over a span, and let it happen."""
    SpanDialog(model, start, end, parent).show()
