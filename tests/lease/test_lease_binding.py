"""What one binding says of itself, and the record of its change."""

import pytest

from foviz.base.kinds import KEYS, Kind
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    AVAILABLE,
    BACKUP,
    ENDED,
    FREE,
    Binding,
    binding_note,
)
from foviz.wire.failover import BindingStatus

MAC = b"\x02\0\0\0\0\x01"


@pytest.mark.parametrize(
    ("client_id", "hardware", "client"),
    [
        (b"\xffid", MAC, b"\xffid"),
        (b"", MAC, b"\x01" + MAC),
        (b"\xffid", b"", b"\xffid"),
        (b"", b"", b""),
    ],
)
def test_the_client_identifier_comes_before_the_hardware_address(client_id, hardware, client):
    assert Binding(1, client_id=client_id, hardware=hardware).client == client


@pytest.mark.parametrize("field", ["expires", "pet", "acked_pet", "received_pet"])
def test_the_furthest_promise_is_the_greatest_of_four_times(field):
    times = {"expires": 10, "pet": 20, "acked_pet": 30, "received_pet": 40, field: 50}
    assert Binding(1, **times).furthest == 50


def test_start_and_last_contact_are_no_promises():
    assert Binding(1, start=99, cltt=99, expires=5).furthest == 5


def test_an_address_never_touched_is_free_and_the_partner_knows_it():
    binding = Binding(7)
    assert binding.status is FREE
    assert binding.known
    assert not binding.leased
    assert (binding.client, binding.furthest) == (b"", 0)


def test_every_status_is_leased_available_on_its_way_or_bad():
    groups = [ACTIVE, *AVAILABLE, *ENDED, ABANDONED]
    assert sorted(groups) == sorted(BindingStatus)
    assert [status for status in BindingStatus if Binding(1, status).leased] == [ACTIVE]


def test_the_record_of_a_change_fills_the_keys_of_its_kind():
    old = Binding(7, BACKUP)
    new = Binding(7, ACTIVE, b"", MAC, "DHCP2", expires=30, pet=40, known=False)
    note = binding_note("LAN", old, new)
    assert note.kind is Kind.BINDING
    assert dict(zip([key.name for key in KEYS[Kind.BINDING]], note.data, strict=True)) == {
        "scope": "LAN",
        "address": 7,
        "old": 7,
        "new": 2,
        "client": MAC,
        "granter": "DHCP2",
        "expires": 30,
        "pet": 40,
        "known": False,
    }
