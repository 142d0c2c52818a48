"""Pages of text: keys, the lab language, about."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from foviz import DEEDS, FACTS, QUESTIONS, RUNS, Form
from ui.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ui.actions import Actions

_CELL = "padding: 2px 18px 2px 0"


class Page(QDialog):
    """A page of text with a button to close it."""

    def __init__(self, title: str, html: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(640, 560)
        text = QTextBrowser()
        text.setHtml(html)
        text.setOpenExternalLinks(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)


def keys_html(actions: Actions) -> str:
    """Every action that has keys, by group."""
    rows: list[str] = []
    group = ""
    for spec in ACTIONS:
        keys = escape(actions.shown_keys(spec.id))
        if not keys:
            continue
        if spec.group != group:
            group = spec.group
            rows.append(f'<tr><td colspan="2"><b>{group}</b></td></tr>')
        words = escape(spec.text.removesuffix(" …"))
        rows.append(f'<tr><td style="{_CELL}">{keys}</td><td>{words}</td></tr>')
    rows.append('<tr><td colspan="2"><b>In a view</b></td></tr>')
    for keys, words in (
        ("Tab", "go to the next view or control"),
        ("Up, Down", "walk over what the view shows"),
        ("Return", "select it, or open its menu"),
        ("Wheel", "scroll into the past"),
        ("A, B, C, D", "answer the question of the Lecture layout"),
    ):
        rows.append(f'<tr><td style="{_CELL}">{keys}</td><td>{words}</td></tr>')
    return f"<table>{''.join(rows)}</table>"


def words_html() -> str:
    """The lab language: every form with its meaning and an example."""
    parts: list[str] = []
    for title, forms in (
        ("What you can do", DEEDS),
        ("Letting time pass", RUNS),
        ("Asking", QUESTIONS),
        ("Facts, for expect and run until", FACTS),
    ):
        parts.append(f"<h4>{title}</h4><table>{''.join(_form_rows(forms))}</table>")
    return "".join(parts)


def _form_rows(forms: Iterable[Form]) -> Iterable[str]:
    for form in forms:
        yield (
            f'<tr><td style="{_CELL}"><code>{escape(form.example)}</code></td>'
            f"<td>{escape(form.meaning)}</td></tr>"
        )


ABOUT = (
    "<h3>Foviz</h3><p>A DHCP failover laboratory in one window: real DHCP servers, clients and "
    "failover endpoints under a clock of your own.</p><p>MIT licence. Qt by PySide6 (LGPL).</p>"
)
