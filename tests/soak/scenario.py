"""The machine of a seed, and the scenario for tests/vm/run."""

import itertools
import os
import random

import expect
import machine
import model
import parameters

HERE = os.path.dirname(os.path.realpath(__file__))


def draw(seed):
    """The machine of a seed, and what is promised about it. A machine whose user claims its
    root disk away does not boot: another one takes its place."""
    for attempt in itertools.count():
        rng = random.Random("%s.%d" % (seed, attempt))
        drawn = machine.generate(rng)
        drawn.line = parameters.generate(rng, drawn)
        judgement = model.judge(drawn.functions, drawn.line, drawn.drivers)
        if judgement.boots:
            return drawn, judgement


def block(key, lines):
    return [key] + ["\t" + line for line in lines] if lines else []


def text(seed, drawn, judgement):
    """The text of a scenario, complete in itself."""
    with open(os.path.join(HERE, "truth.sh"), encoding="ascii") as script:
        truth = [line for line in script.read().splitlines()
                 if line and not line.startswith("#")]
    lines = ["title  random machine; again: make soak SEED=%s N=1" % seed,
             "guests " + drawn.guest, "iommu  " + drawn.iommu, "init   " + drawn.init]
    lines += ["modules " + drawn.modules] if drawn.modules else []
    lines += ["root   " + drawn.root] if drawn.root else []
    lines += ["partitions yes"] if drawn.partitions else []
    lines += block("setup", drawn.setup)
    lines += ["# %s %04x:%04x:%04x:%04x:%06x %s%s" % (
        f.address, *f.ids, f.driver, " " + f.path if f.path else "") for f in drawn.functions]
    lines += ["disk %s 64M %s" % disk for disk in drawn.disks]
    lines += ["device " + device for device in drawn.devices]
    lines += ["cmdline " + drawn.line]
    lines += block("guest", truth)
    lines += block("expect", list(expect.expectations(drawn.functions, judgement)) +
                   ["disks ^%s unchanged$" % name for name, _ in drawn.disks])
    return "\n".join(lines) + "\n"
