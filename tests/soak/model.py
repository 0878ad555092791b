"""What passthru promises about a machine, without the program: only from the description of the
machine and its command line.

The rules are those of docs/guards.md, docs/design.md and the manual pages. Where these leave
something open, a device has more than one outcome.
"""

import re
from dataclasses import dataclass, field

LISTS = ("ids", "addrs", "skip")
FLAGS = ("dryrun", "force", "debug", "off", "adopt", "config")
SETTINGS = {  # and what their values look like
    **dict.fromkeys(("bar0", "bar1", "bar2", "bar3", "bar4", "bar5"), r"min|max|[1-9][0-9]*[MGT]"),
    "reset": r"[a-z_+]+", "d3cold": "on|off|auto", "power": "on|off|auto"}
NAMES = LISTS + FLAGS + ("group", "driver", "timeout")
ANY = 0xFFFFFFFF

CLAIMED = "claimed"
ABSENT = "-"  # not in the report


@dataclass(frozen=True)
class Function:
    """A PCI function as the hardware and the kernel present it."""

    address: str  # DOMAIN:BUS:SLOT.FUNCTION
    ids: tuple  # vendor, device, subvendor, subdevice, class: numbers
    driver: str = "none"  # the usual one
    path: str = ""  # BUS:SLOT.FUNCTION/SLOT.FUNCTION..., if it is below a bridge
    group: str = ""  # any name that the members of an IOMMU group share; empty for none
    built_in: bool = False  # the usual driver is there before any program
    disk: str = ""  # "root" if a disk behind it backs the root file system
    console: str = ""  # the name of its serial port
    waits: bool = False  # the built-in driver tries it, but waits for the IOMMU's driver

    @property
    def slot(self):
        return self.address.rpartition(".")[0]

    @property
    def bridge(self):
        """One between PCI buses; vfio-pci accepts a host bridge or ISA bridge."""
        return self.ids[4] >> 8 == 0x0604

    @property
    def chipset(self):
        """A bridge of any kind: not part of a group's endpoints."""
        return self.ids[4] >> 16 == 0x06

    @property
    def display(self):
        return self.ids[4] >> 16 == 0x03 and self.ids[4] >> 8 != 0x0302

    @property
    def screen(self):
        """A display that has a connector, wherever the firmware shows its messages."""
        return self.display and (
            self.ids[4] >> 8 != 0x0380 or self.address.split(":")[1] == "00")

    @property
    def vga(self):
        return self.ids[4] >> 8 == 0x0300

    @property
    def may_have_disks(self):
        return self.ids[4] >> 16 in (0x00, 0x01, 0x05) or self.ids[4] >> 8 in (
            0x0805, 0x0880, 0x0C00, 0x0C03, 0x0C04, 0x0C06, 0xFF00)


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    text: str
    ids: tuple = ()  # pairs of a value and a mask
    place: str = ""
    unguarded: bool = False

    def has_id(self, function):
        return all((value ^ own) & mask == 0
                   for (value, mask), own in zip(self.ids, function.ids))

    def is_at(self, function):
        return not self.place or place_matches(self.place, function)

    def matches(self, function):
        return self.has_id(function) and self.is_at(function)

    @property
    def wildcard(self):
        """It names neither one function nor one ID."""
        if self.place and re.search(r"\.[0-7]$", self.place):
            return False
        return not self.ids or not all(mask for _, mask in self.ids[:2])


def numbers(text):
    return [int(number, 16) for number in re.split("[:./]", text) if number]


def place_matches(place, function):
    """An address or a path, whose last function may be "*"; a slot, a bus; all below a path."""
    if place.endswith("/*"):
        above, own = numbers(place[:-2]), numbers(function.path)
        return len(own) > len(above) and own[:len(above)] == above
    own = function.path if "/" in place else function.address
    if len(place.partition("/")[0].split(":")) == 2 and "/" not in place:
        place = "0000:" + place
    bus = re.fullmatch(r"(.*):\*(\.\*)?", place)
    if bus:
        return numbers(bus[1]) == numbers(own)[:2]
    if "." not in re.split("[:/]", place)[-1]:
        place += ".*"
    if place.endswith("*"):
        place, own = place[:-1], own[:-1]
    return bool(own) and numbers(place) == numbers(own)


def parse_place(text):
    slot = r"[0-9a-f]{1,2}\.(?:[0-7]|\*)"
    last = rf"(?:{slot}|[0-9a-f]{{2}})"
    bus = r"(?:[0-9a-f]+:)?[0-9a-f]{1,2}:"
    if re.fullmatch(rf"{bus}\*(\.\*)?", text, re.I):
        return text
    if not re.fullmatch(rf"{bus}(?:{last}|{slot}(?:/{slot})*/(?:{last}|\*))", text, re.I):
        raise ValueError(text)
    if re.fullmatch(r"[0-9a-f]{1,3}:[0-9a-f]+:[0-9a-f]+", text, re.I):
        raise ValueError(text)  # the last ":" should be a dot
    if "*" in text[:-1] or any(int(s, 16) > 0x1F for s in re.findall(r"(\w+)\.", text)):
        raise ValueError(text)
    return text


def parse_id(text):
    """As vfio-pci reads its parameter ids: what is left out matches anything."""
    if not re.fullmatch(r"([0-9a-f]{1,8}|\*)(?::([0-9a-f]{1,8}|\*)){1,5}", text, re.I) or (
            re.fullmatch(r"[0-9a-f]{2}:\*", text, re.I) or "*" in text.split(":")[4:]):
        raise ValueError(text)
    fields = [ANY if field == "*" else int(field, 16) for field in text.split(":")]
    values = fields[:4] + [ANY] * (4 - len(fields))
    class_value, class_mask = (fields[4:] + [0, 0])[:2]
    return tuple((value, 0 if value == ANY else ANY) for value in values) + (
        (class_value, class_mask),)


def parse_item(name, text):
    bare = text[:-1] if text.endswith("!") else text
    unguarded = bare != text
    selector, at, place = bare.partition("@")
    if name == "addrs" or (name == "skip" and not at and (
            re.search("[./]", selector)
            or re.fullmatch(r"[0-9a-f]{2}:([0-9a-f]{2}|\*.*)", selector, re.I))):
        return Item(text, place=parse_place(bare), unguarded=unguarded)
    return Item(text, parse_id(selector), parse_place(place) if at else "", unguarded)


@dataclass
class Request:
    """What the command line asks for."""

    ids: list = field(default_factory=list)
    addrs: list = field(default_factory=list)
    skip: list = field(default_factory=list)
    group: str = "report"
    driver: str = "vfio-pci"
    timeout: str = "10"
    dryrun: bool = False
    force: bool = False
    debug: bool = False
    off: bool = False
    adopt: bool = False
    config: bool = True  # the machines have none
    consoles: list = field(default_factory=list)
    malformed_items: list = field(default_factory=list)
    bad_parameters: list = field(default_factory=list)  # (name, "unknown" or "malformed")

    @property
    def items(self):
        return self.ids + self.addrs


def adopt(request, value):
    """The list of vfio-pci, as that reads it: it ignores what follows the numbers."""
    for text in value.split(","):
        number = "(?:0x)?[0-9a-f]{1,8}"
        found = re.match(rf"{number}(?::{number}){{1,5}}", text, re.I)
        if found:
            request.ids.append(Item(text, parse_id(found[0].lower().replace("0x", ""))))
        elif text:
            request.malformed_items.append(text)


def parse(line):
    request = Request()
    adopted = ""
    for word in re.findall(r'(?:[^\s"]|"[^"]*")+', line):
        name, equals, value = word.replace('"', "").partition("=")
        if name == "console":
            request.consoles.append(value.partition(",")[0])
        if name.startswith("passthru."):
            parse_parameter(request, name[len("passthru."):], equals, value)
        if name.replace("_", "-") == "vfio-pci.ids" and equals:
            adopted = value
    if request.adopt:
        adopt(request, adopted)
    return request


def parse_parameter(request, name, equals, value):
    if name in LISTS:
        for text in value.split(","):
            try:
                getattr(request, name).append(parse_item(name, text))
            except ValueError:
                request.malformed_items.append(text)
        return
    if name == "vfs":  # no machine has SR-IOV: only what is malformed is of interest
        for text in value.split(","):
            count = re.match("([0-9]+)@", text)
            try:
                if count and not 1 <= int(count[1]) <= 65535:
                    raise ValueError(text)
                parse_item("skip", text[count.end():] if count else text)
            except ValueError:
                request.malformed_items.append(text)
        return
    if name in SETTINGS:
        for text in value.split(","):
            if not re.fullmatch("(%s)(@.*)?" % SETTINGS[name], text):
                request.malformed_items.append(text)
        return
    if name == "trial":  # no machine has a configuration, which it is about
        if not re.fullmatch("[A-Za-z0-9_-]{1,32}(:[1-9][0-9]{0,2})?", value):
            request.bad_parameters.append((name, "malformed"))
        return
    if name not in NAMES:
        request.bad_parameters.append((name, "unknown"))
        return
    if name in FLAGS:
        value = {"": True, "1": True, "y": True, "on": True, "0": False, "n": False,
                 "no": False, "yes": True, "off": False}.get(value if equals else "")
        if value is None:  # the harmless choice
            setattr(request, name, name not in ("force", "adopt"))
    elif name == "group" and value not in ("report", "claim"):
        value = None
    elif name == "timeout" and not (value.isdigit() and 1 <= int(value) <= 3600):
        value = None
    if value is None:
        request.bad_parameters.append((name, "malformed"))
    else:
        setattr(request, name, value)


@dataclass
class Judgement:
    """What is promised of one boot."""

    request: Request
    outcomes: dict  # Function: set of "VERDICT" or "VERDICT REASON"
    early: set  # functions that the early stage decides
    unmatched: list  # items that match nothing, with the ID found at their place or None
    boots: bool  # False: the user has claimed the root disk away

    def certain(self, function):
        return len({outcome.split()[0] for outcome in self.outcomes[function]}) == 1

    def is_claimed(self, function):
        return self.outcomes[function] == {CLAIMED}

    @property
    def statuses(self):
        """The exit statuses that a run may have; None if anything is requested at all."""
        request = self.request
        if request.off:
            return {0}
        if request.malformed_items or request.bad_parameters or self.unmatched:
            return {1}
        asked = [o for o in self.outcomes.values() if o != {ABSENT}]
        if all(o <= {CLAIMED, "planned"} for o in asked):
            return {0}
        if any(not o & {CLAIMED, ABSENT, "planned", "kept skipped"} for o in asked):
            return {1}
        return {0, 1}


class Judge:
    """judge() in steps; functions is the whole machine."""

    def __init__(self, functions, line, drivers):
        self.functions, self.drivers = functions, drivers
        self.request = parse(line)
        wanted = [f for f in functions if self.items_of(f)]
        self.named = set(wanted)
        self.skipped = {f for f in functions if any(i.matches(f) for i in self.request.skip)}
        self.chosen = self.named - self.skipped
        self.members = self.find_members()
        self.taken = {f for f in self.chosen | self.members if not self.refusals(f)}

    def takes(self, item, function):
        """No wildcard takes a bridge, unless it matches nothing else."""
        return item.matches(function) and not (
            function.chipset and item.wildcard
            and any(item.matches(f) and not f.chipset for f in self.functions))

    def items_of(self, function):
        return [item for item in self.request.items if self.takes(item, function)]

    def is_unguarded(self, function):
        return self.request.force or any(i.unguarded for i in self.items_of(function))

    def is_addressed(self, function):
        return any(item.place and not re.search(r":\*|/\*$", item.place)
                   for item in self.items_of(function))

    def find_members(self):
        """What passthru.group=claim adds."""
        groups = {f.group for f in self.chosen if f.group}
        if self.request.group != "claim":
            return set()
        return {f for f in self.functions
                if f.group in groups and not f.chipset} - self.named - self.skipped

    def refusals(self, function):
        found = set()
        if function.bridge or (function.chipset and self.items_of(function) and all(
                item.wildcard for item in self.items_of(function))):
            found.add("refused bridge")
        if self.request.driver in ("vfio-pci", "auto") and not function.group:
            found.add("refused no-iommu")
        return found

    def slot_mates(self, function):
        return {f for f in self.chosen | self.members if f.slot == function.slot} - {function}

    # Guards: what they say for certain, and what they may say.

    def boot_displays(self):
        """The VGA device at the lowest address; without VGA, it may be any display."""
        displays = sorted((f for f in self.functions if f.display), key=lambda f: f.address)
        vga = [f for f in displays if f.vga]
        return vga[:1] or displays

    def display_guard(self, function):
        """(kept for certain, possibly kept) because this is a boot display."""
        boot = self.boot_displays()
        displays = {f for f in self.functions if f.display}
        kept = {f for f in displays - self.taken if f.screen or f in boot}
        if function not in boot or self.is_unguarded(function) or kept:
            return False, False
        several = [item for item in self.request.ids
                   if not item.place and len([f for f in displays if item.matches(f)]) > 1]
        if self.is_addressed(function):
            return False, False
        if len(boot) > 1 and several:
            return False, True
        if any(item.matches(function) for item in several):
            return True, True
        return False, bool(several) or function in self.members

    def console_guard(self, function):
        if not function.console or function.console not in self.request.consoles:
            return False
        own = [item for item in self.request.ids if item.matches(function)
               and len([f for f in self.functions if item.matches(f)]) == 1]
        return not (self.is_addressed(function) or own or self.is_unguarded(function))

    def guards(self, function):
        """(certain, possible) outcomes by the guards."""
        kept, may_be_kept = self.display_guard(function)
        certain = {"kept boot-display"} if kept else set()
        possible = {"kept boot-display"} if may_be_kept else set()
        for mate in self.slot_mates(function):
            kept, may_be_kept = self.display_guard(mate)
            if kept and not self.is_addressed(function) and not self.is_unguarded(function):
                certain.add("kept boot-display")
            elif may_be_kept or kept:
                possible.add("kept boot-display")
        if self.console_guard(function):
            certain.add("kept console")
        if function.disk == "root" and not self.is_unguarded(function):
            certain |= {"kept root-disk", "kept in-use"}
        return certain, possible

    # The outcome of a function.

    def outcomes(self, function):
        if self.request.off:
            return {ABSENT}
        if function not in self.named | self.members:
            return {ABSENT, "kept skipped"} if self.is_skipped_member(function) else {ABSENT}
        if function in self.skipped:
            return {"kept skipped"}
        found = self.alone(function) | self.by_slot_mates(function)
        if function in self.members and self.is_member_in_doubt(function):
            found |= {ABSENT, CLAIMED}
        return found

    def is_skipped_member(self, function):
        """Whether the report names what only the group would have added, and skip holds back,
        is open."""
        return (self.request.group == "claim" and function in self.skipped
                and any(f.group == function.group for f in self.chosen if f.group))

    def alone(self, function):
        certain, possible = self.guards(function)
        if self.refusals(function):
            return self.refusals(function) | certain
        if any(self.refusals(mate) for mate in self.slot_mates(function)):
            return {"refused slot"} | certain | possible
        if certain:
            return certain
        if self.request.driver not in self.drivers:
            if self.request.dryrun:
                return {"refused no-driver"} | possible
            return {"failed no-driver", "failed slot"} | possible
        return {"planned" if self.request.dryrun else CLAIMED} | possible

    def by_slot_mates(self, function):
        """Whether a guard's "no" to one function counts for the whole card is open, unless it
        is the boot display."""
        if self.refusals(function):
            return set()
        for mate in self.slot_mates(function):
            certain, possible = self.guards(mate)
            if (certain | possible) - {"kept boot-display"}:
                return {"refused slot", "failed slot"}
        return set()

    def is_member_in_doubt(self, function):
        """Whether the group of a device that stays with the host is claimed is open."""
        return not any(self.alone(f) <= {CLAIMED, "planned"}
                       for f in self.chosen if f.group == function.group)

    def unmatched(self):
        found = []
        for item in self.request.items + self.request.skip:
            if any(item.matches(f) for f in self.functions):
                continue
            there = [f for f in self.functions if item.place and item.is_at(f)]
            found.append((item, "%04x:%04x" % there[0].ids[:2] if len(there) == 1 else None))
        return found

    def judge(self):
        outcomes = {f: self.outcomes(f) for f in self.functions}
        early = {f for f in self.functions if not f.may_have_disks or self.is_unguarded(f)}
        boots = not any(f.disk == "root" and CLAIMED in outcomes[f] for f in self.functions)
        unmatched = [] if self.request.off else self.unmatched()
        return Judgement(self.request, outcomes, early, unmatched, boots)


def judge(functions, line, drivers=("vfio-pci", "auto")):
    """functions: the whole machine; line: its command line; drivers: those that the initramfs
    has, as values of passthru.driver."""
    return Judge(functions, line, drivers).judge()


def usable_groups(functions, judgement):
    """The groups with a claimed device, or in a dry run with one that would be claimed: a name
    and True, False or None for "open"."""
    groups = {}
    taken = {f for f in functions if judgement.outcomes[f] in ({CLAIMED}, {"planned"})}
    for name in {f.group for f in taken if f.group}:
        others = [f for f in functions
                  if f.group == name and not f.chipset and f not in taken]
        if all(judgement.certain(f) for f in others):
            hosts = [f for f in others if f.driver != "none"]
            groups[name] = not others or (False if hosts else None)
        else:
            groups[name] = None
    return groups
