"""Which options a failover message must, should, may or must not carry (draft-12 §7).

Data only: tables 7.1-1, 7.2-1, 7.8-1 and 7.9-1 of the draft and the short ones of §7.3 to
§7.12, one :class:`Demand` a cell. Not here: any check of a message; the endpoint decides
what an absence means, since each dialect does it another way.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType


class Need(Enum):
    """How much a message needs an option, in the words of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    SHOULD_NOT = "SHOULD NOT"
    MUST_NOT = "MUST NOT"


class Demand(NamedTuple):
    """One cell; with a ``condition`` the need holds under it, else MUST NOT or as told there."""

    need: Need
    condition: str = ""


Table: TypeAlias = dict[FailoverOption, Demand]

ACCEPT: Final = "accept"
REJECT: Final = "reject"
"""Cases of BNDACK and CONNECTACK; those of BNDUPD are the names of the binding statuses."""

_MUST: Final = Demand(Need.MUST)
_SHOULD: Final = Demand(Need.SHOULD)
_MAY: Final = Demand(Need.MAY)
_SHOULD_NOT: Final = Demand(Need.SHOULD_NOT)
_MUST_NOT: Final = Demand(Need.MUST_NOT)

EVERY_MESSAGE: Final[Table] = {
    FailoverOption.MESSAGE_DIGEST: Demand(Need.MUST, "a shared secret is configured"),
}
"""What holds for each message of whatever type (§11.1)."""

# draft-12 table 7.1-1, columns: ACTIVE, EXPIRED, RELEASED, FREE RESET BACKUP, ABANDONED
_FLAGS: Final = Demand(Need.MUST, "a flag is set; else MAY")
_IDENTIFIER: Final = Demand(Need.MAY, "the client used one")
_DDNS: Final = Demand(Need.SHOULD, "the server updates DNS for it; else MUST NOT")
_BINDING: Final[dict[FailoverOption, tuple[Demand, ...]]] = {
    FailoverOption.ASSIGNED_IP_ADDRESS: (_MUST,) * 5,
    FailoverOption.BINDING_STATUS: (_MUST,) * 5,
    FailoverOption.IP_FLAGS: (_FLAGS,) * 5,
    FailoverOption.CLIENT_HARDWARE_ADDRESS: (_MUST, _MUST, _MUST, _MAY, _MUST_NOT),
    FailoverOption.CLIENT_IDENTIFIER: (*(_IDENTIFIER,) * 4, _MUST_NOT),
    FailoverOption.LEASE_EXPIRATION_TIME: (_MUST, *(_MUST_NOT,) * 4),
    FailoverOption.POTENTIAL_EXPIRATION_TIME: (_MUST, *(_MUST_NOT,) * 4),
    FailoverOption.START_TIME_OF_STATE: (_SHOULD,) * 5,
    FailoverOption.CLIENT_LAST_TRANSACTION_TIME: (_MUST, _SHOULD, _MUST, _MAY, _MAY),
    FailoverOption.DDNS: (_DDNS,) * 5,
    FailoverOption.CLIENT_REQUEST_OPTIONS: (
        _SHOULD,
        _SHOULD_NOT,
        _SHOULD,
        _SHOULD_NOT,
        _SHOULD_NOT,
    ),
    FailoverOption.CLIENT_REPLY_OPTIONS: (_SHOULD, *(_SHOULD_NOT,) * 4),
}
_COLUMN: Final = {
    BindingStatus.FREE: 3,
    BindingStatus.ACTIVE: 0,
    BindingStatus.EXPIRED: 1,
    BindingStatus.RELEASED: 2,
    BindingStatus.ABANDONED: 4,
    BindingStatus.RESET: 3,
    BindingStatus.BACKUP: 3,
}

_ECHO: Final[Table] = {
    option: _SHOULD_NOT for option in _BINDING if option is not FailoverOption.ASSIGNED_IP_ADDRESS
}
_GREETING: Final[Table] = {
    FailoverOption.RELATIONSHIP_NAME: _MUST,
    FailoverOption.PROTOCOL_VERSION: _MUST,
}
_PROPERTIES: Final = (
    FailoverOption.MAX_UNACKED_BNDUPD,
    FailoverOption.RECEIVE_TIMER,
    FailoverOption.VENDOR_CLASS_IDENTIFIER,
)
_PRIMARYS_WORD: Final = (FailoverOption.MCLT, FailoverOption.HASH_BUCKET_ASSIGNMENT)
_TLS_REPLY: Final[Table] = {
    FailoverOption.TLS_REPLY: Demand(Need.MUST, "the CONNECT carried TLS-request"),
}

DEMANDS: Final[dict[tuple[FailoverType, str], Table]] = {
    (FailoverType.POOLREQ, ""): {},
    (FailoverType.POOLRESP, ""): {FailoverOption.ADDRESSES_TRANSFERRED: _MUST},
    **{
        (FailoverType.BNDUPD, status.name): {
            option: cells[column] for option, cells in _BINDING.items()
        }
        for status, column in _COLUMN.items()
    },
    (FailoverType.BNDACK, ACCEPT): {
        FailoverOption.ASSIGNED_IP_ADDRESS: _MUST,
        FailoverOption.REJECT_REASON: _SHOULD_NOT,
        FailoverOption.MESSAGE: _SHOULD_NOT,
        **_ECHO,
    },
    (FailoverType.BNDACK, REJECT): {
        FailoverOption.ASSIGNED_IP_ADDRESS: _MUST,
        FailoverOption.REJECT_REASON: _MUST,
        FailoverOption.MESSAGE: _SHOULD,
        **_ECHO,
    },
    (FailoverType.CONNECT, ""): {
        **_GREETING,
        **dict.fromkeys(_PROPERTIES, _MUST),
        **dict.fromkeys(_PRIMARYS_WORD, _MUST),
        FailoverOption.TLS_REQUEST: Demand(Need.MUST, "the connection does not use TLS yet"),
    },
    (FailoverType.CONNECTACK, ACCEPT): {
        **_GREETING,
        **dict.fromkeys(_PROPERTIES, _MUST),
        **dict.fromkeys(_PRIMARYS_WORD, _MUST_NOT),
        **_TLS_REPLY,
        FailoverOption.REJECT_REASON: _MUST_NOT,
        FailoverOption.MESSAGE: _MUST_NOT,
    },
    (FailoverType.CONNECTACK, REJECT): {
        **_GREETING,
        **dict.fromkeys(_PROPERTIES, _MUST_NOT),
        **dict.fromkeys(_PRIMARYS_WORD, _MUST_NOT),
        **_TLS_REPLY,
        FailoverOption.REJECT_REASON: _MUST,
        FailoverOption.MESSAGE: _SHOULD,
    },
    (FailoverType.UPDREQALL, ""): {},
    (FailoverType.UPDDONE, ""): {},
    (FailoverType.UPDREQ, ""): {FailoverOption.SCOPE_ID_LIST: Demand(Need.MAY, "Microsoft")},
    (FailoverType.STATE, ""): {
        FailoverOption.SERVER_STATE: _MUST,
        FailoverOption.SERVER_FLAGS: _MUST,
        FailoverOption.START_TIME_OF_STATE: _MUST,
    },
    (FailoverType.CONTACT, ""): {},
    (FailoverType.DISCONNECT, ""): {
        FailoverOption.REJECT_REASON: _MUST,
        FailoverOption.MESSAGE: _SHOULD,
    },
}
"""By message type and case; an option that a table does not name has no business there."""


@cache
def required(kind: FailoverType, case: str = "") -> tuple[FailoverOption, ...]:
    """Return the options that a message can't do without, whatever else holds."""
    table = DEMANDS[kind, case]
    return tuple(option for option, demand in table.items() if demand == _MUST)
