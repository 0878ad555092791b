"""Random command lines for a machine."""

MALFORMED = {
    "ids": ["1002:515g", "8086", "1:2:3:4:5:6:7", "1af4:1041@", "1af4:1041@01:0", ":1041",
            "10de:13c2@0000:01:20.0"],
    "addrs": ["1:2:3:4", "01:0", "01:00:0", "01:00.8", "00:02.*/00.0", "01:00.0/", "zz:00.0"],
    "skip": ["01:00.9", "1002:515g"],
}
UNMATCHED = {
    "ids": ["dead:beef", "8086:10d4", "1af4:1041@7f:00.0", "ffff:0001:ffffffff"],
    "addrs": ["7f:00.0", "7f:1f.*", "00:1c.0/00.0", "12345:01:00.0"],
    "skip": [],
}
UNKNOWN = ["passthru.idz=1:2", "passthru.id=8086:10d3", "passthru.frobnicate", "passthru.skp=1:2"]
BAD_VALUES = ["passthru.timeout=0", "passthru.trial=a:0", "passthru.timeout=soon", "passthru.group=all",
              "passthru.dryrun=maybe"]
SETTINGS = ["passthru.bar0=256M", "passthru.bar1=8G@01:00.0", "passthru.bar2=min,max@10de:*",
            "passthru.bar3=large", "passthru.bar4=min@00:1c.0/00.0", "passthru.bar5=max",
            "passthru.reset=flr+bus", "passthru.d3cold=off", "passthru.power=on,auto@1002:*",
            "passthru.power=maybe", "passthru.vfs=0@01:00.0,65536@1002:515f",
            "passthru.vfs=7@01:00.9,two@01:00.0"]
UNRELATED = ["quiet", 'foo="bar passthru.off"', "notpassthru.off", "vfio-pci.disable_idle_d3=1",
             "mitigations=off"]
CHIPSET = "0000:00:1f."
CLASSES = ["030000:ff0000", "020000:ff0000", "0c0330:ffffff", "010802:ffffff", "040300:ffff00"]


def random_place(rng, function):
    """An address or a path that matches the function, maybe with its whole slot."""
    if function.path and rng.random() < 0.35:
        place = function.path
    elif rng.random() < 0.5:
        place = function.address
    else:
        place = function.address[len("0000:"):]
    form = rng.random()
    if form < 0.2:
        return place[:-1] + "*"
    if form < 0.3:
        return place[:-2]
    if form < 0.35 and "/" in place:
        return place.rpartition("/")[0] + "/*"
    return place


def random_id(rng, function):
    """An ID that matches the function: its own, or with wildcards."""
    parts = ["%04x" % number for number in function.ids[:4]] + ["%06x" % function.ids[4], "ffffff"]
    length = rng.choice([2, 2, 2, 2, 3, 4, 6])
    if length > 2 and rng.random() < 0.5:
        parts[2] = "ffffffff"
    if length > 3 and rng.random() < 0.3:
        parts[3] = "ffffffff"
    if length == 6 and rng.random() < 0.5:
        parts[5] = "ff0000"
    if rng.random() < 0.2:
        parts = ["*" if part == "ffffffff" else part for part in parts]
    text = ":".join(parts[:length])
    return text.upper() if rng.random() < 0.1 else text


def random_item(rng, functions, function, seldom_unguarded=0.12):
    """(name of the list, text) that matches the function."""
    mark = "!" if rng.random() < seldom_unguarded else ""
    form = rng.random()
    if form < 0.45:
        return "ids", random_id(rng, function) + mark
    if form < 0.65:
        return "ids", random_id(rng, function) + "@" + random_place(rng, function) + mark
    if form < 0.72:  # something else is, or nothing is, at that address
        other = rng.choice(functions)
        return "ids", random_id(rng, function) + "@" + other.address + mark
    if form < 0.78:
        return "ids", "ffffffff:ffffffff:ffffffff:ffffffff:" + rng.choice(CLASSES) + mark
    return "addrs", random_place(rng, function) + mark


def random_lists(rng, functions):
    """The items of the lists: cards, some of them whole; devices to skip; mistakes."""
    endpoints = [f for f in functions if not f.bridge and not f.address.startswith(CHIPSET)]
    lists = {"ids": [], "addrs": [], "skip": []}
    for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
        function = rng.choice(endpoints if rng.random() < 0.93 else functions)
        aims = [f for f in functions if f.slot == function.slot]
        for aim in aims if rng.random() < 0.5 else [function]:
            name, text = random_item(rng, functions, aim)
            lists[name].append(text)
    if rng.random() < 0.2:
        function = rng.choice(endpoints)
        lists["skip"].append(random_id(rng, function) if rng.random() < 0.5
                             else random_place(rng, function))
    for mistakes, chance in (MALFORMED, 0.2), (UNMATCHED, 0.15):
        for name in lists:
            if mistakes[name] and rng.random() < chance:
                lists[name].insert(rng.randint(0, len(lists[name])), rng.choice(mistakes[name]))
    return lists


def list_words(rng, lists):
    """Lists may be repeated and add up."""
    for name, items in lists.items():
        while items:
            count = rng.randint(1, len(items))
            yield "passthru.%s=%s" % (name, ",".join(items[:count]))
            items = items[count:]


def single_words(rng):
    """Parameters that are no lists; of each the last one wins."""
    for chance, word in (
            (0.1, "passthru.group=report"), (0.25, "passthru.group=claim"),
            (0.03, "passthru.driver=vfio-pci"), (0.06, "passthru.driver=auto"),
            (0.05, "passthru.driver=pci-stub"), (0.05, "passthru.driver=no_such_driver"),
            (0.07, "passthru.dryrun"), (0.03, "passthru.dryrun=no"), (0.07, "passthru.force"),
            (0.06, "passthru.debug"), (0.04, "passthru.off")):
        if rng.random() < chance:
            yield word
    for chance, words in (0.1, UNKNOWN), (0.1, BAD_VALUES), (0.2, SETTINGS), (0.3, UNRELATED):
        if rng.random() < chance:
            yield rng.choice(words)


def quote(rng, word):
    """As a boot loader or a user may write it."""
    if '"' in word or rng.random() > 0.1:
        return word
    name, equals, value = word.partition("=")
    return '"%s"' % word if not equals or rng.random() < 0.5 else '%s="%s"' % (name, value)


def random_adoption(rng, functions):
    """Lists of vfio-pci's own, of which the last one counts, or none without passthru.adopt."""
    endpoints = [f for f in functions if not f.bridge and not f.address.startswith(CHIPSET)]
    for _ in range(rng.choice([1, 1, 2])):
        items = [random_id(rng, rng.choice(endpoints)).replace("*", "ffffffff")
                 for _ in range(rng.choice([1, 2, 3]))]
        if rng.random() < 0.2:
            items.append(rng.choice(["", "8086", "10de:*", "x", "dead:beef"]))
        yield "vfio%spci.ids=%s" % (rng.choice("-_"), ",".join(items))
    yield rng.choice(["passthru.adopt"] * 4 + ["passthru.adopt=no", "passthru.adopt=maybe"])


def generate(rng, machine):
    """The command line; the emulated machine is slow, so the time is seldom the default."""
    words = list(list_words(rng, random_lists(rng, machine.functions)))
    words += single_words(rng)
    serial = [f for f in machine.functions if f.console]
    console = []
    if serial and rng.random() < 0.4:
        # The last console= is /dev/console, which the rig needs.
        console = ["console=%s" % rng.choice(serial).console, "console=ttyS0"]
    rng.shuffle(words)
    words = [quote(rng, word) for word in words]
    root = rng.choice(["", "", "root=UUID=5a1f3c5e-0001-4000-8000-000000000001"])
    if machine.partitions and rng.random() < 0.5:
        root = "root=PARTUUID=5a1f3c5e-0002-4000-8000-000000000002"
    fixed = [root] if root else []
    if any(f.ids[:2] == (0x1002, 0x5159) for f in machine.functions):
        # radeon's text console waits for a vertical blank that the emulated card does not have.
        fixed.append("drm_kms_helper.fbdev_emulation=0")
    if machine.iommu == "virtio":
        fixed.append("vfio_iommu_type1.allow_unsafe_interrupts=1")
    words.append("passthru.timeout=%d" % rng.choice([60, 120]))
    # Drawn last, so that the rest of a seed's command line stays as it was.
    if rng.random() < 0.05:
        words.append(rng.choice(["passthru.config=off", "passthru.config=1"]))
    if rng.random() < 0.1:
        words += random_adoption(rng, machine.functions)
    return " ".join(fixed + console + words)
