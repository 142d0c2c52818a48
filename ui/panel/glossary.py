"""The glossary: the field's words, with sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from foviz import GLOSSARY

if TYPE_CHECKING:
    from ui.look import Look
    from ui.model.run import RunModel


class GlossaryPanel(QWidget):
    """All terms in alphabetical order."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.look = look
        self.text = QTextBrowser(self)
        self.text.setAccessibleName("Glossary")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 4, 6)
        column.addWidget(self.text)
        look.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        ink3 = self.look.theme.ink3.name()
        rows = [
            f"<p><b>{term.word}</b><br>{term.meaning}"
            f'<br><span style="color:{ink3}">{term.source}</span></p>'
            for term in sorted(GLOSSARY.values(), key=lambda term: term.word.lower())
        ]
        self.text.setHtml("".join(rows))
