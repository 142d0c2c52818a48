"""From a command to an intervention of the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "release": "release",
    "renew": "renew",
    "decline": "decline",
}


def intervention_of(command: Command) -> Intervention:
    """Return the intervention that a command asks for."""
    form, values, line = command.form, command.values, command.text
    if form in _BY_HOST:
        return Intervention(_BY_HOST[form], (values["host"],), line)
    if form == "start-many":
        return Intervention("start many", (values["count"], values.get("span", 0)), line)
    if form == "cut":
        link = values["link"]
        return Intervention("cut", (link.name, link.towards if "one-way" in values else ""), line)
    if form == "heal":
        return Intervention("heal", (values["link"].name,), line)
    if form in ("drop", "delay", "duplicate"):
        args = (
            form,
            values["message"],
            values.get("host", ""),
            values.get("count", 1),
            values.get("span", 0),
        )
        return Intervention("message", args, line)
    if form == "partner-down":
        return Intervention(form, (values["host"], values.get("relationship", "")), line)
    if form == "skew":
        return Intervention(form, (values["host"], values["span"]), line)
    assert form in ("set-time", "set-percent"), form
    value = values["span"] if form == "set-time" else values["percent"]
    return Intervention("set", (values["setting"], value, values.get("name", "")), line)
