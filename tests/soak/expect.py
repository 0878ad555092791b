"""The promises about a boot as expectations of tests/vm/check."""

import model

# Classes of devices that have no memory that a VFIO client could map: bridges, ports, SMBus.
NO_MEMORY = (0x0600, 0x0601, 0x0700, 0x0C05)
DRIVERS = {"auto": "vfio-pci"}  # no QEMU device has a variant driver


def escape(text):
    """For an extended regular expression; as the report writes it."""
    return "".join("\\" + c if c in ".*+?()[]{}|^$\\" else c for c in text)


def one_of(texts):
    texts = sorted(texts)
    return texts[0] if len(texts) == 1 else "(%s)" % "|".join(texts)


def was(function, judgement):
    """The driver before the stage that decides, if only one can have been there."""
    if function in judgement.early:
        return function.driver if function.built_in and not function.waits else "none"
    return one_of({function.driver, "none"})


def outcome_pattern(function, judgement, outcome):
    """The end of a report line from its verdict on."""
    verdict, _, reason = outcome.partition(" ")
    if verdict == model.CLAIMED:
        driver = DRIVERS.get(judgement.request.driver, judgement.request.driver)
        return "verdict=claimed driver=%s was=%s" % (driver, was(function, judgement))
    if verdict == "planned":
        return "verdict=planned driver=[^ ]+ was=[^ ]+ wanted=[^ ]+"
    return "verdict=%s driver=[^ ]+ was=[^ ]+ reason=%s" % (verdict, reason)


def only_its_own(function, driver):
    """That no other driver ever tried the function; for bridges, which several built-in drivers
    try and decline, that the requested one did not."""
    if not function.chipset:
        yield "never-bound %s %s" % (function.address, driver)
    elif driver == function.driver:
        yield "no-log really_probe: probing driver vfio-pci with device %s" % (
            escape(function.address))


def group_pattern(function, outcomes):
    """The driver of a virtio IOMMU may come after a device is refused for another reason."""
    if not function.group:
        return "none"
    return "[0-9]+" if model.CLAIMED in outcomes else "([0-9]+|none)"


def device_expectations(function, judgement):
    outcomes = judgement.outcomes[function]
    place = escape(function.address)
    asked = outcomes - {model.ABSENT}
    if not asked:
        yield "no-report ^device=%s " % place
    elif asked == outcomes:
        patterns = [outcome_pattern(function, judgement, o) for o in asked]
        yield "report ^device=%s id=%04x:%04x group=%s %s( |$)" % (
            place, *function.ids[:2], group_pattern(function, outcomes), one_of(patterns))
    if model.CLAIMED in outcomes and len(outcomes) > 1:
        return
    if asked and judgement.certain(function):
        verdict = asked.copy().pop().split()[0]
        yield "log ^passthru: %s %04x:%04x( \\(vfio-pci\\.ids\\))? %s" % (
            place, *function.ids[:2], "would be claimed" if verdict == "planned" else verdict)
    if judgement.is_claimed(function):
        driver = DRIVERS.get(judgement.request.driver, judgement.request.driver)
        yield "driver %s %s" % (function.address, driver)
        yield "override %s %s" % (function.address, driver)
        if function in judgement.early and not function.built_in:
            yield from only_its_own(function, driver)
    else:
        yield "driver %s %s" % (function.address, function.driver)
        yield "override %s none" % function.address
        yield from only_its_own(function, function.driver)


def item_expectations(judgement):
    request = judgement.request
    for item, found in judgement.unmatched:
        yield "report ^selector=%s verdict=unmatched%s" % (
            escape(item.text), " found=%s@[^ ]+$" % found if found else "( |$)")
    for text in request.malformed_items:
        yield "report ^selector=%s verdict=malformed( |$)" % escape(text)
    for name, verdict in request.bad_parameters:
        yield "report ^parameter=passthru\\.%s verdict=%s( |$)" % (escape(name), verdict)
    yield "times %d report ^selector=" % (
        len(judgement.unmatched) + len(request.malformed_items))
    yield "times %d report ^parameter=" % len(request.bad_parameters)


def group_expectations(functions, judgement):
    """All groups or, if one is open, none: the report names them by number only."""
    if judgement.request.driver not in ("vfio-pci", "auto"):
        return
    groups = model.usable_groups(functions, judgement)
    doubtful = any(not judgement.certain(f) for f in functions)
    if None not in groups.values() and not doubtful:
        for viable, word in (True, "yes"), (False, "no"):
            yield "times %d report ^group=[0-9]+ viable=%s" % (
                list(groups.values()).count(viable), word)
    for function in functions:
        if (groups.get(function.group) and judgement.is_claimed(function)
                and function.ids[4] >> 8 not in NO_MEMORY):
            yield "vfio %s" % function.address


def premise_expectations(functions, judgement):
    """Not promises: what the description says about the machine and the model builds on. A
    claimed serial port is gone."""
    vga = sorted(f.address for f in functions if f.vga)
    if vga:
        yield "guest ^boot display %s$" % escape(vga[0])
    for function in functions:
        if not function.group:
            yield "group %s none" % function.address
        if function.console and model.CLAIMED not in judgement.outcomes[function]:
            yield "guest ^port %s .*/%s/" % (function.console, escape(function.address))


def expectations(functions, judgement):
    """One line each. The guest's own check, truth.sh, sees to what has no line here."""
    yield from premise_expectations(functions, judgement)
    for function in functions:
        yield from device_expectations(function, judgement)
    if judgement.request.off:
        yield "no-log ^passthru: 0000:"
    else:
        yield from item_expectations(judgement)
        yield from group_expectations(functions, judgement)
        yield "report ^format=1 version=[^ ]+ dryrun=%s$" % (
            "yes" if judgement.request.dryrun else "no")
        yield "report ^phase=early total_us="
    yield "no-report undone=no"
    yield "no-guest ^untrue"
    yield "guest ^truth: [0-9]+ functions$"
    yield "guest ^second run: %s$" % one_of(map(str, judgement.statuses))
