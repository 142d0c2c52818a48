"""What is selected, and what follows from it: selected anywhere is selected everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from foviz import Kind, Record, Session


@dataclass(frozen=True)
class Selection:
    """One selected thing. ``kind``: record, host, link, address, state, or none.

    ``value`` is a record's or a host's index, a link's name, an address, or a state's number.
    """

    kind: str = "none"
    value: int | str = 0


NOTHING = Selection()


@dataclass(frozen=True)
class Focus:
    """What every view marks: −1, 0 or ``""`` for nothing.

    ``record`` and the ``exchange`` it belongs to, ``host``, ``client`` (host index),
    ``address``, ``link``, ``state`` (number).
    """

    record: int = -1
    exchange: int = -1
    host: int = -1
    client: int = -1
    address: int = 0
    link: str = ""
    state: int = 0


def focus_of(session: Session, selection: Selection, present: int) -> Focus:
    """Return what to mark; with nothing selected the present record of the story."""
    if selection.kind == "host":
        index = int(selection.value)
        client = session.snapshot().client(index)
        address = client.address if client is not None else 0
        return Focus(host=index, client=index if client is not None else -1, address=address)
    if selection.kind == "address":
        address = int(selection.value)
        return Focus(address=address, client=_holder(session, address))
    if selection.kind == "link":
        return Focus(link=str(selection.value))
    if selection.kind == "state":
        return Focus(state=int(selection.value))
    record = int(selection.value) if selection.kind == "record" else present
    if record < 0 or record >= session.record_count:
        return Focus()
    return _focus_of_record(session, session.record(record))


def _focus_of_record(session: Session, record: Record) -> Focus:
    address, client = _subject(session, record)
    exchange = record.index
    if record.kind is Kind.SEND and session.digest.has(record.index):
        exchange = session.digest.row(session.digest.place_of(record.index)).exchange
    state = record.value("new") if record.kind is Kind.STATE else 0
    return Focus(record.index, exchange, record.host, client, address, "", state)


def _subject(session: Session, record: Record) -> tuple[int, int]:
    """Return the address and the client (host index) that a record is about."""
    reader = session.reader
    if record.kind is Kind.SEND:
        return session.subject_of(record.index)
    if record.kind in (Kind.RECEIVE, Kind.LOST):
        return session.subject_of(record.value("message"))
    if record.kind in (Kind.DECISION, Kind.BINDING):
        name = reader.client(record.value("client"))
        client = reader.names.index(name) if name in reader.names else -1
        address = record.value("address")
        if not address and client >= 0:
            found = session.snapshot().client(client)
            address = found.address if found is not None else 0
        return address, client
    if record.kind is Kind.CLIENT:
        return record.value("address"), record.host
    if record.kind in (Kind.CONFLICT, Kind.BREACH):
        return record.value("address"), -1
    return 0, -1


def _holder(session: Session, address: int) -> int:
    """Return the client that holds an address, by its own belief, or −1."""
    for client in session.snapshot().clients:
        if client.address == address:
            return client.index
    return -1
