"""What the oracle does not ask: that clocks moved nothing, that workers worked, what they said."""

import json

from kafka_reader import Reader

#: A jump that nobody has measured yet may be as long as a measurement is trusted (10 s), and the
#: broker's clock may differ by what is tolerated (docs/design.md, rule 3).
EARLY_MAX_MS = 11_000


def _ms(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def batches(bootstrap):
    """Every batch record with its append time."""
    reader = Reader(bootstrap)
    try:
        count = reader.topics()["holdfast.audit"]
        starts = {p: reader.watermarks("holdfast.audit", p)[0] for p in range(count)}
        for partition, offset, ms, _, value, _ in reader.records("holdfast.audit", starts):
            yield partition, offset, ms, json.loads(value)
    finally:
        reader.close()


def examine(bootstrap):
    """(counts, complaints) of all batch records."""
    counts = {"batches": 0, "accepted": 0, "duplicates": 0, "refused": 0, "epochs": 0}
    complaints, epochs = [], {}
    for partition, offset, ms, row in batches(bootstrap):
        counts["batches"] += 1
        for name in ("accepted", "duplicates", "refused"):
            counts[name] += row["counts"][name]
        epochs[partition] = max(epochs.get(partition, 0), row["epoch"])
        early = _ms(row["timersTo"]) - ms
        if early > EARLY_MAX_MS:
            complaints.append(
                "task %d, holdfast.audit/%d offset %d: timersTo is %.1f s after the append time: "
                "timers fired before their instant" % (
                    row["task"], partition, offset, early / 1000))
    counts["epochs"] = sum(epochs.values())
    return counts, complaints
