"""What can be done to a host or a link from the stage: lab lines as entries of a menu.

Every entry keeps its place; one that is impossible now is disabled and says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ui.icons import icon, icon_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from foviz import ClientView, LinkView, RelayView, ServerView, Snapshot
    from ui.look import Look
    from ui.model.run import RunModel
    from ui.model.selection import Selection

MENU_CLIENTS = 20
"""So many clients are listed in the menu of the title row; the others are on the stage."""


class Deed(NamedTuple):
    """An entry: its words, the lab line it carries out, its icon. No line: a separator.

    ``reason`` says why it can never be done; else the laboratory is asked.
    """

    text: str
    line: str
    icon: str = ""
    reason: str = ""


SEPARATOR = Deed("", "")


def server_deeds(server: ServerView) -> tuple[Deed, ...]:
    """Return what can be done to a server."""
    name = server.name
    again = Deed("Restart", f"restart {name}", "restart")
    if not server.running:
        again = Deed("Start", f"start {name}", "restart")
    several = len(server.endpoints) > 1
    return (
        Deed("Crash", f"crash {name}", "crash"),
        Deed("Kill service", f"kill service {name}"),
        Deed("Stop service", f"stop service {name}", "stop"),
        again,
        SEPARATOR,
        *(
            Deed(
                f"Declare {side.partner} down",
                f"partner-down {name}" + (f" in {side.relationship}" if several else ""),
                "partner-down",
            )
            for side in server.endpoints
        ),
        Deed("Lose disk", f"lose disk {name}", "lose-disk"),
    )


def relay_deeds(relay: RelayView) -> tuple[Deed, ...]:
    """Return what can be done to a relay."""
    name = relay.name
    again = Deed("Restart", f"restart {name}", "restart")
    if not relay.running:
        again = Deed("Start", f"start {name}", "restart")
    return (Deed("Crash", f"crash {name}", "crash"), again)


def link_deeds(link: LinkView) -> tuple[Deed, ...]:
    """Return what can be done to a link."""
    # The lab language says the direction by the order of the ends in the link's name.
    named = link.name == f"{link.a}-{link.b}"
    reason = "" if named else "the link is not named after its ends"
    return (
        Deed("Cut", f"cut {link.name}", "cut"),
        Deed(f"Cut one-way towards {link.b}", f"cut {link.a}-{link.b} one-way", "", reason),
        Deed(f"Cut one-way towards {link.a}", f"cut {link.b}-{link.a} one-way", "", reason),
        SEPARATOR,
        Deed("Heal", f"heal {link.name}", "heal"),
    )


def client_deeds(client: ClientView) -> tuple[Deed, ...]:
    """Return what can be done to a client."""
    name = client.name
    return (
        Deed("Start", f"start {name}", "restart"),
        Deed("Stop", f"stop {name}", "stop"),
        Deed("Crash", f"crash {name}", "crash"),
        SEPARATOR,
        Deed("Renew", f"renew {name}"),
        Deed("Release", f"release {name}"),
    )


def deeds_for(selection: Selection, snapshot: Snapshot) -> tuple[Deed, ...]:
    """Return what can be done to a selected thing."""
    if selection.kind == "host":
        server = snapshot.server(int(selection.value))
        if server is not None:
            return server_deeds(server)
        relay = snapshot.relay(int(selection.value))
        if relay is not None:
            return relay_deeds(relay)
        client = snapshot.client(int(selection.value))
        return client_deeds(client) if client is not None else ()
    if selection.kind == "link":
        link = next((each for each in snapshot.links if each.name == selection.value), None)
        return link_deeds(link) if link is not None else ()
    return ()


def title_of(selection: Selection, snapshot: Snapshot) -> str:
    """Return the name of a selected thing."""
    if selection.kind == "host":
        return snapshot.host_names[int(selection.value)]
    return str(selection.value)


def fill_menu(
    menu: QMenu,
    deeds: Iterable[Deed],
    model: RunModel,
    look: Look,
    before: QAction | None = None,
) -> None:
    """Add entries to a menu, above an entry if one is given; each carries out its lab line."""
    menu.setToolTipsVisible(True)
    menu.setProperty("role", "deeds")
    known = icon_names()
    for deed in deeds:
        if not deed.line:
            _put(menu, None, before)
            continue
        reason = deed.reason or model.session.reason_against(deed.line)
        # A long reason stands whole in the tooltip.
        text = f"{deed.text} – {reason.split(';')[0]}" if reason else deed.text
        action = QAction(text.replace("&", "&&"), menu)
        action.setData(deed.line)
        action.setToolTip(reason or deed.line)
        action.setEnabled(not reason)
        if deed.icon in known:
            action.setIcon(icon(deed.icon, look.theme))
        action.triggered.connect(_doer(model, deed.line))
        _put(menu, action, before)


def _put(menu: QMenu, action: QAction | None, before: QAction | None) -> None:
    """Put an entry, or a separator, above another entry or at the end."""
    entry = action
    if entry is None:
        entry = QAction(menu)
        entry.setSeparator(True)
    if before is None:
        menu.addAction(entry)
    else:
        menu.insertAction(before, entry)


def make_menu(parent: QWidget, selection: Selection, model: RunModel, look: Look) -> QMenu | None:
    """Return the menu of a selected thing, None when nothing can be done to it."""
    snapshot = model.snapshot
    deeds = deeds_for(selection, snapshot)
    if not deeds:
        return None
    menu = QMenu(title_of(selection, snapshot), parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _head(menu, title_of(selection, snapshot))
    fill_menu(menu, deeds, model, look)
    if selection.kind == "link" and _joins_servers(str(selection.value), snapshot):
        settings = parent.window().findChild(QAction, "relationship")
        if settings is not None:
            menu.addSeparator()
            menu.addAction(settings)
    return menu


def _joins_servers(name: str, snapshot: Snapshot) -> bool:
    """Whether a link is one that failover has for itself."""
    servers = [server.name for server in snapshot.servers]
    return any(each.name == name and {each.a, each.b} <= {*servers} for each in snapshot.links)


def _head(menu: QMenu, title: str) -> None:
    """Put the name of what the menu is about over its entries."""
    head = QAction(title, menu)
    head.setEnabled(False)
    menu.addAction(head)
    menu.addSeparator()


def fill_break_menu(menu: QMenu, model: RunModel, look: Look) -> None:
    """Fill the menu *Break something*: the obvious acts first, then all of each thing's own."""
    for part in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        part.deleteLater()
    menu.clear()
    snapshot = model.snapshot
    wires = [link for link in snapshot.links if link.kind != "drop"]
    obvious = [
        *(Deed(f"Crash {each.name}", f"crash {each.name}", "crash") for each in snapshot.servers),
        *(Deed(f"Crash {each.name}", f"crash {each.name}", "crash") for each in snapshot.relays),
        *(Deed(f"Cut {link.name}", f"cut {link.name}", "cut") for link in wires),
    ]
    fill_menu(menu, obvious, model, look)
    menu.addSeparator()
    for server in snapshot.servers:
        _add_part(menu, server.name, server_deeds(server), model, look)
    for relay in snapshot.relays:
        _add_part(menu, relay.name, relay_deeds(relay), model, look)
    names = {each.name for each in snapshot.servers}
    names |= {each.name for each in snapshot.relays}
    drops = [link for link in snapshot.links if link.kind == "drop" and link.b in names]
    for link in (*wires, *drops):
        _add_part(menu, f"Link {link.name}", link_deeds(link), model, look)
    menu.addSeparator()
    several = Deed("Start 10 clients over 30 s", "start 10 clients over 30s", "restart")
    part = _add_part(menu, "Clients", (several, SEPARATOR), model, look)
    for client in snapshot.clients[:MENU_CLIENTS]:
        _add_part(part, client.name, client_deeds(client), model, look)


def _add_part(menu: QMenu, title: str, deeds: Sequence[Deed], model: RunModel, look: Look) -> QMenu:
    # Made by hand: PySide deletes what addMenu(title) returns when nobody holds it.
    part = QMenu(title.replace("&", "&&"), menu)
    part.setProperty("role", "deeds")
    menu.addMenu(part)
    part.aboutToShow.connect(_Filler(part, deeds, model, look))
    return part


class _Filler:
    """Fills a part when it is shown first: each reason costs a look at the laboratory."""

    def __init__(self, part: QMenu, deeds: Sequence[Deed], model: RunModel, look: Look) -> None:
        self.part, self.deeds, self.model, self.look = part, deeds, model, look
        self.filled = False

    def __call__(self) -> None:
        if self.filled:
            return
        self.filled = True
        below = self.part.actions()
        fill_menu(self.part, self.deeds, self.model, self.look, below[0] if below else None)


class _Doer:
    def __init__(self, model: RunModel, line: str) -> None:
        self.model, self.line = model, line

    def __call__(self, checked: bool = False) -> None:
        self.model.do(self.line)


def _doer(model: RunModel, line: str) -> _Doer:
    return _Doer(model, line)
