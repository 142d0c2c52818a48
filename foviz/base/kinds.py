"""The kinds of records in a trace and the keys of their data.

This table is the only definition: engines fill it, and the JSON output, the views, the
``because`` of the lab language and the explanations read it. Octets are hexadecimal in JSON,
addresses dotted, times µs since 1970-01-01 UTC unless a key says otherwise.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foviz.base.numbered import Numbered


class Kind(Numbered):
    """What sort of thing happened."""

    INTERVENTION = 0
    HOST = 1
    LINK = 2
    SEND = 3
    RECEIVE = 4
    LOST = 5
    TIMER = 6
    DECISION = 7
    CLIENT = 8
    BINDING = 9
    STATE = 10
    PARTNER = 11
    CONNECTION = 12
    POOL = 13
    PERSIST = 14
    CONFLICT = 15
    BREACH = 16

    @property
    def word(self) -> str:
        """The kind's name as text: ``decision``."""
        return self.name.lower()


class Key(NamedTuple):
    """One key of a record's data: its name, its type for JSON, and what it means.

    Types: ``text``, ``number``, ``flag``, ``ip``, ``octets``, ``time`` (µs), ``record``
    (index), ``facts`` (name, value, unit), ``arrivals`` (host, µs), ``records``.
    """

    name: str
    type: str
    meaning: str


KEYS: Final[dict[Kind, tuple[Key, ...]]] = {
    Kind.INTERVENTION: (
        Key("line", "text", "the lab line that was carried out"),
        Key("ordinal", "number", "its place among the interventions of the branch, from 1"),
    ),
    Kind.HOST: (
        Key(
            "what",
            "text",
            "boot, crash, kill, stop, lose-disk, back-up, restore, skew, or what "
            "an administrator did: relationship created, scope added, setting, replicated …",
        ),
        Key("detail", "text", "what more there is to say, such as the clock's new difference"),
    ),
    Kind.LINK: (
        Key("link", "text", "name of the link"),
        Key("what", "text", "cut, heal or set"),
        Key("detail", "text", "empty, or the direction: from one end to the other"),
    ),
    Kind.SEND: (
        Key("protocol", "text", "dhcp, failover, arp, or tcp for the connection itself"),
        Key("link", "text", "the first link on the way"),
        Key("source", "ip", "sender's address"),
        Key("destination", "ip", "address it is sent to"),
        Key("source_port", "number", "UDP or TCP port"),
        Key("destination_port", "number", "UDP or TCP port"),
        Key("octets", "octets", "the message; of tcp: SYN, SYN-ACK, FIN or RST as text"),
        Key("arrivals", "arrivals", "hosts that will hear it, and when, if nothing is lost"),
        Key("stream", "number", "number of the TCP connection, 0 for a datagram"),
        Key("hardware", "octets", "the sender's hardware address"),
        Key("target", "octets", "hardware address the frame is sent to"),
    ),
    Kind.RECEIVE: (Key("message", "record", "the send record"),),
    Kind.LOST: (
        Key("message", "record", "the send record"),
        Key("why", "text", "cut, off, loss, drop, no-service, no-route, closed"),
        Key("where", "text", "the link or the host where it died"),
    ),
    Kind.TIMER: (
        Key("engine", "text", "whose timer: client, dhcp, or the relationship's name"),
        Key("name", "text", "the timer's name"),
    ),
    Kind.DECISION: (
        Key("outcome", "text", "answered, ignored, refused, accepted, rejected or done"),
        Key("rule", "text", "id of the rule that decided"),
        Key("client", "octets", "hardware address of the client it is about, or empty"),
        Key("address", "ip", "the address it is about, or 0.0.0.0"),
        Key("facts", "facts", "what the rule looked at"),
    ),
    Kind.CLIENT: (
        Key("old", "text", "state of the client before"),
        Key("new", "text", "state of the client now"),
        Key("address", "ip", "the address it uses or asks for"),
        Key("server", "ip", "the server that granted it"),
        Key("expires", "time", "end of the lease on the client's clock, 0 without a lease"),
    ),
    Kind.BINDING: (
        Key("scope", "text", "name of the scope"),
        Key("address", "ip", "the address"),
        Key("old", "number", "binding status before"),
        Key("new", "number", "binding status now"),
        Key("client", "octets", "hardware address of the client, or empty"),
        Key("granter", "text", "server that granted the lease"),
        Key("expires", "time", "lease-expiration on this server's clock, 0 without a lease"),
        Key("pet", "time", "potential expiration that the partner is or will be told"),
        Key("known", "flag", "the partner has acknowledged this"),
    ),
    Kind.STATE: (
        Key("relationship", "text", "name of the relationship"),
        Key("old", "number", "state before, as numbered on the wire"),
        Key("new", "number", "state now"),
        Key("event", "text", "event of the transition table"),
        Key("partner", "number", "partner's state as last heard, 0 if never"),
        Key("section", "text", "where the rule stands"),
        Key("row", "text", "id of the row of the transition table, start for the first state"),
    ),
    Kind.PARTNER: (
        Key("relationship", "text", "name of the relationship"),
        Key("state", "number", "state the partner says it is in"),
        Key("starting", "flag", "the STARTUP flag is set"),
    ),
    Kind.CONNECTION: (
        Key("relationship", "text", "name of the relationship"),
        Key("what", "text", "opening, opened, contact, refused, failed, closed, rejected"),
        Key("why", "text", "the reason, in words"),
    ),
    Kind.POOL: (
        Key("relationship", "text", "name of the relationship"),
        Key("scope", "text", "name of the scope"),
        Key("what", "text", "given, taken, balanced or usable"),
        Key("count", "number", "how many addresses"),
        Key("free", "number", "FREE addresses afterwards"),
        Key("backup", "number", "BACKUP addresses afterwards"),
    ),
    Kind.PERSIST: (
        Key("table", "text", "what was written durably: leases, failover, client"),
        Key("key", "text", "which entry"),
    ),
    Kind.CONFLICT: (
        Key("address", "ip", "address that somebody else uses too"),
        Key("hardware", "octets", "hardware address of the other user"),
    ),
    Kind.BREACH: (
        Key("monitor", "text", "id of the invariant"),
        Key("address", "ip", "address it is about, or 0.0.0.0"),
        Key("facts", "facts", "what was found"),
        Key("culprits", "records", "the records that led to it"),
    ),
}

PLACES: Final[dict[Kind, dict[str, int]]] = {
    kind: {key.name: place for place, key in enumerate(keys)} for kind, keys in KEYS.items()
}
"""Place of each key in a record's data tuple."""
