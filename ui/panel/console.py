"""The console: lab lines typed and answered; those that clicks carry out stand here as well."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from foviz import FovizError, Reply, short_moment_text
from ui.model.lab_line import Completer, History, column_of, completed_lines

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QResizeEvent

    from ui.look import Look
    from ui.model.run import RunModel

MOST_LINES = 2000
TYPED, CLICKED = "> ", "» "
INDENT: Final = "  "
HINTS = 12
_FIRST = (
    "Type a line of the lab language and press Enter: “show leases”, “crash DHCP1”, "
    "“expect C1 bound”, “help”.",
    "What you do elsewhere with the mouse appears here as the line it stands for, marked ».",
)


class Said(NamedTuple):
    """A line of the output. ``kind``: typed, clicked, answer, good, bad, note; ``when`` a time."""

    kind: str
    text: str
    when: str = ""


class ConsolePanel(QWidget):
    """The console."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
        self.history = History()
        self.completer = Completer()
        self.said: deque[Said] = deque(maxlen=MOST_LINES)
        self._own = False
        self.setProperty("role", "sunken")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        model.carried_out.connect(self._note)
        model.opened.connect(self._opened)
        model.moved.connect(self._hint)
        look.changed.connect(self.dress)
        self.dress()
        self._opened()

    def _build(self) -> None:
        self.output = QPlainTextEdit(self)
        self.output.setReadOnly(True)
        self.output.setAccessibleName("What the console answered")
        self.output.setProperty("role", "console")
        self.output.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.output.setMaximumBlockCount(MOST_LINES)
        self.output.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # Tab goes on to the field; the output has no use for it.
        self.output.setTabChangesFocus(True)
        self.prompt = QLabel(TYPED.strip())
        self.prompt.setProperty("role", "mono")
        self.field = QLineEdit()
        self.field.setAccessibleName("Lab line")
        self.field.setAccessibleDescription(
            "Enter carries the line out, Tab completes it, Up and Down bring earlier lines."
        )
        self.field.setProperty("role", "prompt")
        self.field.setPlaceholderText("lab line: Enter does it, Tab completes, ↑ earlier lines")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._hint)
        self.hint = QLabel()
        self.hint.setProperty("role", "note")
        self.hint.setAccessibleName("What can come next")
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(6, 0, 10, 1)
        self._row.setSpacing(6)
        self._row.addWidget(self.prompt)
        self._row.addWidget(self.field, 3)
        self._row.addWidget(self.hint, 2)
        column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.output, 1)
        column.addLayout(self._row)
        self.setFocusProxy(self.field)

    def remember(self, settings: QSettings | None) -> None:
        """Keep the typed lines over sessions, if there are settings to keep them in."""
        self.history.remember(settings)

    # -- doing

    def run_line(self, line: str) -> None:
        """Carry a line out at the position and say what came of it."""
        line = line.strip()
        if not line:
            return
        self.history.add(line)
        self.field.clear()
        session = self.model.session
        self._say(Said("typed", line, short_moment_text(session.playhead)))
        try:
            reply = session.do(line)
        except FovizError as error:
            self._refuse(error)
            return
        self._own = True
        self.model.after_line(line, reply)
        self._own = False
        self._answer(line, reply)

    def _answer(self, line: str, reply: Reply) -> None:
        if line.startswith("expect"):
            for text in reply.lines:
                self._say(Said("good", f"ok: {text}"))
            return
        for text in reply.lines or ("done",):
            self._say(Said("answer" if reply.lines else "note", text))

    def _refuse(self, error: FovizError) -> None:
        column = column_of(error)
        if column:
            # Under the typed line, past its mark.
            self._say(Said("bad", " " * (column - 1) + "^ " + error.message))
        else:
            self._say(Said("bad", error.message))

    def _note(self, line: str, reply: Reply) -> None:
        """A line was carried out by another part of the window."""
        if self._own:
            return
        self._say(Said("clicked", line, short_moment_text(self.model.playhead)))
        for text in reply.lines:
            self._say(Said("answer", text))

    def _opened(self) -> None:
        """Another run begins with an empty page."""
        self.said.clear()
        self._render()

    # -- output

    def _say(self, said: Said) -> None:
        first = not self.said
        self.said.append(said)
        if first:
            self._render()
            return
        self._write(said)
        self._show_end()

    def _render(self) -> None:
        self.output.clear()
        for words in () if self.said else _FIRST:
            self._write(Said("note", words))
        for said in self.said:
            self._write(said)
        self._show_end()

    def _show_end(self) -> None:
        """Scroll to the newest line, at its beginning; an empty page to its top."""
        move = QTextCursor.MoveOperation
        self.output.moveCursor(move.End if self.said else move.Start)
        self.output.moveCursor(move.StartOfBlock)

    def _write(self, said: Said) -> None:
        theme = self.look.theme
        mark = {"typed": TYPED, "clicked": CLICKED}.get(said.kind, INDENT)
        cursor = QTextCursor(self.output.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.output.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(mark, self._form(theme.sel, bold=True))
        lines = said.text
        bold = said.kind in ("typed", "clicked", "bad")
        cursor.insertText(lines, self._form(self._colour(said.kind), bold=bold))
        if said.when:
            cursor.insertText(f"   {said.when}", self._form(theme.ink3))

    def _colour(self, kind: str) -> QColor:
        theme = self.look.theme
        return {"bad": theme.bad, "note": theme.ink3, "answer": theme.ink2}.get(kind, theme.ink)

    def _form(self, colour: QColor, *, bold: bool = False) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(colour)
        form.setFont(self.look.theme.font(11, bold, True))
        return form

    # -- typing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down bring earlier lines, Tab completes, Return does it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = -1 if key == Qt.Key.Key_Up else 1
            self.field.setText(self.history.go(step, self.field.text()))
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.field.text():
            return self._complete(1 if key == Qt.Key.Key_Tab else -1)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_line(self.field.text())
            return True
        if key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
            return True
        return super().eventFilter(watched, event)

    def _complete(self, step: int) -> bool:
        """Complete the line; where nothing can be added Tab goes on to the next control."""
        text = self.field.text()
        longer = self.completer.next(self.model.session, text, step)
        if longer == text:
            return False
        self.field.setText(longer)
        return True

    def _hint(self) -> None:
        """Say what can come next."""
        if not self.isVisible():
            return
        text = self.field.text()
        lines = completed_lines(self.model.session, text)
        words = [line.rpartition(" ")[2] for line in lines[:HINTS]]
        words += ["…"] if len(lines) > HINTS else []
        full = " · ".join(words)
        self.hint.setText(self.look.theme.elide(full, self.hint.width(), 10))
        self.hint.setToolTip(full)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint has other room."""
        super().resizeEvent(event)
        self._row.activate()
        self._hint()

    def showEvent(self, event: object) -> None:
        """Show the newest line."""
        self._show_end()
        self._hint()

    def dress(self) -> None:
        """Take the colours of the theme: every line is written anew in them."""
        theme = self.look.theme
        self.prompt.setStyleSheet(f"color: {theme.sel.name()}; font-weight: bold;")
        self.output.document().setDocumentMargin(theme.px(5))
        self._render()

    def status_words(self) -> str:
        """Return where a line would be done."""
        session = self.model.session
        return f"at {short_moment_text(session.playhead)}, branch {session.branch.name}"
