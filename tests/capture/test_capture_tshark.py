"""What Foviz exports, as Wireshark reads it: nothing malformed, and the values of the trace."""

import subprocess

import pytest
from laboratory import PAIR, STORY, Lab

from foviz.base.address import ip_text
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.capture.frames import FrameWriter
from foviz.capture.pcapng import write_pcapng
from foviz.session import Session
from foviz.sim.trace import Trace
from foviz.wire import failover
from foviz.wire.failover import FailoverOption, FailoverType

PATIENT = PAIR.replace(
    "[segments.LAN]", "[switches]\nreceive-timer-s = 900\nclock-limit-s = 0\n\n[segments.LAN]"
)

FIELDS = (
    *("frame.number", "frame.time_epoch", "frame.interface_name", "frame.comment"),
    *("ip.src", "ip.dst", "ip.checksum.status", "udp.checksum.status", "tcp.checksum.status"),
    *("dhcp.option.dhcp", "dhcp.option.ip_address_lease_time", "dhcp.ip.your", "dhcp.hw.mac_addr"),
    *("dhcp.option.dhcp_server_id", "dhcp.option.renewal_time_value"),
    *("arp.opcode", "arp.src.proto_ipv4", "arp.dst.proto_ipv4"),
    *("tcp.analysis.flags", "_ws.malformed", "_ws.expert.message", "tcp.stream", "tcp.flags.str"),
    *("tcp.seq", "tcp.ack"),
    *("dhcpfo.length", "dhcpfo.type", "dhcpfo.xid", "dhcpfo.time", "dhcpfo.poffset"),
    *("dhcpfo.assignedipaddress", "dhcpfo.bindingstatus", "dhcpfo.serverstatus"),
    *("dhcpfo.leaseexpirationtime", "dhcpfo.potentialexpirationtime"),
    *("dhcpfo.clienthardwareaddress", "dhcpfo.mclt", "dhcpfo.starttimeofstate"),
    *("dhcpfo.clientlasttransactiontime", "dhcpfo.rejectreason", "dhcpfo.relationshipname"),
)
CHECKED = [
    part
    for name in ("ip", "udp", "tcp")
    for part in ("-o", f"{name}.check_checksum:TRUE")
]  # fmt: skip
GOOD = "1"
"""tshark's number for a checksum that is right."""

TEXT_IDENTIFIER = "Trailing stray characters"
"""tshark reads the client identifier as text, and ours begins 01 02 00 (RFC 2132 §9.14)."""

CHATTER = ("Connection establish", "Connection finish", "connection closing", "Connection reset")


class Capture:
    """A capture file as tshark reads it, frame by frame, with the records it was made of."""

    def __init__(self, path, trace):
        command = ["tshark", "-r", str(path), *CHECKED, "-T", "fields", "-E", "separator=/t"]
        for name in FIELDS:
            command += ["-e", name]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        self.rows = [
            dict(zip(FIELDS, line.split("\t"), strict=True)) for line in result.stdout.splitlines()
        ]
        self.trace = trace
        self.frames = list(FrameWriter(trace).frames(0, len(trace)))

    def having(self, name, value=None):
        return [row for row in self.rows if row[name] and value in (None, row[name])]

    def record(self, row):
        return self.trace[self.frames[int(row["frame.number"]) - 1].record]

    def experts(self, row):
        """What the experts of tshark say of a frame, without comments and mere chatter."""
        found = row["_ws.expert.message"].split(",")
        found = [words for words in found if words and words not in row["frame.comment"].split(",")]
        return [words for words in found if not any(chat in words for chat in CHATTER)]


def captured(lab, folder):
    path = folder / "run.pcapng"
    count = write_pcapng(path, lab.trace, tuple(lab.world.network.links), {})
    capture = Capture(path, lab.trace)
    assert len(capture.rows) == count
    return capture


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    path = tmp_path_factory.mktemp("capture") / "hot-standby.pcapng"
    session = Session.open("hot-standby")
    session.finish_story()
    count = session.export_capture(path)
    capture = Capture(path, session.branch.trace)
    assert len(capture.rows) == len(capture.frames) == count
    return capture


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    lab = Lab(PAIR, lines=STORY)
    return captured(lab, tmp_path_factory.mktemp("capture"))


@pytest.fixture(params=["lesson", "story"])
def capture(request):
    return request.getfixturevalue(request.param)


# -- whole and sound


def test_nothing_is_malformed(capture):
    assert capture.having("_ws.malformed") == []
    assert len(capture.rows) > 200


def test_every_checksum_is_right(capture):
    for row in capture.rows:
        if row["ip.src"]:
            assert row["ip.checksum.status"] == GOOD, row
            assert GOOD in (row["udp.checksum.status"], row["tcp.checksum.status"]), row


def test_the_experts_have_nothing_to_say_but_what_is_meant(capture):
    said = {
        (words, row["dhcpfo.type"] if words == TEXT_IDENTIFIER else "")
        for row in capture.rows
        for words in capture.experts(row)
    }
    assert said == {
        (TEXT_IDENTIFIER, str(int(FailoverType.BNDUPD))),
        ("This frame is a (suspected) retransmission", ""),
    }


def test_time_runs_forwards_and_is_the_traces(capture):
    times = [row["frame.time_epoch"] for row in capture.rows]
    assert times == sorted(times)
    for row, frame in zip(capture.rows, capture.frames, strict=True):
        seconds, _, fraction = row["frame.time_epoch"].partition(".")
        assert int(seconds) * US + int(fraction[:6]) == frame.at


def test_each_link_is_an_interface(lesson):
    names = {row["frame.interface_name"] for row in lesson.rows}
    assert names == {"LAN-DHCP1", "LAN-DHCP2", "DHCP1-DHCP2", "LAN-C1", "LAN-C2"}
    for row in lesson.having("dhcpfo.type"):
        assert row["frame.interface_name"] == "DHCP1-DHCP2"


def test_every_message_on_the_wire_is_in_the_file_once(capture):
    written = [frame.record for frame in capture.frames if frame.record >= 0]
    trace = capture.trace
    wanted = [
        n
        for n in range(len(trace))
        if trace.kind(n) == Kind.SEND
        and (trace[n].value("arrivals") or trace[n].value("protocol") != "failover")
    ]
    assert written == wanted


# -- the story of the leases


def acks(capture, client):
    return [
        (int(row["dhcp.option.ip_address_lease_time"]), row["dhcp.ip.your"], row["ip.src"])
        for row in capture.having("dhcp.option.dhcp", "5")
        if row["dhcp.hw.mac_addr"] == client
    ]


def test_the_leases_of_the_lesson(lesson):
    """First the MCLT, then eight days; the survivor's MCLT for the same address; eight days."""
    first, renewal, *_, survivor, last = acks(lesson, "02:00:00:00:00:01")
    assert first == (3600, "10.0.0.51", "10.0.0.1")
    assert renewal == (691200, "10.0.0.51", "10.0.0.1")
    assert survivor == (3600, "10.0.0.51", "10.0.0.2")
    assert last == (691200, "10.0.0.51", "10.0.0.1")
    assert acks(lesson, "02:00:00:00:00:02")[0] == (3600, "10.0.0.241", "10.0.0.2")


def test_dhcp_messages_say_what_the_trace_says(capture):
    from foviz.wire import dhcp

    rows = capture.having("dhcp.option.dhcp")
    assert rows
    for row in rows:
        record = capture.record(row)
        message = dhcp.decode(record.value("octets"))
        assert int(row["dhcp.option.dhcp"]) == message.message_type
        assert row["dhcp.ip.your"] == ip_text(message.yiaddr)
        assert row["dhcp.option.ip_address_lease_time"] == str(message.u32(51) or "")
        assert row["ip.src"] == ip_text(record.value("source"))
        assert row["ip.dst"] == ip_text(record.value("destination"))
        if row["dhcp.option.dhcp"] == "5":
            assert int(row["dhcp.option.renewal_time_value"]) * 2 == message.u32(51)
            assert row["dhcp.option.dhcp_server_id"] == row["ip.src"]


def test_probes_and_announcements(lesson):
    rows = lesson.having("arp.opcode")
    pairs = [(r["arp.src.proto_ipv4"], r["arp.dst.proto_ipv4"]) for r in rows]
    assert pairs[:2] == [("0.0.0.0", "10.0.0.51"), ("10.0.0.51", "10.0.0.51")]
    assert {row["arp.opcode"] for row in rows} == {"1"}


# -- failover


def number(options, code):
    value = dict(options).get(code)
    return str(int.from_bytes(value)) if value is not None else ""


def test_failover_messages_are_decoded_with_the_values_of_the_trace(capture):
    """By numbers: tshark 4.0 swaps the names of types 7 and 9 (FACTS)."""
    numbers = {
        "dhcpfo.bindingstatus": FailoverOption.BINDING_STATUS,
        "dhcpfo.serverstatus": FailoverOption.SERVER_STATE,
        "dhcpfo.leaseexpirationtime": FailoverOption.LEASE_EXPIRATION_TIME,
        "dhcpfo.potentialexpirationtime": FailoverOption.POTENTIAL_EXPIRATION_TIME,
        "dhcpfo.starttimeofstate": FailoverOption.START_TIME_OF_STATE,
        "dhcpfo.clientlasttransactiontime": FailoverOption.CLIENT_LAST_TRANSACTION_TIME,
        "dhcpfo.mclt": FailoverOption.MCLT,
        "dhcpfo.rejectreason": FailoverOption.REJECT_REASON,
    }
    rows = capture.having("dhcpfo.type")
    seen = {}
    for row in rows:
        octets = capture.record(row).value("octets")
        message = failover.decode(octets)
        seen[message.type] = True
        assert int(row["dhcpfo.type"]) == octets[2] == message.type
        assert int(row["dhcpfo.length"]) == len(octets)
        assert row["dhcpfo.poffset"] == "12"
        assert int(row["dhcpfo.xid"], 16) == message.xid
        for name, code in numbers.items():
            assert row[name] == number(message.options, code), (name, row)
        address = message.u32(FailoverOption.ASSIGNED_IP_ADDRESS)
        assert row["dhcpfo.assignedipaddress"] == (ip_text(address) if address else "")
        name = message.get(FailoverOption.RELATIONSHIP_NAME)
        assert row["dhcpfo.relationshipname"] == (name.decode() if name else "")
    kinds = (*("BNDUPD", "BNDACK", "CONNECT", "CONNECTACK"), *("UPDREQ", "UPDDONE", "STATE"))
    assert set(seen) == {FailoverType[kind] for kind in (*kinds, "CONTACT")}


def test_an_update_carries_what_was_decided(lesson):
    """BNDUPD against the BINDING record that stands between decision and message."""
    checked = 0
    for row in lesson.having("dhcpfo.type", "3"):
        record = lesson.record(row)
        if row["dhcpfo.bindingstatus"] != "2" or lesson.trace.kind(record.cause) != Kind.DECISION:
            continue
        decision = lesson.trace[record.cause]
        written = next(
            lesson.trace[n]
            for n in range(decision.index, record.index)
            if lesson.trace.kind(n) == Kind.BINDING and lesson.trace.cause(n) == decision.index
        )
        address = ip_text(written.value("address"))
        assert row["dhcpfo.assignedipaddress"] == address
        assert int(row["dhcpfo.leaseexpirationtime"]) == written.value("expires") // US
        assert int(row["dhcpfo.potentialexpirationtime"]) == written.value("pet") // US
        hardware = ":".join(f"{octet:02x}" for octet in written.value("client"))
        assert row["dhcpfo.clienthardwareaddress"] == hardware
        checked += 1
    assert checked >= 3


def test_a_state_message_carries_the_state_that_was_entered(lesson):
    checked = 0
    for row in lesson.having("dhcpfo.type", "10"):
        record = lesson.record(row)
        if lesson.trace.kind(record.cause) == Kind.STATE:
            entered = lesson.trace[record.cause]
            assert int(row["dhcpfo.serverstatus"]) == entered.value("new")
            assert int(row["dhcpfo.starttimeofstate"]) == entered.at // US
            checked += 1
    assert checked >= 6


def test_the_first_update_promises_half_the_lease_and_the_scopes_time(lesson):
    row = next(r for r in lesson.having("dhcpfo.type", "3") if r["dhcpfo.bindingstatus"] == "2")
    end, potential = (
        int(row[f"dhcpfo.{name}"]) for name in ("leaseexpirationtime", "potentialexpirationtime")
    )
    now = int(row["frame.time_epoch"].partition(".")[0])
    assert (end - now, potential - now) == (3600, 1800 + 691200)


def test_updreq_is_9_and_comes_before_the_updates(lesson):
    """DESIGN §11.11: UPDREQ, then the BNDUPDs, then UPDDONE; twice, from either side."""
    rows = [r for r in lesson.having("dhcpfo.type") if int(r["frame.number"]) > 15000]
    asked = next(r for r in rows if r["dhcpfo.type"] == "9" and r["ip.src"] == "192.168.99.1")
    done = next(r for r in rows if r["dhcpfo.type"] == "8" and r["ip.src"] == "192.168.99.2")
    updates = [
        int(r["frame.number"])
        for r in rows
        if r["dhcpfo.type"] == "3" and r["ip.src"] == "192.168.99.2"
    ]
    assert int(asked["frame.number"]) < min(updates[:2])
    assert max(updates[:2]) < int(done["frame.number"])
    assert asked["dhcpfo.xid"] == done["dhcpfo.xid"]


# -- the steps as comments


def test_steps_are_comments_on_their_witnesses(lesson):
    comments = [row["frame.comment"] for row in lesson.having("frame.comment")]
    assert comments[0] == "step 1: C1 broadcasts a DISCOVER"
    steps = [int(text.removeprefix("step ").partition(":")[0]) for text in comments]
    assert steps == sorted(steps)
    row = lesson.having("frame.comment", "step 4: First lease: the MCLT")[0]
    assert row["dhcp.option.dhcp"] == "5"


# -- TCP


def test_each_retransmission_repeats_a_segment_that_was_lost(capture):
    flagged = {
        int(row["frame.number"])
        for row in capture.having("tcp.analysis.flags")
        if "retransmission" in row["_ws.expert.message"]
    }
    repeated = set()
    for place, frame in enumerate(capture.frames, 1):
        if frame.record < 0 or capture.trace[frame.record].value("protocol") != "failover":
            continue
        cause = capture.trace[frame.record].cause
        again = capture.trace.kind(cause) == Kind.SEND and capture.trace[cause].value("arrivals")
        if again:
            repeated.add(place)
    assert repeated
    assert flagged == repeated


def analysed(lines, folder, scenario=PATIENT):
    """Every remark of tshark's TCP analysis on a run's capture."""
    capture = captured(Lab(scenario, lines=lines), folder)
    assert capture.having("_ws.malformed") == []
    return [
        words for row in capture.rows for words in capture.experts(row) if words != TEXT_IDENTIFIER
    ]


AGAIN = "This frame is a (suspected) retransmission"
ANOTHER_CARD = "Duplicate IP address configured (10.0.0.51)"
"""C2 announces the address that C1 gave back a moment ago; nobody else uses it."""
SPURIOUS = "This frame is a (suspected) spurious retransmission"


@pytest.mark.parametrize(
    ("lines", "remarks"),
    [
        ("start C1\nstart C2\nrun 1h", []),
        ("delay next BNDUPD from DHCP1 5s\nstart C1\nstart C2\nrun 2m", []),
        ("kill service DHCP1\nrun 3m\nstart DHCP1\nrun 2m", []),
        ("stop service DHCP2\nrun 3m\nstart DHCP2\nrun 2m", []),
        ("restart DHCP1\nrun 2m\nrestart DHCP2\nrun 2m", []),
        ("start C1\nrun 1m\nrelease C1\nstart C2\nrun until C2 bound\nrun 1m", [ANOTHER_CARD]),
        ("drop next BNDUPD from DHCP1\nstart C1\nstart C2\nrun 1m", [AGAIN]),
        ("cut DHCP1-DHCP2\nrun 5m\nheal DHCP1-DHCP2\nrun 3m", [AGAIN]),
        ("run 50s\ncrash DHCP1\nrun 15s\ndrop next SYN\nstart DHCP1\nrun 2m", []),
        ("run 50s\ncrash DHCP1\nrun 20m\nstart DHCP1\nrun 2m", [AGAIN]),
        ("cut DHCP1-DHCP2\nstop service DHCP1\nrun 3m\nheal DHCP1-DHCP2\nrun 5m", [AGAIN]),
    ],
)
def test_the_tcp_analysis_finds_only_what_is_meant(lines, remarks, tmp_path):
    assert list(dict.fromkeys(analysed(lines, tmp_path))) == remarks


def test_a_half_cut_link_shows_as_repetition_and_duplicate_acks(tmp_path):
    lines = "start C1\nrun until ACK from DHCP1\ncut DHCP2-DHCP1 one-way\nrun 40s"
    found = analysed(f"{lines}\nheal DHCP1-DHCP2\nrun 2m", tmp_path)
    kinds = {words.partition(" (#")[0] for words in found}
    assert kinds == {AGAIN, SPURIOUS, "Duplicate ACK"}


TWO_IN_FLIGHT = "start C1\nrun 400us\nstart C2\nrun until BNDUPD from DHCP1"


def test_a_lost_segment_is_not_acknowledged_with_the_one_behind_it(tmp_path):
    lines = f"{TWO_IN_FLIGHT}\nrun 900us\ncut DHCP1-DHCP2\nrun 300us\nheal DHCP1-DHCP2\nrun 5s"
    lab = Lab(PAIR, lines=lines)
    capture = captured(lab, tmp_path)
    first, second, *_ = [
        r for r in capture.having("dhcpfo.type", "3") if r["dhcpfo.bindingstatus"] == "2"
    ]
    early = [
        row
        for row in capture.having("tcp.ack")
        if row["ip.src"] == "192.168.99.2"
        and int(second["frame.number"]) < int(row["frame.number"])
        and float(row["frame.time_epoch"]) < float(first["frame.time_epoch"]) + 0.9
    ]
    assert [row["tcp.ack"] for row in early] == [first["tcp.seq"]]
    found = [w for row in capture.rows for w in capture.experts(row) if w != TEXT_IDENTIFIER]
    assert "This frame is a (suspected) spurious retransmission" not in found
    assert AGAIN in found


def test_acknowledgements_never_go_back(tmp_path):
    """Both updates arrive and are repeated, for their acknowledgements are lost."""
    lines = f"{TWO_IN_FLIGHT}\ncut DHCP2-DHCP1 one-way\nrun 10s\nheal DHCP1-DHCP2\nrun 20s"
    capture = captured(Lab(PAIR, lines=lines), tmp_path)
    for side in ("192.168.99.1", "192.168.99.2"):
        stream = [
            int(row["tcp.ack"])
            for row in capture.having("tcp.ack")
            if row["ip.src"] == side and row["tcp.stream"] == "0"
        ]
        assert stream == sorted(stream)
        assert len(stream) > 10


def test_every_stream_begins_with_a_syn_and_ends_as_the_story_says(story):
    streams = {}
    for row in story.having("tcp.stream"):
        streams.setdefault(row["tcp.stream"], []).append(row["tcp.flags.str"])
    assert len(streams) > 10
    for flags in streams.values():
        assert "S" in flags[0]
        assert "A" not in flags[0]


# -- the writer


def test_an_empty_trace_makes_an_empty_file(tmp_path):
    path = tmp_path / "empty.pcapng"
    assert write_pcapng(path, Trace(), ("LAN",), {}) == 0
    assert Capture(path, Trace()).rows == []


def test_a_branch_exports_what_happened_on_it(tmp_path):
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until C1 bound")
    session.undo()
    session.do("crash DHCP1")
    session.do("start C2")
    session.do("run 10s")
    path = tmp_path / "branch.pcapng"
    session.export_capture(path)
    capture = Capture(path, session.branch.trace)
    assert acks(capture, "02:00:00:00:00:01") == []
    assert len(capture.having("dhcp.option.dhcp", "1")) >= 1
