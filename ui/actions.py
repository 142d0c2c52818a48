"""Every action of the window, once: it feeds menu, toolbar, palette, shortcuts and help."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from ui.icons import icon, icon_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ui.look import Look
    from ui.memory import Memory


class ActionSpec(NamedTuple):
    """An action: id, words, group of the menu, shortcuts, icon."""

    id: str
    text: str
    group: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False


ACTIONS = (
    ActionSpec("open-lesson", "Open lesson …", "File", ("Ctrl+O",), "lesson"),
    ActionSpec("new-lab", "New lab …", "File", ("Ctrl+N",)),
    ActionSpec("profile", "Profile and switches …", "File", ("Ctrl+P",)),
    ActionSpec("save-run", "Save the run as lab lines …", "File", ("Ctrl+S",)),
    ActionSpec("export-capture", "Export capture …", "File"),
    ActionSpec("quit", "Quit", "File", ("Ctrl+Q",)),
    ActionSpec("play", "Play or pause", "Time", ("Space", "."), "play"),
    ActionSpec("next-event", "Step one event", "Time", ("Right",), "step"),
    ActionSpec("previous-event", "Step one event back", "Time", ("Left",), "back"),
    ActionSpec("next-step", "Next step of the story", "Time", ("PgDown",), "next-step"),
    ActionSpec("previous-step", "Previous step of the story", "Time", ("PgUp",), "previous-step"),
    ActionSpec("next-same-host", "Next record of the same host", "Time", ("Shift+Right",)),
    ActionSpec("previous-same-host", "Previous record of the same host", "Time", ("Shift+Left",)),
    ActionSpec("go-effect", "Go to the effect", "Time", ("Ctrl+Right",)),
    ActionSpec("go-cause", "Go to the cause", "Time", ("Ctrl+Left",)),
    ActionSpec("first", "Go to the beginning", "Time", ("Home",), "first"),
    ActionSpec("last", "Go to the end", "Time", ("End",), "last"),
    ActionSpec("faster", "Play faster", "Time", ("Ctrl+Up",)),
    ActionSpec("slower", "Play slower", "Time", ("Ctrl+Down",)),
    ActionSpec("bookmark", "Bookmark this moment …", "Time", ("Ctrl+B",)),
    ActionSpec("next-bookmark", "Next bookmark", "Time", ("F2",)),
    ActionSpec("previous-bookmark", "Previous bookmark", "Time", ("Shift+F2",)),
    ActionSpec("measure", "Measure", "Time", ("M",)),
    ActionSpec("undo", "Undo the last intervention", "Run", ("Ctrl+Z",), "undo"),
    ActionSpec("redo", "Redo the intervention", "Run", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec("next-branch", "Next branch", "Run", ("]",), "branch"),
    ActionSpec("previous-branch", "Previous branch", "Run", ("[",)),
    ActionSpec("return-to-story", "Return to the story", "Run", ("Ctrl+R",)),
    ActionSpec("rename-branch", "Rename the branch …", "Run"),
    ActionSpec("delete-branch", "Delete a branch …", "Run"),
    ActionSpec("compare", "Compare branches", "Run"),
    ActionSpec("span-fault", "Fault over a time span …", "Run"),
    ActionSpec("relationship", "Failover relationship …", "Run"),
    ActionSpec("configure", "Configure failover …", "Run"),
    ActionSpec("deconfigure", "Deconfigure failover …", "Run"),
    ActionSpec("replicate", "Replicate settings …", "Run"),
    ActionSpec("palette", "Command or search …", "Run", ("Ctrl+Shift+P",), "search"),
    ActionSpec("find", "Find in the messages …", "Run", ("Ctrl+F",)),
    ActionSpec("find-next", "Find the next", "Run", ("F3",)),
    ActionSpec("find-previous", "Find the previous", "Run", ("Shift+F3",)),
    ActionSpec("layout-learn", "Learn layout", "Layout", ("Ctrl+1",), "", True),
    ActionSpec("layout-lecture", "Lecture layout", "Layout", ("Ctrl+2",), "", True),
    ActionSpec("layout-explore", "Explore layout", "Layout", ("Ctrl+3",), "", True),
    ActionSpec("layout-debug", "Debug layout", "Layout", ("Ctrl+4",), "", True),
    ActionSpec("reset-layout", "Reset the layout", "Layout"),
    ActionSpec("theme-light", "Light theme", "View", (), "", True),
    ActionSpec("theme-dark", "Dark theme", "View", (), "", True),
    ActionSpec("theme-projector", "Projector theme", "View", (), "", True),
    ActionSpec("theme-high-contrast", "High contrast theme", "View", (), "", True),
    ActionSpec("next-theme", "Next theme", "View", ("Ctrl+T",)),
    ActionSpec("larger", "Larger text", "View", ("Ctrl++", "Ctrl+=")),
    ActionSpec("smaller", "Smaller text", "View", ("Ctrl+-",)),
    ActionSpec("normal-size", "Normal text", "View", ("Ctrl+0",)),
    ActionSpec("keys", "Keys …", "Help", ("?", "F1")),
    ActionSpec("shortcuts", "Shortcuts …", "Help", ("Ctrl+K",)),
    ActionSpec("tour", "Tour", "Help"),
    ActionSpec("words", "The lab language …", "Help"),
    ActionSpec("about", "About Foviz", "Help"),
)


class Actions:
    """The actions of one window. ``what`` maps an id to what it does.

    Shortcuts that the user has given are kept in *memory*; ``ActionSpec.keys`` are the first ones.
    """

    def __init__(
        self,
        window: QWidget,
        look: Look,
        what: dict[str, Callable[[], object]],
        memory: Memory | None = None,
    ) -> None:
        self.look = look
        self.memory = memory
        self.by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, window)
            action.setObjectName(spec.id)
            action.setCheckable(spec.checkable)
            action.setShortcuts([QKeySequence(key) for key in self._kept(spec)])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(_caller(what[spec.id]))
            window.addAction(action)
            self.by_id[spec.id] = action
        missing = sorted(what.keys() - self.by_id.keys())
        assert not missing, missing
        look.changed.connect(self.dress)
        self.dress()

    def __getitem__(self, name: str) -> QAction:
        return self.by_id[name]

    # -- shortcuts

    def _kept(self, spec: ActionSpec) -> tuple[str, ...]:
        kept = self.memory.keys(spec.id) if self.memory is not None else None
        return spec.keys if kept is None else kept

    def keys(self, name: str) -> tuple[str, ...]:
        """Return an action's shortcuts, as they are written everywhere."""
        portable = QKeySequence.SequenceFormat.PortableText
        return tuple(key.toString(portable) for key in self.by_id[name].shortcuts())

    def shown_keys(self, name: str) -> str:
        """Return an action's shortcuts as this desktop writes them."""
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(key.toString(native) for key in self.by_id[name].shortcuts())

    def objection(self, name: str, keys: str) -> str:
        """Return in a sentence why an action can't have a shortcut, or nothing."""
        wanted = QKeySequence(keys)
        shown = wanted.toString(QKeySequence.SequenceFormat.NativeText)
        for taken, words in RESERVED.items():
            if QKeySequence(taken) == wanted:
                return f"{shown} {words}; choose other keys."
        for other, action in self.by_id.items():
            if other != name and wanted in action.shortcuts():
                words = action.text().removesuffix(" …")
                return f"{shown} already means “{words}”; choose other keys or free these there."
        return ""

    def give(self, name: str, keys: tuple[str, ...]) -> None:
        """Give an action shortcuts and remember them, unless they are its first ones."""
        self.by_id[name].setShortcuts([QKeySequence(key) for key in keys])
        if self.memory is not None:
            first = tuple(QKeySequence(key) for key in SPECS[name].keys)
            same = first == tuple(QKeySequence(key) for key in keys)
            self.memory.put_keys(name, None if same else keys)

    def dress(self) -> None:
        """Give every action its icon in the theme's colours."""
        known = icon_names()
        for spec in ACTIONS:
            if spec.icon in known:
                self.by_id[spec.id].setIcon(icon(spec.icon, self.look.theme))

    def allow(self, name: str, reason: str = "") -> None:
        """Enable an action, or disable it with the reason in its tooltip."""
        action = self.by_id[name]
        action.setEnabled(not reason)
        keys = ", ".join(key.toString() for key in action.shortcuts())
        words = f"{action.text()} ({keys})" if keys else action.text()
        action.setToolTip(f"{words}: {reason}" if reason else words)


SPECS = {spec.id: spec for spec in ACTIONS}
RESERVED = {
    "Up": "walks over what a view shows",
    "Down": "walks over what a view shows",
    "Return": "selects what a view shows",
    "Enter": "selects what a view shows",
    "Tab": "goes to the next view",
    "Shift+Tab": "goes to the view before",
    "Esc": "closes what is open",
    "Alt+M": "opens the menu",
}
"""Keys that work without any action; a shortcut would take them away."""


def _caller(deed: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        deed()

    return call
