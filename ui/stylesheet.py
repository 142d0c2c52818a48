"""The style sheet of the ordinary controls: flat, framed by ``line``, drawn in roles only.

A widget says what it is by the property ``role``; the style sheet does the rest:

=============  ============================  =============================================
role           on                            is
=============  ============================  =============================================
bar            QWidget                       transport, status bar: ground ``bar``
sunken         QWidget                       octets, console, a folded part
title          QLabel                        title of a dock (11 bold)
section        QLabel                        title of a lesson's section (15 bold)
question       QLabel                        prediction, *Why* (12 bold)
second         QLabel                        second text (11, ``ink2``)
note           QLabel                        third text (10, ``ink3``)
mono           QLabel                        address, octets, clock time (11 mono)
date           QLabel                        the date beside the clock (13)
clock          QLabel, QToolButton           the clock (18 bold mono)
bad            QLabel                        a word that is red
tag            QLabel                        a rule's id (10 mono in a frame)
card           QFrame                        frame ``line``, radius 6
rule           QFrame                        a line of 1 px; *hair* the same inside a view
transport      QToolButton                   32 × 32, icon 20
play           QToolButton                   the ink disc, 32
first, middle, QToolButton (checkable)       a segmented control, left to right
last
frame          QToolButton, QPushButton      a framed button 28 high; *small* is 20 high
primary        QPushButton                   the pressed look: the default of a dialog
link           QPushButton, QToolButton      violet text
command        QLineEdit                     the command field, 28 high
console        QPlainTextEdit, QLineEdit     mono 11 on ``sunken``
answer         QRadioButton                  an answer of a prediction
=============  ============================  =============================================

A QTabBar looks like the tabs of a dock: plain words, the active one bold on a 2-px ink line.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from ui.assets import asset_path
from ui.tokens import MONO, SANS

if TYPE_CHECKING:
    from ui.theme import Theme

_FONTS = """
* { font-family: $sans; font-size: ${t11}px; }
QWidget { background: $panel; color: $ink; selection-background-color: $selw;
  selection-color: $ink; }
QLabel { background: transparent; }
[role="bar"], QStatusBar { background: $bar; color: $ink2; }
[role="sunken"] { background: $sunken; }
QStatusBar::item { border: none; }
QStatusBar { border-top: ${hair1}px solid $line; min-height: ${h23}px; }
QLabel[role="title"] { font-weight: bold; }
QLabel[role="section"] { font-size: ${t15}px; font-weight: bold; }
QLabel[role="question"] { font-size: ${t12}px; font-weight: bold; }
QLabel[role="second"] { color: $ink2; }
QLabel[role="note"] { font-size: ${t10}px; color: $ink3; }
QLabel[role="mono"] { font-family: $mono; }
QLabel[role="date"] { font-size: ${t13}px; color: $ink2; }
[role="clock"] { font-family: $mono; font-size: ${t18}px; font-weight: bold; border: none;
  background: transparent; color: $ink; padding: 0; }
QLabel[role="bad"] { color: $bad; font-weight: bold; }
QLabel[role="tag"] { font-family: $mono; font-size: ${t10}px; color: $ink2;
  background: $sunken; border: ${hair1}px solid $line; border-radius: 2px; padding: 1px 5px; }
QFrame[role="card"] { border: ${hair1}px solid $line; border-radius: 6px; }
QFrame[role="rule"] { background: $line; border: none; }
QFrame[role="hair"] { background: $hair; border: none; }
"""

_BUTTONS = """
QToolButton, QPushButton { background: transparent; border: ${hair1}px solid transparent;
  border-radius: 4px; color: $ink2; padding: 2px 6px;
  min-height: ${h18}px; icon-size: ${h16}px; }
QLineEdit > QToolButton, QTabBar > QToolButton { min-height: 0; padding: 0; border: none; }
QToolButton:hover, QPushButton:hover { background: $hover; }
QToolButton:pressed, QPushButton:pressed { background: $cliw; }
QToolButton:checked, QPushButton:checked { background: $press; color: $onpress; }
QToolButton:disabled, QPushButton:disabled { color: $inkoff; }
QToolButton:focus, QPushButton:focus { border: 2px solid $ink; padding: 1px 5px; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="transport"] { min-width: ${h30}px; max-width: ${h30}px; padding: 0;
  min-height: ${h30}px; max-height: ${h30}px; icon-size: ${h20}px; }
QToolButton[role="transport"]:focus { min-width: ${h28}px; max-width: ${h28}px;
  min-height: ${h28}px; max-height: ${h28}px; padding: 0; }
QToolButton[role="play"] { min-width: ${h32}px; max-width: ${h32}px; padding: 0; border: none;
  min-height: ${h32}px; max-height: ${h32}px; icon-size: ${h16}px; background: $press;
  color: $onpress; border-radius: ${h16}px; }
QToolButton[role="play"]:hover, QToolButton[role="play"]:pressed { background: $ink2; }
QToolButton[role="play"]:focus { border: 2px solid $sel; min-width: ${h28}px;
  max-width: ${h28}px; min-height: ${h28}px; max-height: ${h28}px; }
QToolButton[role="play"]:disabled { background: $inkoff; }
[role="frame"], [role="small"] { border: ${hair1}px solid $line; background: $raised;
  color: $ink; }
[role="frame"] { min-height: ${h24}px; max-height: ${h24}px; padding: 1px 10px; }
[role="small"] { min-height: ${h16}px; max-height: ${h16}px; padding: 1px 7px; }
[role="frame"]:focus { padding: 0 9px; }
[role="small"]:focus { padding: 0 6px; }
QPushButton[role="primary"] { background: $press; color: $onpress; font-weight: bold;
  min-height: ${h24}px; padding: 1px 14px; border-color: $press; }
QPushButton[role="primary"]:hover { background: $ink2; }
QPushButton[role="primary"]:focus { border: 2px solid $sel; padding: 0 13px; }
QPushButton[role="primary"]:disabled { background: $inkoff; border-color: $inkoff; }
[role="link"] { color: $sel; padding: 0 2px; text-align: left; }
[role="link"]:hover { text-decoration: underline; background: transparent; }
[role="link"]:focus { padding: 0 1px; }
"""

# The segments share their frames: each but the first lacks its left one.
_SEGMENTS = """
QToolButton[role="first"], QToolButton[role="middle"], QToolButton[role="last"] {
  background: $raised; border: ${hair1}px solid $line; border-radius: 0; color: $ink2;
  min-height: ${h26}px; max-height: ${h26}px; padding: 0 10px; margin: 0; }
QToolButton[role="first"] { border-right: none; border-top-left-radius: 4px;
  border-bottom-left-radius: 4px; }
QToolButton[role="middle"] { border-left: none; border-right: none; }
QToolButton[role="last"] { border-left: none; border-top-right-radius: 4px;
  border-bottom-right-radius: 4px; }
QToolButton[role="first"]:hover, QToolButton[role="middle"]:hover,
QToolButton[role="last"]:hover { background: $hover; }
QToolButton[role="first"]:checked, QToolButton[role="middle"]:checked,
QToolButton[role="last"]:checked { background: $press; color: $onpress; font-weight: bold;
  border: ${hair1}px solid $press; border-radius: 4px; }
QToolButton[role="first"]:focus, QToolButton[role="middle"]:focus,
QToolButton[role="last"]:focus { border: 2px solid $sel; border-radius: 4px; padding: 0 9px;
  min-height: ${h24}px; max-height: ${h24}px; }
"""

_FIELDS = """
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateTimeEdit { background: $raised;
  border: ${hair1}px solid $line; border-radius: 4px; padding: 0 7px; min-height: ${h26}px;
  color: $ink; placeholder-text-color: $ink3; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus {
  border: 2px solid $sel; padding: 0 6px; min-height: ${h24}px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $inkoff; }
QLineEdit[role="command"] { min-width: ${h190}px; }
[role="prompt"] { font-family: $mono; background: $sunken; border: 2px solid transparent;
  min-height: ${h18}px; max-height: ${h18}px; padding: 0 3px; }
[role="prompt"]:focus { min-height: ${h18}px; max-height: ${h18}px; padding: 0 3px; }
[role="filter"] { min-height: ${h20}px; max-height: ${h20}px; padding: 0 4px; }
[role="filter"]:focus { min-height: ${h18}px; max-height: ${h18}px; padding: 0 3px; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url($arrow_down); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: $raised; border: ${hair1}px solid $line;
  selection-background-color: $selw; selection-color: $ink; outline: none; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { border: none; background: transparent; width: 14px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($arrow_up); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($arrow_down); width: 8px;
  height: 8px; }
QCheckBox, QRadioButton { background: transparent; color: $ink; spacing: 8px;
  border: 2px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $ink; }
QCheckBox:disabled, QRadioButton:disabled { color: $inkoff; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
  width: 11px; height: 11px; border: ${mark}px solid $strong; background: $panel; }
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: ${round}px; }
QAbstractItemView::indicator:disabled { border-color: $inkoff; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
  border-color: $ink; image: url($tick); }
QRadioButton::indicator:checked { border-color: $sel; background: qradialgradient(cx: 0.5,
  cy: 0.5, fx: 0.5, fy: 0.5, radius: 0.5, stop: 0 $sel, stop: 0.58 $sel, stop: 0.66 $panel,
  stop: 1 $panel); }
QRadioButton[role="answer"] { min-height: ${h21}px; padding-left: 6px; }
QRadioButton[role="answer"]:checked { background: $selw; border: 2px solid $sel; }
QSlider { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { height: 4px; background: $ink2; border-radius: 2px; }
QSlider::handle:horizontal { width: 9px; height: 9px; margin: -5px 0; border-radius: 6px;
  border: 2px solid $ink2; background: $raised; }
QSlider::handle:horizontal:focus { border-color: $sel; }
"""

_TABS = """
QTabBar { background: $panel; font-weight: bold; qproperty-drawBase: 0; border: none; }
QTabBar::tab { background: transparent; border: none; border-bottom: 2px solid transparent;
  color: $ink3; font-weight: normal; padding: 0 1px; margin: 0 9px; height: ${h25}px; }
QTabBar::tab:hover { color: $ink; }
QTabBar::tab:selected { color: $ink; font-weight: bold; border-bottom: 2px solid $ink; }
QTabBar[role="title"]::tab:selected { border-bottom: 2px solid transparent; }
QTabBar::tab:disabled { color: $inkoff; }
QTabBar::tab:selected:focus { color: $sel; border-bottom: 2px solid $sel; }
QTabWidget::pane { border: none; border-top: ${hair1}px solid $hair; }
QDockWidget { color: $ink; font-weight: bold; }
QDockWidget::title { background: $panel; padding: 7px 12px; text-align: left; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: ${hair1}px; }
QSplitter::handle:vertical { height: ${hair1}px; }
QSplitter::handle:hover { background: $strong; }
QMainWindow::separator { background: $line; width: ${hair1}px; height: ${hair1}px; }
QMainWindow::separator:hover { background: $strong; }
"""

_SURFACES = """
QTextBrowser, QTextEdit, QPlainTextEdit { background: $panel; color: $ink; border: none;
  font-size: ${t12}px; }
[role="console"] { font-family: $mono; font-size: ${t11}px; background: $sunken; border: none;
  border-radius: 0; }
QAbstractItemView { background: $panel; border: none; outline: none; color: $ink;
  alternate-background-color: $panel; gridline-color: $hair; }
QAbstractItemView::item { border-bottom: ${hair1}px solid $hair; padding: 0 4px;
  min-height: ${h22}px; }
QAbstractItemView::item:selected { background: $selw; color: $ink; }
QTreeView::item { border: none; min-height: ${h15}px; }
QHeaderView { background: $sunken; }
QHeaderView::section { background: $sunken; color: $ink2; font-weight: bold; border: none;
  padding: 0 4px; min-height: ${h22}px; }
QTableCornerButton::section { background: $sunken; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; }
QScrollBar::handle:vertical { margin: 0 2px; min-height: 24px; }
QScrollBar::handle:horizontal { margin: 2px 0; min-width: 24px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $strong; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu, QMenuBar { background: $raised; color: $ink; }
QMenu { border: ${hair1}px solid $line; padding: 4px 0; }
QMenu::item { padding: 4px 28px 4px 28px; background: transparent; }
QMenu[role="deeds"]::item { padding-left: 12px; }
QMenu::item:selected, QMenuBar::item:selected { background: $selw; color: $ink; }
QMenu::item:disabled { color: $ink3; }
QMenu::separator { height: ${hair1}px; background: $hair; margin: 4px 0; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 8px; }
QMenu::indicator:checked { image: url($tick); }
QMenu::right-arrow { image: url($arrow_right); width: 10px; height: 10px; right: 8px; }
QToolTip { background: $raised; color: $ink; border: ${hair1}px solid $strong; padding: 5px 8px; }
QProgressBar { background: $cliw; border: none; border-radius: 2px; max-height: 4px;
  color: transparent; }
QProgressBar::chunk { background: $ink2; border-radius: 2px; }
"""

_SHEET = Template(_FONTS + _BUTTONS + _SEGMENTS + _FIELDS + _TABS + _SURFACES)

_ROLES = (
    *("panel", "bar", "sunken", "raised", "hair", "line", "strong", "ink", "ink2", "ink3"),
    *("inkoff", "cliw", "sel", "selw", "bad", "press", "onpress"),
)
_TYPE = (10, 11, 12, 13, 15, 18)
_HEIGHTS = (15, 16, 18, 20, 21, 22, 23, 24, 25, 26, 28, 30, 32, 190)


def stylesheet(theme: Theme) -> str:
    """Return the style sheet of a theme, for ``QApplication.setStyleSheet``."""
    tone = "dark" if theme.dark else "light"
    values = {role: getattr(theme, role).name() for role in _ROLES}
    values["hover"] = theme.mix(theme.cliw, theme.panel, 0.6).name()
    values |= {f"t{px}": str(theme.font_px(px)) for px in _TYPE}
    values |= {f"h{px}": str(theme.px(px)) for px in _HEIGHTS}
    values["hair1"] = str(round(theme.stroke_px(1.0, whole=True)) or 1)
    mark = round(theme.stroke_px(1.5, whole=True))
    values |= {"mark": str(mark), "round": str((11 + 2 * mark) // 2)}
    values["sans"] = ", ".join(f'"{name}"' for name in SANS)
    values["mono"] = ", ".join(f'"{name}"' for name in MONO)
    for name in ("tick", "arrow-down", "arrow-up", "arrow-right"):
        path = asset_path("controls", f"{name}-{tone}.svg")
        values[name.replace("-", "_")] = f'"{path.as_posix()}"'
    return _SHEET.substitute(values)
