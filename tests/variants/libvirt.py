"""How libvirt chooses the variant driver of a device, to compare passthru with.

Written from the description in libvirt's commit 82e2fac297105f554f57fb589002933231b4f711 and the
comment of virPCIDeviceFindBestVFIOVariant(), as of 11.3.0: of all lines of modules.alias that
begin with "alias vfio_pci:" and match the modalias of the device, the one with the fewest
wildcards counts; of several, the first. Without such a line, libvirt takes vfio-pci.

FindBestVFIOVariant() of NVIDIA's go-nvlib has the same rule; its source names that commit. It differs
in what no kernel writes: it cuts spaces off the ends of a line, where libvirt would take them as
part of the name of the module, and reads a first line, where libvirt expects a comment.
"""

import fnmatch
import re

ALIAS = re.compile(r"\nalias vfio_pci:(v\S*d\S*sv\S*sd\S*bc\S*sc\S*i\S*) (\S+)(?=\n|\Z)")


def modalias(vendor, device, subvendor, subdevice, class_code):
    """The file of that name in sysfs, without its prefix "pci:"."""
    return (f"v{vendor:08X}d{device:08X}sv{subvendor:08X}sd{subdevice:08X}"
            f"bc{class_code >> 16:02X}sc{class_code >> 8 & 0xFF:02X}i{class_code & 0xFF:02X}")


class Aliases:
    """The text of a modules.alias."""

    def __init__(self, text):
        self.lines = [(re.compile(fnmatch.translate(pattern)), pattern.count("*"), module)
                      for pattern, module in ALIAS.findall(text)]

    def find(self, text):
        """The module for a device with that modalias, or None."""
        matches = [(wildcards, number, module)
                   for number, (pattern, wildcards, module) in enumerate(self.lines)
                   if pattern.match(text)]
        return min(matches)[2] if matches else None
