"""Tables for the model: machines, command lines and what is promised, written by hand."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import model  # noqa: E402
from model import Function  # noqa: E402

CLAIMED, ABSENT = {"claimed"}, {"-"}
OTHER_IDS = (0x1AF4, 0x1100)

HOST = Function("0000:00:00.0", (0x8086, 0x29C0, *OTHER_IDS, 0x060000), group="0")
PORT = Function("0000:00:02.0", (0x1B36, 0x000C, *OTHER_IDS, 0x060400), "pcieport", group="1")
GPU = Function("0000:01:00.0", (0x1002, 0x5159, *OTHER_IDS, 0x030000), "radeon",
               "00:02.0/00.0", "2")
AUDIO = Function("0000:01:00.1", (0x8086, 0x2668, *OTHER_IDS, 0x040300), "snd_hda_intel",
                 "00:02.0/00.1", "2")
TWIN = Function("0000:02:00.0", (0x1002, 0x5159, *OTHER_IDS, 0x030000), "radeon", group="3")
NVME = Function("0000:03:00.0", (0x1B36, 0x0010, *OTHER_IDS, 0x010802), "nvme", group="4")
ROOT = Function("0000:04:00.0", (0x1B36, 0x0010, *OTHER_IDS, 0x010802), "nvme", group="5",
                disk="root")
SERIAL = Function("0000:05:00.0", (0x1B36, 0x0002, *OTHER_IDS, 0x070002), "serial", group="6",
                  built_in=True, console="ttyS2")
SERIAL2 = Function("0000:06:00.0", (0x1B36, 0x0002, *OTHER_IDS, 0x070002), "serial", group="7",
                   built_in=True, console="ttyS3")
FREE = Function("0000:07:00.0", (0x1234, 0x11E8, *OTHER_IDS, 0x00FF00))
MACHINE = [HOST, PORT, GPU, AUDIO, TWIN, NVME, ROOT, SERIAL, SERIAL2, FREE]
TWINS_KEPT = {GPU: {"kept boot-display"}, TWIN: CLAIMED}
KEPT_ROOT = {"kept root-disk", "kept in-use"}

# The command line, and the outcomes of the functions that it concerns; the others have none.
OUTCOMES = [
    ("", {}),
    ("quiet notpassthru.ids=8086:2668", {}),
    ("passthru.ids=8086:2668", {AUDIO: CLAIMED}),
    ("passthru.ids=8086:2668:1af4:1100", {AUDIO: CLAIMED}),
    ("passthru.ids=8086:2668:1af5", {}),
    ("passthru.ids=8086:2668:ffffffff:1100", {AUDIO: CLAIMED}),
    ("passthru.ids=ffffffff:ffffffff:ffffffff:ffffffff:040000:ff0000", {AUDIO: CLAIMED}),
    ("passthru.ids=8086:2668@01:00.1", {AUDIO: CLAIMED}),
    ("passthru.ids=8086:2668@01:00.0", {}),
    ("vfio-pci.ids=8086:2668", {}),
    ("passthru.adopt vfio-pci.ids=8086:2668", {AUDIO: CLAIMED}),
    ("vfio-pci.ids=1002:5159 vfio_pci.ids=8086:2668 passthru.adopt=1", {AUDIO: CLAIMED}),
    ("passthru.adopt=maybe vfio-pci.ids=8086:2668", {}),
    ("passthru.adopt vfio_pci.ids=8086:2668@01:00.0,8086:*,", {AUDIO: CLAIMED}),
    ("passthru.adopt vfio-pci.ids=1b36:0010!", {NVME: CLAIMED, ROOT: KEPT_ROOT}),
    ("passthru.addrs=1:0.1", {AUDIO: CLAIMED}),
    ("passthru.addrs=0001:01:00.1", {}),
    ("passthru.addrs=00:02.0/00.1", {AUDIO: CLAIMED}),
    ("passthru.addrs=00:02.0/00.*", {GPU: CLAIMED, AUDIO: CLAIMED}),
    ("passthru.addrs=01:00.*", {GPU: CLAIMED, AUDIO: CLAIMED}),
    ("passthru.addrs=00:02.0", {PORT: {"refused bridge"}}),
    ("passthru.addrs=00:00.0", {HOST: CLAIMED}),
    ("passthru.addrs=07:00.0", {FREE: {"refused no-iommu"}}),
    ("passthru.addrs=07:00.0 passthru.driver=pci-stub", {FREE: CLAIMED}),
    ("passthru.addrs=01:00.1 passthru.driver=none_such", {AUDIO: {"failed no-driver", "failed slot"}}),
    ("passthru.ids=8086:2668 passthru.dryrun", {AUDIO: {"planned"}}),
    ("passthru.ids=8086:2668 passthru.dryrun passthru.dryrun=no", {AUDIO: CLAIMED}),
    ("passthru.ids=8086:2668 passthru.dryrun=maybe", {AUDIO: {"planned"}}),
    ("passthru.ids=8086:2668 passthru.off", {}),
    ("passthru.ids=8086:2668 passthru.off=maybe", {}),
    ("passthru.ids=1002:5159 passthru.force=maybe", TWINS_KEPT),
    ("passthru.ids=8086:2668 passthru.skip=01:00.1", {AUDIO: {"kept skipped"}}),
    ("passthru.addrs=01:00.* passthru.skip=8086:2668", {GPU: CLAIMED, AUDIO: {"kept skipped"}}),
    # Displays: one ID for both would leave none.
    ("passthru.ids=1002:5159", TWINS_KEPT),
    ("passthru.ids=1002:5159,8086:2668", {**TWINS_KEPT, AUDIO: {"kept boot-display"}}),
    ("passthru.ids=1002:5159!", {GPU: CLAIMED, TWIN: CLAIMED}),
    ("passthru.ids=1002:5159 passthru.force", {GPU: CLAIMED, TWIN: CLAIMED}),
    ("passthru.ids=1002:5159 passthru.addrs=01:00.0", {GPU: CLAIMED, TWIN: CLAIMED}),
    ("passthru.ids=1002:5159 passthru.skip=02:00.0", {GPU: CLAIMED, TWIN: {"kept skipped"}}),
    ("passthru.ids=1002:5159@02:00.0", {TWIN: CLAIMED}),
    # Disks.
    ("passthru.addrs=03:00.0", {NVME: CLAIMED}),
    ("passthru.ids=1b36:0010", {NVME: CLAIMED, ROOT: KEPT_ROOT}),
    ("passthru.addrs=04:00.0!", {ROOT: CLAIMED}),
    # Serial consoles.
    ("console=ttyS2,115200 passthru.ids=1b36:0002", {SERIAL: {"kept console"}, SERIAL2: CLAIMED}),
    ("console=ttyS2 passthru.addrs=05:00.0", {SERIAL: CLAIMED}),
    ("console=ttyS0 passthru.ids=1b36:0002", {SERIAL: CLAIMED, SERIAL2: CLAIMED}),
    # Groups.
    ("passthru.ids=8086:2668 passthru.group=claim", {AUDIO: CLAIMED, GPU: None}),
    ("passthru.addrs=01:00.0 passthru.group=claim", {AUDIO: CLAIMED, GPU: CLAIMED}),
]

# The command line; malformed items; parameters; texts of items that match nothing.
MISTAKES = [
    ("passthru.ids=8086:2668", [], [], []),
    ("passthru.ids=8086,8086:266g,8086:2668", ["8086", "8086:266g"], [], []),
    ("passthru.addrs=1:2:3:4,01:00.8,00:02.*/00.0", ["1:2:3:4", "01:00.8", "00:02.*/00.0"], [], []),
    ("passthru.ids=dead:beef", [], [], [("dead:beef", None)]),
    ("passthru.ids=8086:2668@01:00.0", [], [], [("8086:2668@01:00.0", "1002:5159")]),
    ("passthru.addrs=7f:00.0", [], [], [("7f:00.0", None)]),
    ("passthru.idz=1:2", [], [("idz", "unknown")], []),
    ("passthru.timeout=0 passthru.group=all", [],
     [("timeout", "malformed"), ("group", "malformed")], []),
    ('foo="bar passthru.idz=1"', [], [], []),
    ('"passthru.idz=1 2"', [], [("idz", "unknown")], []),
]

# The command line, and the exit statuses that a run may have.
STATUSES = [
    ("", {0}),
    ("passthru.off passthru.ids=zz", {0}),
    ("passthru.ids=8086:2668", {0}),
    ("passthru.ids=8086:2668,zz", {1}),
    ("passthru.ids=dead:beef", {1}),
    ("passthru.ids=8086:2668 passthru.frobnicate", {1}),
    ("passthru.addrs=07:00.0", {1}),
]


class Model(unittest.TestCase):
    def test_outcomes(self):
        for line, expected in OUTCOMES:
            judged = model.judge(MACHINE, line, ("vfio-pci", "auto", "pci-stub")).outcomes
            for function in MACHINE:
                outcome = expected.get(function, ABSENT)
                if outcome is not None:  # None: the table leaves it open
                    with self.subTest(line=line, address=function.address):
                        self.assertEqual(judged[function], outcome)

    def test_mistakes(self):
        for line, items, names, unmatched in MISTAKES:
            judged = model.judge(MACHINE, line)
            with self.subTest(line=line):
                self.assertEqual(judged.request.malformed_items, items)
                self.assertEqual(judged.request.bad_parameters, names)
                self.assertEqual([(item.text, found) for item, found in judged.unmatched], unmatched)

    def test_statuses(self):
        for line, statuses in STATUSES:
            with self.subTest(line=line):
                self.assertEqual(model.judge(MACHINE, line).statuses, statuses)

    def test_boots(self):
        self.assertTrue(model.judge(MACHINE, "passthru.ids=1b36:0010").boots)
        self.assertFalse(model.judge(MACHINE, "passthru.ids=1b36:0010!").boots)

    def test_groups(self):
        for line, groups in [("passthru.addrs=01:00.0", {"2": False}),
                             ("passthru.addrs=01:00.*", {"2": True}),
                             ("passthru.addrs=01:00.* passthru.dryrun", {"2": True}),
                             ("passthru.addrs=03:00.0", {"4": True}), ("", {})]:
            with self.subTest(line=line):
                self.assertEqual(model.usable_groups(MACHINE, model.judge(MACHINE, line)), groups)


if __name__ == "__main__":
    unittest.main()
