"""From a command to an intervention of the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foviz.base.time import US
from foviz.sim.admin import SWITCHOVER_S
from foviz.sim.faults import Intervention

if TYPE_CHECKING:
    from foviz.script.parser import Command

_BY_HOST = {
    "start": "start",
    "stop-service": "stop service",
    "stop": "stop service",
    "kill-service": "kill service",
    "crash": "crash",
    "power-off": "crash",
    "restart": "restart",
    "lose-disk": "lose disk",
    "back-up": "back up",
    "release": "release",
    "renew": "renew",
    "decline": "decline",
}


_PLAIN = {
    "partner-down": ("host", "relationship"),
    "reset": ("host", "address"),
    "skew": ("host", "span"),
}
"""Deeds that are called as their form, with these slots."""

_MODES = {
    "relate-standby": "hot standby",
    "relate-balance": "load balance",
    "set-mode-standby": "hot standby",
    "set-mode-balance": "load balance",
}

_SCOPE_SETTINGS = {
    "reserve": ("address", "client"),
    "unreserve": ("address",),
    "exclude": ("address",),
    "include": ("address",),
}

_REPLICATIONS = {
    "replicate-scope": "scope",
    "replicate-relationship": "relationship",
    "replicate-all": "server",
}

_HALTS = {"pause": "pause", "shut-down": "shut down", "resume": "resume"}


def intervention_of(command: Command) -> Intervention:
    """Return the intervention that a command asks for."""
    form, values, line = command.form, command.values, command.text
    if form in _BY_HOST:
        return Intervention(_BY_HOST[form], (values["host"],), line)
    if form == "start-many":
        wanted = (values["count"], values.get("span", 0), values.get("segment", ""))
        return Intervention("start many", wanted, line)
    if form == "cut":
        link = values["link"]
        return Intervention("cut", (link.name, link.towards if "one-way" in values else ""), line)
    if form == "heal":
        return Intervention("heal", (values["link"].name,), line)
    if form in ("drop", "withhold", "delay", "duplicate"):
        args: tuple[Any, ...] = (
            form,
            values["message"],
            values.get("host", ""),
            values.get("count", 1),
            values.get("span", 0),
        )
        return Intervention("message", args, line)
    if form in _HALTS:
        args = (_HALTS[form], values["host"], values.get("relationship", ""))
        return Intervention("halt", args, line)
    if form == "restore":
        return Intervention(form, (values["host"], "raw" if "raw" in values else ""), line)
    if form in _PLAIN:
        return Intervention(form, tuple(values.get(slot, "") for slot in _PLAIN[form]), line)
    if form in ("set-secret", "set-secret-none"):
        names = values.get("host", ""), values.get("relationship", "")
        return Intervention("set secret", (values.get("secret", ""), *names), line)
    found = administration(command)
    if found is not None:
        return found
    assert form in ("set-time", "set-percent"), form
    value = values["span"] if form == "set-time" else values["percent"]
    names = values.get("name", ""), values.get("host", "")
    return Intervention("set", (values["setting"], value, *names), line)


def administration(command: Command) -> Intervention | None:
    """Return the deed of an administrator that a command asks for, or None."""
    form, values, line = command.form, command.values, command.text
    name, host = values.get("relationship", ""), values.get("host", "")
    scope = values.get("scope", "")
    if form in _MODES:
        if form.startswith("relate"):
            pair = values["host"], values["partner"]
            args: tuple[Any, ...] = (
                *pair,
                _MODES[form],
                values.get("scopes", ()),
                values.get("name", ""),
            )
            return Intervention("relate", args, line)
        return Intervention("set mode", (_MODES[form], name), line)
    if form == "automatic":
        span = SWITCHOVER_S * US if values["on"] == "on" else 0
        return Intervention("set", ("switchover", span, name), line)
    if form in _SCOPE_SETTINGS:
        args = (form, host, *(values[slot] for slot in _SCOPE_SETTINGS[form] if slot in values))
        return Intervention("scope setting", args, line)
    if form == "set-option":
        args = ("option", host, scope, values["option"], values["value"])
        return Intervention("scope setting", args, line)
    if form in _REPLICATIONS:
        return Intervention("replicate", (_REPLICATIONS[form], scope or name, host), line)
    rest = {
        "delete-relationship": ("delete relationship", (name, host)),
        "add-scope": ("add scope", (scope, name)),
        "remove-scope": (
            "remove scope",
            (scope, name, host, "force" if "force" in values else ""),
        ),
        "rebalance": ("rebalance", (host, name)),
        "reconcile": ("reconcile", (scope, host, "report" if "report" in values else "")),
    }
    return Intervention(*rest[form], line) if form in rest else None
