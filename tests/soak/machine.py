"""Random machines: the devices, as QEMU's options and as model.Function, and a command line. The
same seed always gives the same machine."""

import random
from dataclasses import dataclass, field

from model import Function

QEMU_SUBSYSTEM = (0x1AF4, 0x1100)


@dataclass(frozen=True)
class Kind:
    qemu: str
    vendor: int
    device: int
    device_class: int
    driver: str
    subsystem: tuple = QEMU_SUBSYSTEM

    @property
    def ids(self):
        return (self.vendor, self.device, *self.subsystem, self.device_class)


KINDS = {
    "radeon": Kind("ati-vga,model=rv100", 0x1002, 0x5159, 0x030000, "radeon"),
    "vga": Kind("VGA", 0x1234, 0x1111, 0x030000, "bochs-drm"),
    "bochs": Kind("bochs-display", 0x1234, 0x1111, 0x038000, "bochs-drm"),
    "hda": Kind("intel-hda", 0x8086, 0x2668, 0x040300, "snd_hda_intel"),
    "hda9": Kind("ich9-intel-hda", 0x8086, 0x293E, 0x040300, "snd_hda_intel"),
    "xhci": Kind("qemu-xhci", 0x1B36, 0x000D, 0x0C0330, "xhci_hcd"),
    "nec": Kind("nec-usb-xhci", 0x1033, 0x0194, 0x0C0330, "xhci_hcd"),
    "nvme": Kind("nvme", 0x1B36, 0x0010, 0x010802, "nvme"),
    "e1000e": Kind("e1000e", 0x8086, 0x10D3, 0x020000, "e1000e", (0x8086, 0x0000)),
    "e1000": Kind("e1000", 0x8086, 0x100E, 0x020000, "e1000"),
    "serial": Kind("pci-serial", 0x1B36, 0x0002, 0x070002, "serial"),
    "edu": Kind("edu", 0x1234, 0x11E8, 0x00FF00, "none"),
    "sd": Kind("sdhci-pci", 0x1B36, 0x0007, 0x080501, "sdhci-pci"),
    "net": Kind("virtio-net-pci", 0x1AF4, 0x1041, 0x020000, "virtio-pci"),
    "rng": Kind("virtio-rng-pci", 0x1AF4, 0x1044, 0x00FF00, "virtio-pci"),
    "scsi": Kind("virtio-scsi-pci", 0x1AF4, 0x1048, 0x010000, "virtio-pci"),
    # Bridges, and what the rig's machine has in any case.
    "port": Kind("pcie-root-port", 0x1B36, 0x000C, 0x060400, "pcieport", (0x1B36, 0)),
    "upstream": Kind("x3130-upstream", 0x104C, 0x8232, 0x060400, "pcieport", (0, 0)),
    "downstream": Kind("xio3130-downstream", 0x104C, 0x8233, 0x060400, "pcieport", (0, 0)),
    "pci-bridge": Kind("pcie-pci-bridge", 0x1B36, 0x000E, 0x060400, "none", (0, 0)),
    "host": Kind("", 0x8086, 0x29C0, 0x060000, "none"),
    "disk": Kind("virtio-blk-pci", 0x1AF4, 0x1001, 0x010000, "virtio-pci", (0x1AF4, 2)),
    "isa": Kind("", 0x8086, 0x2918, 0x060100, "lpc_ich"),
    "ahci": Kind("", 0x8086, 0x2922, 0x010601, "ahci"),
    "smbus": Kind("", 0x8086, 0x2930, 0x0C0500, "i801_smbus"),
}

# Cards by their functions.
GPUS = [["radeon", "hda"], ["radeon", "hda", "nec"]]
CARDS = [["bochs"], ["hda"], ["xhci"], ["nec"], ["nvme"], ["e1000e"], ["e1000e", "e1000e"],
         ["edu"], ["sd"], ["net"], ["rng"], ["scsi"], ["hda9", "serial"], ["serial"]]
ON_BOARD = [["vga"], ["vga", "hda9"], ["hda9", "serial"], ["bochs"], ["serial"], ["hda"]]
CONVENTIONAL = ["e1000", "hda", "serial", "hda9"]

GUESTS = {"bookworm-initramfs-tools": 3, "trixie-initramfs-tools": 5, "sid-initramfs-tools": 3,
          "bookworm-dracut": 1, "trixie-dracut": 2, "sid-dracut": 1}
MODULES = ["radeon snd_hda_intel", ""]  # in the initramfs by name
NO_VFIO_PCI = [  # as in the scenario no-module, whose image it shares
    "rm /lib/modules/*/kernel/drivers/vfio/pci/vfio-pci.ko*", 'depmod "$(ls /lib/modules)"']


@dataclass
class Machine:
    guest: str
    iommu: str = "intel"
    modules: str = ""
    setup: list = field(default_factory=list)
    init: str = "small"
    drivers: tuple = ("vfio-pci", "auto", "pci-stub")
    root: str = ""
    partitions: bool = False
    devices: list = field(default_factory=list)  # QEMU's options
    disks: list = field(default_factory=list)  # (name, command)
    functions: list = field(default_factory=list)
    line: str = ""  # the command line, after the rig's own


class Builder:
    """Plugs cards in, in the order in which the firmware numbers them."""

    def __init__(self, machine, rng):
        self.machine, self.rng = machine, rng
        self.slot, self.bus, self.ports = 1, 0, 0
        self.root_kind = None
        self.virtio_built_in = not machine.guest.startswith("bookworm")

    def add(self, name, address, group, options, path="", disk=""):
        """One function; address is BUS:SLOT.FUNCTION; without options it is there already."""
        kind, machine = KINDS[name], self.machine
        if options is not None:
            machine.devices.append(kind.qemu + options)
        console = ""
        if name == "serial":
            console = "ttyS%d" % (2 + self.ports)
            self.ports += 1
        built_in = kind.driver == "serial" or (kind.driver == "virtio-pci" and
                                               self.virtio_built_in)
        # The driver of virtio's IOMMU is a module, so built-in drivers wait for it.
        machine.functions.append(Function(
            "0000:" + address, kind.ids, kind.driver, path,
            "" if machine.iommu == "none" else group, built_in, disk, console,
            waits=built_in and machine.iommu == "virtio"))

    def next_slot(self):
        self.slot += 1
        return self.slot

    def next_bus(self):
        self.bus += 1
        return self.bus

    def disk(self):
        """A further disk, empty or with a file system."""
        name = "data%d" % len(self.machine.disks)
        command = self.rng.choice(["", 'mke2fs -q -F -t ext4 -L %s "$DISK"' % name])
        self.machine.disks.append((name, command))
        return name

    def function(self, name, address, group, where, path=""):
        """A function with what is attached to it; where is QEMU's bus and addr."""
        options, disk, key = "," + where, "", "c" + address.replace(":", "").replace(".", "")
        takes_root = self.root_kind == name
        if takes_root:
            disk, self.root_kind = "root", None
        if name == "nvme" and takes_root:
            self.machine.root = "nvme,drive=root,serial=root," + where
            options = None
        elif name == "nvme":
            own = self.disk()
            options = ",drive=%s,serial=%s,%s" % (own, own, where)
        elif name in ("xhci", "scsi"):
            options += ",id=" + key
        self.add(name, address, group, options, path, disk)
        stick = "usb-storage" if name == "xhci" else "scsi-hd" if name == "scsi" else ""
        if stick and takes_root:
            self.machine.root = "%s,drive=root,bus=%s.0" % (stick, key)
        elif stick and self.rng.random() < 0.4:
            self.machine.devices.append("%s,drive=%s,bus=%s.0" % (stick, self.disk(), key))

    def card(self, names, bus, number, group, path, slot=0):
        """The functions of a card on QEMU's bus, which the machine numbers so."""
        for index, name in enumerate(names):
            place = "bus=%s,addr=0x%x.0x%x" % (bus, slot, index)
            if len(names) > 1 and index == 0:
                place += ",multifunction=on"
            own = "%02x.%x" % (slot, index)
            self.function(name, "%02x:%s" % (number, own), group, place,
                          path and path + "/" + own)

    def on_board(self, names):
        slot = self.next_slot()
        self.card(names, "pcie.0", 0, "board%x" % slot, "", slot)

    def root_port(self):
        """Returns the name, its bus and its path."""
        slot, name = self.next_slot(), "rp%x" % (self.slot)
        self.add("port", "00:%02x.0" % slot, name,
                 ",id=%s,chassis=%d,slot=%d,bus=pcie.0,addr=0x%x" % (name, slot, slot, slot))
        return name, self.next_bus(), "00:%02x.0" % slot

    def in_port(self, names):
        name, bus, path = self.root_port()
        self.card(names, name, bus, name + "-card", path)

    def in_switch(self, cards):
        """QEMU's switch has no ACS: a downstream port and its card share a group."""
        name, bus, path = self.root_port()
        self.add("upstream", "%02x:00.0" % bus, name + "-up",
                 ",id=%s-up,bus=%s,addr=0x0" % (name, name), path + "/00.0")
        inner, below = self.next_bus(), []
        for index, names in enumerate(cards):
            down, own = "%s-down%d" % (name, index), "%02x.0" % index
            self.add("downstream", "%02x:%s" % (inner, own), down,
                     ",id=%s,chassis=%d,slot=%d,bus=%s-up,addr=0x%x" % (
                         down, 0x20 + self.slot * 2 + index, 0x20 + self.slot * 2 + index,
                         name, index), path + "/00.0/" + own)
            below.append((names, down, path + "/00.0/" + own))
        for names, down, own_path in below:
            self.card(names, down, self.next_bus(), down, own_path)

    def behind_pci_bridge(self, names):
        """Everything behind such a bridge shares a group with it."""
        name, bus, path = self.root_port()
        self.add("pci-bridge", "%02x:00.0" % bus, name + "-pci",
                 ",id=%s-pci,bus=%s,addr=0x0" % (name, name), path + "/00.0")
        inner = self.next_bus()
        for index, kind in enumerate(names):
            self.card([kind], name + "-pci", inner, name + "-pci", path + "/00.0", index + 1)

    def fixed(self):
        """The rig's machine: the chipset, and the usual root disk."""
        self.add("host", "00:00.0", "host", None)
        if not self.machine.root:
            self.add("disk", "00:1e.0", "disk", None, disk="root")
        for index, name in ((0, "isa"), (2, "ahci"), (3, "smbus")):
            self.add(name, "00:1f.%d" % index, "chipset", None)


def choose_cards(rng, machine):
    """A list of (method of Builder, argument)."""
    cards = [["nvme"]] if rng.random() < 0.3 else []
    if machine.iommu != "none" and rng.random() < 0.45:
        cards.append(rng.choice(GPUS))
    cards += [rng.choice(CARDS) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.5:
        cards.append(rng.choice(cards))  # a twin
    if machine.iommu == "amd":
        cards = [card for card in cards if card != ["nvme"]]  # no interrupts there
    places = [("in_port", card) for card in cards]
    if rng.random() < 0.4:
        places.append(("on_board", rng.choice(ON_BOARD)))
    if rng.random() < 0.25:
        places.append(("in_switch", [[rng.choice(["e1000e", "xhci", "hda", "edu"])]
                                     for _ in range(2)]))
    if rng.random() < 0.2:
        places.append(("behind_pci_bridge", rng.sample(CONVENTIONAL, rng.randint(1, 2))))
    rng.shuffle(places)
    # Serial ports get their numbers in the order of the buses: bus 0 comes first.
    return sorted(places, key=lambda place: place[0] != "on_board")[:9]


def choose_root(rng, builder, places):
    there = [name for method, names in places if method == "in_port" for name in names]
    wanted = rng.choice(["nvme", "xhci", "scsi", "disk", "disk"])
    if wanted in there:
        builder.root_kind = wanted
    elif rng.random() < 0.1:
        builder.machine.partitions = True


def generate(rng):
    """A random machine, still without a command line."""
    machine = Machine(rng.choices(list(GUESTS), list(GUESTS.values()))[0])
    machine.iommu = rng.choices(["intel", "amd", "virtio", "none"], [16, 1, 1, 2])[0]
    machine.modules = rng.choice(MODULES)
    if machine.iommu == "virtio":
        machine.guest = "trixie-initramfs-tools"
    if rng.random() < 0.06 and machine.iommu == "intel":
        machine.guest, machine.modules = "trixie-initramfs-tools", MODULES[0]
        machine.setup, machine.drivers = NO_VFIO_PCI, ("pci-stub",)
    machine.init = "systemd" if rng.random() < 0.05 else "small"
    builder = Builder(machine, rng)
    places = choose_cards(rng, machine)
    choose_root(rng, builder, places)
    for method, argument in places:
        getattr(builder, method)(argument)
    builder.fixed()
    return machine
