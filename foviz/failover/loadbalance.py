"""Which server a client belongs to: the hash and the buckets of RFC 3074."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foviz.wire.words import ranges_text

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.failover.relationship import Relationship

BUCKETS: Final = 256

_T: Final = bytes(
    int(number)
    for number in re.findall(
        r"\d+",
        """
251 175 119 215  81  14  79 191 103  49 181 143 186 157   0 232
 31  32  55  60 152  58  17 237 174  70 160 144 220  90  57 223
 59   3  18 140 111 166 203 196 134 243 124  95 222 179 197  65
180  48  36  15 107  46 233 130 165  30 123 161 209  23  97  16
 40  91 219  61 100  10 210 109 250 127  22 138  29 108 244  67
207   9 178 204  74  98 126 249 167 116  34  77 193 200 121   5
 20 113  71  35 128  13 182  94  25 226 227 199  75  27  41 245
230 224  43 225 177  26 155 150 212 142 218 115 241  73  88 105
 39 114  62 255 192 201 145 214 168 158 221 148 154 122  12  84
 82 163  44 139 228 236 205 242 217  11 187 146 159  64  86 239
195  42 106 198 118 112 184 172  87   2 173 117 176 229 247 253
137 185  99 164 102 147  45  66 231  52 141 211 194 206 246 238
 56 110  78 248  63 240 189  93  92  51  53 183  19 171  72  50
 33 104 101  69   8 252  83 120  76 135  85  54 202 125 188 213
 96 235 136 208 162 129 190 132 156  38  47   1   7 254  24   4
216 131  89  21  28 133  37 153 149  80 170  68   6 169 234 151
""",
    )
)
"""The permutation of RFC 3074 §6."""

assert sorted(_T) == list(range(BUCKETS))


def pearson(key: bytes) -> int:
    """Return the bucket 0–255 of a key (RFC 3074 §6): from its last octet to its first."""
    bucket = len(key) & 255
    for octet in reversed(key):
        bucket = _T[bucket ^ octet]
    return bucket


def hash_key(client_id: bytes, hardware: bytes, kind: str) -> bytes:
    """Return what is hashed of a client, by the switch ``hash_key``.

    The client-identifier, type and all, else the hardware address; at most the first 16
    octets (RFC 3074 §4), but for ``rfc-full``, as ISC does it. ``mac``: never the identifier.
    """
    key = hardware if kind == "mac" else client_id or hardware
    return key if kind == "rfc-full" else key[:16]


def bucket_of(client_id: bytes, hardware: bytes, kind: str = "rfc") -> int:
    """Return a client's bucket by the switch ``hash_key``."""
    return pearson(hash_key(client_id, hardware, kind))


def primary_buckets(relationship: Relationship) -> int:
    """Return how many buckets, the lowest ones, are the primary's: half up."""
    return buckets_for(relationship.local_percent)


def buckets_for(percent: int) -> int:
    """Return how many buckets a share of the clients makes: 70 % are 179."""
    return (BUCKETS * percent + 50) // 100


def bitmap(relationship: Relationship) -> bytes:
    """Return hash-bucket-assignment as the draft reads it: a set bit is the secondary's.

    draft-12 §12.11; the least significant bit of an octet is its smallest bucket.
    """
    return bitmap_from(primary_buckets(relationship))


def bitmap_from(count: int) -> bytes:
    """Return the draft's bitmap when the lowest *count* buckets are the primary's."""
    return (((1 << BUCKETS) - 1) >> count << count).to_bytes(BUCKETS // 8, "little")


def holds(assignment: bytes, bucket: int) -> bool:
    """Whether a bucket's bit is set (RFC 3074 §5.2): octet bucket // 8, lowest bit first."""
    return bool(assignment[bucket >> 3] >> (bucket & 7) & 1)


def assignment_of(endpoint: Endpoint) -> bytes:
    """Return the buckets in force: the primary's of CONNECT, where it is heeded, else our own."""
    if not endpoint.is_primary and endpoint.profile.connect_values != "ignored":
        return endpoint.durable.buckets or bitmap(endpoint.relationship)
    return bitmap(endpoint.relationship)


def is_primarys(endpoint: Endpoint, client_id: bytes, hardware: bytes) -> bool:
    """Whether a client belongs to the primary."""
    bucket = bucket_of(client_id, hardware, endpoint.profile.hash_key)
    return not holds(assignment_of(endpoint), bucket)


def ranges_of_primary(assignment: bytes) -> str:
    """Return the primary's buckets in words: ``0–127``, ``none``, ``0–47, 64–127``."""
    words = ranges_text(bytes(octet ^ 0xFF for octet in assignment))
    return "none" if words == "no hashes" else words.removeprefix("hashes ")
