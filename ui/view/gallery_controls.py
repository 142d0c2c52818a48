"""The page of the gallery that shows real controls under the style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QSplitter,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.icons import icon
from ui.stylesheet import stylesheet

if TYPE_CHECKING:
    from ui.theme import Theme

_LESSON = """<p>At 7/8 of its lease C1 stops asking DHCP1 and broadcasts. Every server on the
LAN hears it. <b>DHCP2</b> was the standby; alone since Tuesday, it answers
<a href="x">everybody</a>.</p>"""


def _role(widget: QWidget, role: str) -> QWidget:
    widget.setProperty("role", role)
    return widget


def _tool(theme: Theme, name: str, role: str, text: str = "") -> QToolButton:
    button = QToolButton()
    button.setText(text)
    if name:
        size = 16 if role == "play" else 20 if role == "transport" else 14
        colour = theme.onpress if role == "play" else None
        button.setIcon(icon(name, theme, colour=colour))
        button.setIconSize(QSize(size, size))
    if name and text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    _role(button, role)
    return button


def _transport(theme: Theme) -> QWidget:
    bar = _role(QWidget(), "bar")
    bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    bar.setFixedHeight(theme.px(48))
    row = QHBoxLayout(bar)
    row.setContentsMargins(12, 0, 12, 0)
    row.setSpacing(6)
    for name in ("menu", "first", "previous-step", "back"):
        row.addWidget(_tool(theme, name, "transport"))
    row.addWidget(_tool(theme, "play", "play"))
    for name in ("step", "next-step", "last"):
        button = _tool(theme, name, "transport")
        row.addWidget(button)
    button.setEnabled(False)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setFixedWidth(72)
    slider.setValue(40)
    row.addWidget(slider)
    row.addWidget(QLabel("1 message/s"))
    row.addWidget(_role(QLabel("Mon 8 Jan"), "date"))
    row.addWidget(_role(QLabel("09:30:04.113"), "clock"))
    row.addStretch()
    segments = QHBoxLayout()
    segments.setSpacing(0)
    for role, text in (
        ("first", "Learn"),
        ("middle", "Lecture"),
        ("middle", "Explore"),
        ("last", "Debug"),
    ):
        button = _tool(theme, "", role, text)
        button.setCheckable(True)
        button.setChecked(text == "Learn")
        segments.addWidget(button)
    row.addLayout(segments)
    field = QLineEdit()
    field.setPlaceholderText("Command or search")
    field.addAction(
        icon("search", theme, colour=theme.ink3), QLineEdit.ActionPosition.LeadingPosition
    )
    row.addWidget(_role(field, "command"))
    return bar


def _left(theme: Theme) -> QWidget:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    tabs = QTabBar()
    for text in ("Lesson", "Index", "Glossary", "Lease table", "Event log"):
        tabs.addTab(text)
    column.addWidget(tabs)
    column.addWidget(_role(QLabel("Rebinding"), "section"))
    browser = QTextBrowser()
    browser.document().setDefaultStyleSheet(f"a {{ color: {theme.sel.name()} }}")
    browser.setHtml(_LESSON * 4)
    browser.setFixedHeight(110)
    column.addWidget(browser)
    card = _role(QFrame(), "card")
    answers = QVBoxLayout(card)
    answers.addWidget(_role(QLabel("How long a lease does C1 get?"), "question"))
    for text in ("8 days, the scope’s lease time", "1 hour, the MCLT", "none"):
        answer = QRadioButton(text)
        answer.setChecked(text.startswith("1"))
        answers.addWidget(_role(answer, "answer"))
    column.addWidget(card)
    for text in ("ticked", "not ticked"):
        tick = QCheckBox(text)
        tick.setChecked(text == "ticked")
        column.addWidget(tick)
    tick = QCheckBox("disabled")
    tick.setEnabled(False)
    column.addWidget(tick)
    column.addStretch()
    return side


def _middle(theme: Theme) -> QWidget:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(8, 8, 8, 8)
    row = QHBoxLayout()
    row.addWidget(_tool(theme, "crash", "small", "Break something"))
    for role, text in (("frame", "Framed"), ("primary", "Create run"), ("link", "record 15,462")):
        row.addWidget(_role(QPushButton(text), role))
    row.addWidget(QPushButton("Flat"))
    disabled = QPushButton("Disabled")
    disabled.setEnabled(False)
    row.addWidget(disabled)
    row.addStretch()
    column.addLayout(row)
    row = QHBoxLayout()
    combo = QComboBox()
    combo.addItems(["hot standby", "load balance"])
    row.addWidget(combo)
    row.addWidget(QSpinBox(value=5, suffix=" %"))
    row.addWidget(_role(QLabel("survivor-lease = mclt"), "tag"))
    row.addWidget(_role(QLabel("unknown word"), "bad"))
    row.addWidget(_role(QLabel("10.0.0.51"), "mono"))
    row.addStretch()
    column.addLayout(row)
    table = QTableWidget(4, 4)
    table.setHorizontalHeaderLabels(["Address", "Client", "State", "T1"])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    for at in range(16):
        cell = QTableWidgetItem(("10.0.0.51", "C1", "BOUND", "10:00:04")[at % 4])
        table.setItem(at // 4, at % 4, cell)
    table.selectRow(1)
    table.setFixedHeight(130)
    column.addWidget(table)
    console = QPlainTextEdit("> crash DHCP1\n> partner-down DHCP2\n  this makes branch B")
    column.addWidget(_role(console, "console"))
    bar = QProgressBar(value=40)
    column.addWidget(bar)
    return side


def controls_image(theme: Theme) -> QImage:
    """Return a picture of real controls under the style sheet of a theme."""
    window = QWidget()
    window.setStyleSheet(stylesheet(theme))
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(_transport(theme))
    rule = _role(QFrame(), "rule")
    rule.setFixedHeight(1)
    column.addWidget(rule)
    splitter = QSplitter()
    splitter.setHandleWidth(1)
    splitter.addWidget(_left(theme))
    splitter.addWidget(_middle(theme))
    rows = QListWidget()
    rows.addItems([f"row {at}" for at in range(40)])
    rows.setCurrentRow(3)
    splitter.addWidget(rows)
    splitter.setSizes([330, 560, 200])
    column.addWidget(splitter)
    window.resize(1200, 520)
    window.ensurePolished()
    pixmap = QPixmap(round(1200 * theme.ratio), round(520 * theme.ratio))
    pixmap.setDevicePixelRatio(theme.ratio)
    window.render(pixmap)
    return pixmap.toImage()
