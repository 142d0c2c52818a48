"""A message's fields as rows of a tree: which are shown, and how short their words are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from foviz import Field


class Key(NamedTuple):
    """What tells one field of a message from the others."""

    name: str
    start: int
    end: int


class FieldRow(NamedTuple):
    """One row. ``group``: ``""``, ``open`` or ``closed``; ``more`` offers the hidden fields.

    ``value`` is short, ``full`` is what the dissector says.
    """

    key: Key
    depth: int
    code: str
    name: str
    value: str
    full: str
    group: str
    more: str
    words: str


OPTIONS_GROUP: Final = "Options"
PADDING: Final = "padding"

_NAMES: Final = {
    "DHCP message type": "message type",
    "IP address lease time": "lease time",
    "requested IP address": "requested address",
    "renewal (T1) time value": "T1",
    "rebinding (T2) time value": "T2",
    "parameter request list": "asks for",
    "vendor class identifier": "vendor class",
    "relay agent information": "relay agent",
    "maximum DHCP message size": "largest message",
    "client-identifier": "client id",
    "assigned-IP-address": "assigned address",
    "binding-status": "binding status",
    "client-hardware-address": "hardware",
    "lease-expiration-time": "lease expiration",
    "potential-expiration-time": "potential expiration",
    "start-time-of-state": "start of state",
    "client-last-transaction-time": "client last heard",
    "relationship-name": "relationship",
    "max-unacked-bndupd": "most unacked",
    "vendor-class-identifier": "vendor class",
    "hash-bucket-assignment": "hash buckets",
    "addresses-transferred": "addresses moved",
}
"""Shorter names where the dissector's own would leave its value no room."""

_MOMENT = re.compile(r"(\w{3} \d+) \w{3} (\d\d:\d\d:\d\d) UTC \(\d+\)")
_ASKED = re.compile(r"(?:^|, )(\d+) ")

_DHCP_ALWAYS: Final = ("xid", "chaddr", "malformed")
_DHCP_WHEN_SET: Final = ("flags", "ciaddr", "yiaddr", "siaddr", "giaddr")
_FAILOVER_FEW: Final = ("type", "xid")
_UNSET: Final = ("0.0.0.0", "0x0000")
_HIDDEN_CODES: Final = (0, 255)

_MATTERS: Final = {
    "1": (53,),
    "2": (51,),
    "3": (50, "ciaddr"),
    "4": (50,),
    "5": (51, "yiaddr"),
    "6": (56, 53),
    "7": ("ciaddr",),
    "8": ("ciaddr",),
    "BNDUPD": (3,),
    "BNDACK": (21, 2),
    "STATE": (24,),
    "CONNECT": (15,),
    "CONNECTACK": (21, 22),
    "POOLRESP": (1,),
}
"""What to look at first, by the number of the DHCP message type or the failover type."""


@lru_cache(maxsize=64)
def field_rows(tree: Field, toggled: frozenset[str], everything: bool) -> tuple[FieldRow, ...]:
    """Return the rows shown. *toggled* groups are not as they are at first.

    Without *everything* the header shows only what tells something here.
    """
    header = tuple(f for f in tree.children if f.name not in (OPTIONS_GROUP, PADDING))
    padding = tuple(f for f in tree.children if f.name == PADDING)
    options = [f for f in tree.children if f.name == OPTIONS_GROUP and f.children]
    few = _few(tree, header, bool(options))
    hidden = len(header) + len(padding) - sum(field.name.count(",") + 1 for field in few)
    more = "" if not hidden else "fewer" if everything else f"{hidden} more"
    is_open = tree.name not in toggled
    rows = [_row(tree, 0, is_open, more if is_open else "")]
    if is_open:
        rows += _leaves(header if everything else few, toggled)
    for option in options:
        rows.append(_row(option, 0, OPTIONS_GROUP not in toggled))
        if OPTIONS_GROUP not in toggled:
            shown = (f for f in option.children if everything or f.code not in _HIDDEN_CODES)
            rows += _leaves(tuple(shown), toggled)
    if everything and is_open:
        rows += _leaves(padding, toggled)
    return tuple(rows)


def _few(tree: Field, header: tuple[Field, ...], options: bool) -> tuple[Field, ...]:
    """Return the fields of the header that tell something in this message."""
    if not tree.name.startswith(("BOOT", "op ")):
        wanted = _FAILOVER_FEW if options else tuple(field.name for field in header)
        return tuple(field for field in header if field.name in (*wanted, "malformed"))
    values = {field.name: field.value for field in header}
    same = values.get("ciaddr") == values.get("yiaddr")
    found: list[Field] = []
    for field in header:
        is_set = field.value not in _UNSET
        if field.name == "ciaddr" and same and is_set:
            # One row for both, for one lies behind the other.
            end = field.end + 4
            found.append(Field(None, "ciaddr, yiaddr", field.value, field.start, end))
        elif field.name in ("ciaddr", "yiaddr") and same:
            continue
        elif field.name in _DHCP_ALWAYS or (field.name in _DHCP_WHEN_SET and is_set):
            # What is nested in it can be opened where every field is shown.
            found.append(field._replace(children=()))
    return tuple(found)


def _leaves(fields: tuple[Field, ...], toggled: frozenset[str], depth: int = 1) -> list[FieldRow]:
    rows: list[FieldRow] = []
    for field in fields:
        is_open = bool(field.children) and field.name in toggled
        rows.append(_row(field, depth, is_open))
        if is_open:
            rows += _leaves(field.children, toggled, depth + 1)
    return rows


def key_of(field: Field) -> Key:
    """Return what a field is known by."""
    return Key(field.name, field.start, field.end)


def _row(field: Field, depth: int, is_open: bool, more: str = "") -> FieldRow:
    group = "" if not field.children else "open" if is_open else "closed"
    code = "" if field.code is None else str(field.code)
    size = field.end - field.start
    where = f"octet {field.start}" if size == 1 else f"octets {field.start}–{field.end - 1}"
    number = f"option {code}, " if code else ""
    value = "" if field.name == OPTIONS_GROUP else _short_value(field)
    return FieldRow(
        key=key_of(field),
        depth=depth,
        code=code,
        name=_NAMES.get(field.name, field.name),
        value=value,
        full=field.value,
        group=group,
        more=more,
        words=f"{field.name}: {field.value}\n{number}{where}",
    )


def _short_value(field: Field) -> str:
    value = field.value
    if field.name == "parameter request list":
        return " ".join(_ASKED.findall(value)) or value
    if field.name == "xid":
        return value.removeprefix("0x")
    value = _MOMENT.sub(r"\1 \2", value)
    return value.removesuffix(" (1 Ethernet)").removesuffix(" (none)")


# -- finding fields


def matters(tree: Field) -> Key:
    """Return the field that a look at this message is for."""
    named = _leaf_fields(tree)
    wrong = next((field for field in named if field.name == "malformed"), None)
    if wrong is not None:
        return key_of(wrong)
    kind = next((field.value for field in named if field.code == 53), "").split(" ")[0]
    for wanted in _MATTERS.get(kind or tree.name, ()):
        for field in named:
            if wanted in (field.code, field.name):
                return key_of(field)
    wanted_name = "xid" if tree.name.startswith("BOOT") else "type"
    field = next((field for field in named if field.name == wanted_name), tree)
    return key_of(field)


def _leaf_fields(field: Field) -> list[Field]:
    """Fields of the header and options, without what is nested in them."""
    found: list[Field] = []
    for child in field.children:
        found += child.children if child.name == OPTIONS_GROUP else [child]
    return found


def place_of(rows: tuple[FieldRow, ...], key: Key) -> int:
    """Return the row that shows a field: its own, else the smallest that holds it; or −1."""
    best, size = -1, 0
    for place, row in enumerate(rows):
        if row.key == key:
            return place
        inside = row.key.start <= key.start and key.end <= row.key.end
        wide = row.key.end - row.key.start
        if inside and row.depth and (best < 0 or wide <= size):
            best, size = place, wide
    return best


def field_at(tree: Field, offset: int) -> Field | None:
    """Return the smallest field that holds an octet."""
    for child in tree.children:
        if child.start <= offset < child.end:
            return field_at(child, offset) if child.children else child
    return tree if tree.start <= offset < tree.end else None
