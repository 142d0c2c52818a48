"""From a record to a sentence. One function a kind; the words of DESIGN §8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.address import BROADCAST, ip_text, mac_text
from foviz.base.kinds import Kind
from foviz.base.rules import RULES
from foviz.base.time import duration_text, short_moment_text
from foviz.wire.failover import BindingStatus, state_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.explain.reader import Reader
    from foviz.sim.trace import Record

TIMERS: Final = {
    "t1": "T1: half of the lease is over",
    "t2": "T2: seven eighths of the lease are over",
    "expire": "the lease is over",
    "retry": "time for another try",
    "start": "the client begins",
    "probe": "nobody claimed the address",
    "offers": "offers are in",
    "send": "nothing was sent for a while",
    "receive": "nothing was heard from the partner for the receive timer",
    "greeting": "a caller did not say who it is",
    "handshake": "the partner did not answer the greeting",
    "unacked": "the partner has acknowledged nothing for too long",
    "startup": "the start-up time is over",
    "safe-period": "the state switchover interval is over",
    "updates": "no update came for a while",
    "linger": "the partner had time to say that it takes over",
    "recover-wait": "one MCLT has passed since this server went down",
    "takeover": "one MCLT has passed in PARTNER-DOWN",
    "rebalance": "time to look at the shares of free addresses",
    "ack": "collected acknowledgements have waited long enough",
    "late": "an end that the partner's update brought about is told now",
    "free": "nobody can hold an ended address any more",
    "expiry": "a lease ends",
}
"""What it means when a timer fires."""

LOSSES: Final = {
    "cut": "the link is cut",
    "off": "the host is off",
    "loss": "the link lost it",
    "drop": "it was dropped on request",
    "withhold": "its sender hung and never let it go",
    "no-service": "the service is not running",
    "no-route": "nobody has that address",
    "closed": "the connection is closed",
}
"""Why a message died."""

HOSTS: Final = {
    "boot": "starts",
    "crash": "crashes",
    "kill": "its service is killed",
    "stop": "its service is stopped",
    "lose-disk": "loses everything on its disk",
    "back-up": "has its database copied aside",
    "restore": "gets its database back from the copy",
    "skew": "has its clock set off",
    "off": "is switched off",
}


def sentence(reader: Reader, record: Record) -> str:
    """Return one sentence about a record, without a full stop."""
    return _SENTENCES[record.kind](reader, record)


def _intervention(reader: Reader, record: Record) -> str:
    return f"You: {record.value('line')}"


def _host(reader: Reader, record: Record) -> str:
    word, detail = record.value("what"), record.value("detail")
    what = HOSTS.get(word)
    if what is None:  # an administrator's deed
        return f"{reader.name(record.host)}: {word}, {detail}"
    if word == "skew":
        what = f"runs {duration_text(int(detail))} off true time"
    elif word == "kill" and detail:
        what = f"ends its service: {detail}"
    elif detail == "raw":
        what = "gets old files in the place of its database, and is not told"
    return f"{reader.name(record.host)} {what}"


def _link(reader: Reader, record: Record) -> str:
    what = {"cut": "is cut", "heal": "is mended"}.get(record.value("what"), "is changed")
    towards = record.value("detail")
    return f"Link {record.value('link')} {what}" + (f" towards {towards}" if towards else "")


def _send(reader: Reader, record: Record) -> str:
    who, label = reader.name(record.host), reader.message(record)
    if record.value("protocol") == "arp":
        address = ip_text(record.value("destination"))
        text = {"probe": "asks whether anybody uses", "announce": "announces", "defence": "defends"}
        return f"{who} {text.get(label, label)} {address}"
    if label == "TCP connect":
        return f"{who} tries to connect to {reader.address(record.value('destination'))}"
    if record.value("destination") == BROADCAST:
        return f"{who} broadcasts {label}"
    target = ", ".join(reader.name(host) for host in reader.receivers(record))
    return f"{who} sends {label} to {target or reader.address(record.value('destination'))}"


def _receive(reader: Reader, record: Record) -> str:
    sent = reader.trace[record.value("message")]
    return f"{reader.name(record.host)} hears {reader.message(sent)} from {reader.name(sent.host)}"


def _lost(reader: Reader, record: Record) -> str:
    sent = reader.trace[record.value("message")]
    why = LOSSES.get(record.value("why"), record.value("why"))
    where = record.value("where")
    return f"{reader.message(sent)} from {reader.name(sent.host)} is lost at {where}: {why}"


def _timer(reader: Reader, record: Record) -> str:
    meaning = TIMERS.get(record.value("name"), record.value("name"))
    return f"{reader.name(record.host)}: {meaning}"


def _decision(reader: Reader, record: Record) -> str:
    who = reader.name(record.host)
    rule = RULES.get(record.value("rule"))
    short = rule.short if rule is not None else record.value("rule")
    about = reader.client(record.value("client")) or "it"
    outcome = record.value("outcome")
    if reader.roles[record.host] == "client":
        return f"{who} {'takes it' if outcome == 'accepted' else 'drops it'}: {short}"
    if reader.roles[record.host] == "relay":
        return f"{who}, message of {about}: {short}"
    words = {
        "answered": f"{who} answers {about}",
        "ignored": f"{who} leaves {about} unanswered",
        "refused": f"{who} refuses {about}",
        "accepted": f"{who} accepts the update",
        "rejected": f"{who}: update rejected",
    }
    return f"{words.get(outcome, f'{who} {outcome}')}: {short}"


def _client(reader: Reader, record: Record) -> str:
    who, new = reader.name(record.host), record.value("new")
    expires = record.value("expires")
    if new == "BOUND" and expires:
        address = ip_text(record.value("address"))
        return f"{who} is BOUND to {address} until {short_moment_text(expires)}"
    return f"{who} goes from {record.value('old')} to {new}"


def _binding(reader: Reader, record: Record) -> str:
    who, address = reader.name(record.host), ip_text(record.value("address"))
    old, new = BindingStatus(record.value("old")), BindingStatus(record.value("new"))
    client = reader.client(record.value("client"))
    text = f"{who}: {address} is {new.name}"
    if new is BindingStatus.ACTIVE:
        text += f" for {client} until {short_moment_text(record.value('expires'))}"
    elif old is not new:
        text += f", was {old.name}"
    return text + (", acknowledged" if record.value("known") else ", not yet acknowledged")


def _state(reader: Reader, record: Record) -> str:
    who = reader.name(record.host)
    old, new = record.value("old"), state_text(record.value("new"))
    return f"{who} goes from {state_text(old)} to {new}" if old else f"{who} begins in {new}"


def _partner(reader: Reader, record: Record) -> str:
    starting = ", starting" if record.value("starting") else ""
    state = state_text(record.value("state"))
    return f"{reader.name(record.host)} hears that its partner is in {state}{starting}"


def _connection(reader: Reader, record: Record) -> str:
    who, why = reader.name(record.host), record.value("why")
    words = {
        "opened": f"{who}: the failover connection is open",
        "contact": f"{who} is in contact with its partner",
        "failed": f"{who} can't connect to its partner",
        "closed": f"{who} drops the failover connection",
        "rejected": f"{who}: the greeting was rejected",
    }
    text = words.get(record.value("what"), f"{who}: connection {record.value('what')}")
    return f"{text}: {why}" if why else text


def _pool(reader: Reader, record: Record) -> str:
    who, count, scope = reader.name(record.host), record.value("count"), record.value("scope")
    words = {
        "given": f"{who} gives its partner {count} free addresses of {scope}",
        "taken": f"{who} asks {count} free addresses of {scope} back",
        "usable": f"{who} may now use its partner's {count} free addresses of {scope}",
    }
    return words.get(record.value("what"), f"{who}: pool {record.value('what')}")


def _persist(reader: Reader, record: Record) -> str:
    return f"{reader.name(record.host)} writes to its disk: {record.value('table')}"


def _conflict(reader: Reader, record: Record) -> str:
    other = reader.client(record.value("hardware")) or mac_text(record.value("hardware"))
    address = ip_text(record.value("address"))
    return f"{reader.name(record.host)} finds its address {address} in use by {other}"


def _breach(reader: Reader, record: Record) -> str:
    rule = RULES.get(record.value("monitor"))
    text = rule.text if rule is not None else record.value("monitor")
    return f"Breach at {ip_text(record.value('address'))}: {text}"


_SENTENCES: Final[dict[Kind, Callable[[Reader, Record], str]]] = {
    Kind.INTERVENTION: _intervention,
    Kind.HOST: _host,
    Kind.LINK: _link,
    Kind.SEND: _send,
    Kind.RECEIVE: _receive,
    Kind.LOST: _lost,
    Kind.TIMER: _timer,
    Kind.DECISION: _decision,
    Kind.CLIENT: _client,
    Kind.BINDING: _binding,
    Kind.STATE: _state,
    Kind.PARTNER: _partner,
    Kind.CONNECTION: _connection,
    Kind.POOL: _pool,
    Kind.PERSIST: _persist,
    Kind.CONFLICT: _conflict,
    Kind.BREACH: _breach,
}
