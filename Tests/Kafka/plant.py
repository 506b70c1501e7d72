"""A broker, the command under test and independent clients, for the tests on real Kafka.

Each test works under a topic prefix and a deployment of its own on a broker that tests share; what
is started here is ended here, by its pid. kcat and Kafka's console tools write and read, so that it
is not only our code that reads our code.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), part) for part in ("Tools", "Oracle")]

import dump  # noqa: E402
import facts  # noqa: E402
from kafka_reader import Reader  # noqa: E402
from processes import (ROOT, Broker, Missing, Worker, find_binary,  # noqa: E402
                       find_launcher, wait_until)

PARTITIONS = 4
#: No test data has these in it, so that values may have tabs and line ends.
RECORD_END, KEY_END = b"<|RECORD|>", b"<|KEY|>"
_numbers = itertools.count(1)
_shared = {}
directory = None


class Answer:
    """What a command answered."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.text = self.out + self.err

    def __repr__(self):
        return "exit %d\n%s" % (self.code, self.text[-2000:])


def open_directory():
    global directory
    directory = tempfile.mkdtemp(prefix="holdfast-kafka-")
    return directory


def broker(name="plain", nodes=1, settings=(), libs=None):
    """A cluster by name, started at its first use; `settings` are the launcher's."""
    if name not in _shared:
        before = os.environ.get("KAFKA_LIBS")
        if libs:
            os.environ["KAFKA_LIBS"] = libs
        try:
            _shared[name] = Broker(os.path.join(directory, name), nodes, settings)
        finally:
            if libs:
                os.environ.pop("KAFKA_LIBS")
                if before is not None:
                    os.environ["KAFKA_LIBS"] = before
        _shared[name].libs = libs
    return _shared[name]


def stop(name):
    """Ends a cluster that no later test needs: memory is for the living."""
    if name in _shared:
        _shared.pop(name).down()


def close(keep):
    for name in list(_shared):
        stop(name)
    if not keep:
        shutil.rmtree(directory, ignore_errors=True)


def tool(cluster, *arguments, text=None, timeout=120):
    """One of Apache's tools."""
    environment = dict(os.environ, **({"KAFKA_LIBS": cluster.libs} if cluster.libs else {}))
    done = subprocess.run([cluster.launcher, "tool", cluster.directory, *arguments],
                          input=text, capture_output=True, text=True, timeout=timeout,
                          env=environment)
    if done.returncode != 0:
        raise AssertionError("%s: %s" % (arguments[0], done.stdout + done.stderr))
    return done.stdout


def holdfast(*arguments, timeout=120, text=None, cwd=None):
    return Answer(subprocess.run(
        [find_binary(), *arguments], input=text or "", capture_output=True, text=True,
        timeout=timeout, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"), cwd=cwd))


class Site:
    """A deployment on a cluster: its topics, workers, and what is written to and read from it."""

    def __init__(self, cluster, bootstrap=None, properties=()):
        number = next(_numbers)
        self.cluster, self.bootstrap = cluster, bootstrap or cluster.bootstrap
        self.prefix, self.deployment = "t%d." % number, "d%d" % number
        self.directory = os.path.join(directory, "site%d" % number)
        os.makedirs(self.directory)
        self.properties, self.workers = list(properties), []

    # -- the command ----------------------------------------------------------------------------

    def log(self, bootstrap=None, properties=None):
        """The flags that name this log."""
        found = ["--log", "kafka://" + (bootstrap or self.bootstrap), "--topic-prefix",
                 self.prefix]
        for name in self.properties if properties is None else properties:
            found += ["--kafka", name]
        return found

    def make_topics(self, *arguments):
        """Through the plaintext listener, whose user may do everything."""
        done = holdfast("topics", "apply", *self.log(self.cluster.bootstrap, ()), *arguments)
        if done.code != 0:
            raise AssertionError("topics apply: %r" % done)
        return self

    def worker(self, name, *extra, start=True):
        made = Worker(name, find_binary(), self.bootstrap, self.directory,
                      [*self.log()[2:], "--deployment", self.deployment, *extra])
        self.workers.append(made)
        if start:
            made.start()
        return made

    def stop(self):
        for worker in self.workers:
            worker.thaw()
            worker.kill()

    def drain(self, *workers):
        for worker in workers or self.workers:
            code = worker.terminate(30)
            if code != 0:
                raise AssertionError("SIGTERM ended %s with %r\n%s" % (
                    worker.name, code, worker.tail()))

    def verify(self, *log):
        return holdfast("verify", *(log or self.log(self.cluster.bootstrap, ())), "--deployment",
                        self.deployment, "--output", "json", timeout=300)

    # -- clients --------------------------------------------------------------------------------

    def _kcat(self, *arguments, timeout=120, **options):
        settings = [part for item in self.properties for part in ("-X", item)]
        done = subprocess.run(["kcat", "-b", self.bootstrap, *settings, *arguments],
                              capture_output=True, timeout=timeout, **options)
        if done.returncode != 0:
            raise AssertionError("kcat: " + done.stderr.decode(errors="replace"))
        return done.stdout

    def produce(self, topic, *records, partition=None):
        """Writes (key, value) pairs of bytes or text with kcat; None is a null."""
        rows = []
        for key, value in records:
            key = key.encode() if isinstance(key, str) else key
            value = value.encode() if isinstance(value, str) else value
            rows.append((b"" if key is None else key + KEY_END) + (value or b""))
        place = [] if partition is None else ["-p", str(partition)]
        self._kcat("-P", "-t", self.prefix + topic, "-D", RECORD_END.decode(), "-K",
                   KEY_END.decode(), "-Z", "-X", "partitioner=murmur2_random", "-X",
                   "message.max.bytes=2000000", *place, input=RECORD_END.join(rows))

    def read(self, topic):
        """Every committed record, by kcat: (partition, offset, key, value text)."""
        try:
            out = self._kcat("-C", "-e", "-q", "-t", self.prefix + topic, "-o", "beginning",
                             "-X", "isolation.level=read_committed", "-f",
                             "%p\x01%o\x01%k\x01%s\x02", timeout=20)
        except subprocess.TimeoutExpired:
            # Beside an open transaction kcat now and then misses an end and waits for ever.
            print("kcat found no end of %s: read by offsets instead" % topic, flush=True)
            return [(p, offset, (key or b"").decode(), (value or b"").decode(errors="replace"))
                    for p, offset, key, value in self._read_moving(topic)]
        rows = [row.split(b"\x01", 3) for row in out.split(b"\x02") if row]
        return sorted((int(p), int(o), key.decode(), value.decode(errors="replace"))
                      for p, o, key, value in rows)

    def _read_moving(self, topic):
        """Every record committed by now, whatever is under way: (partition, offset, key, value)."""
        name = self.prefix + topic
        reader = Reader(self.cluster.bootstrap)
        try:
            starts = {p: reader.watermarks(name, p)[0] for p in range(reader.topics()[name])}
            return sorted((p, offset, key, value)
                          for p, offset, _, key, value, _ in reader.records(name, starts))
        finally:
            reader.close()

    def events(self, topic):
        """Every committed record as (partition, key, event)."""
        return [(p, key, json.loads(value)) for p, _, key, value in self.read(topic)]

    def of_type(self, topic, kind, where=lambda event: True):
        return [event for _, _, event in self.events(topic)
                if event["type"].endswith(kind) and where(event)]

    def wait_for(self, topic, kind, count, seconds=60, where=lambda event: True):
        found = []

        def enough():
            # Not kcat: while transactions come and go it may wait for an end for ever.
            values = [json.loads(value) for _, _, _, value in self._read_moving(topic)]
            found[:] = [event for event in values
                        if event["type"].endswith(kind) and where(event)]
            return len(found) >= count
        if not wait_until(enough, seconds):
            raise AssertionError("%d of %d %s after %d s\n%s" % (
                len(found), count, kind, seconds,
                "".join("%s:\n%s" % (w.name, w.tail()) for w in self.workers)))
        return found

    def audit(self):
        return [json.loads(value) for _, _, _, value in self.read("holdfast.audit")]

    def wait_consumed(self, seconds=120):
        """Until the batch records cover all inputs, the signals of tasks to each other too."""
        def covered():
            read = {}
            for batch in self.audit():
                for part in batch["ranges"]:
                    place = (part["topic"], batch["task"])
                    read[place] = max(read.get(place, 0), part["to"])
            reader = Reader(self.cluster.bootstrap)
            try:
                for topic in ("mes.execution", "qms.quality", "holdfast.signals"):
                    name = self.prefix + topic
                    for p in range(PARTITIONS):
                        at, end = read.get((topic, p), 0), reader.watermarks(name, p)[1]
                        # A tail of control markers alone is nobody's batch.
                        if at < end and (end - at > 100 or any(
                                True for _ in reader.records(name, {p: at}))):
                            return False
            finally:
                reader.close()
            return True
        if not wait_until(covered, seconds, every=1):
            raise AssertionError("the input was not consumed in %d s\n%s" % (
                seconds, "".join("%s:\n%s" % (w.name, w.tail()) for w in self.workers)))

    def dump(self, name="dump.ndjson"):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as out:
            dump.from_kafka(self.cluster.bootstrap, self.prefix, dump.TOPICS, out)
        return path

    def oracle(self):
        """The independent judge; its words when the outputs are not what they must be."""
        done = subprocess.run(
            [sys.executable, os.path.join(ROOT, "Tests", "Oracle", "oracle.py"), self.dump(),
             "--partitions", str(PARTITIONS), "--gates-compacted", "--topic-prefix", self.prefix,
             "--deployment", self.deployment], capture_output=True, text=True, timeout=600)
        return Answer(done)


# -- events -------------------------------------------------------------------------------------

def now_text(seconds=0):
    at = time.time() + seconds
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%03dZ" % (at % 1 * 1000)


def event(kind, name, source, data, at=None):
    return json.dumps({
        "specversion": "1.0", "id": name, "source": source, "type": kind,
        "time": at or now_text(), "datacontenttype": "application/json", "data": data},
        separators=(",", ":"))


def failed_step(name, lot, severity="critical", equipment="PRESS-1", mode="jam"):
    return lot, event("mes.stepFailed.v1", name, "/mes/plant-1", {
        "lotId": lot, "stepId": "S1", "operation": "press", "equipmentId": equipment,
        "operatorId": "OP-1", "severity": severity, "failureMode": mode})


def release(name, lot, hold, owner="quality"):
    return lot, event("qms.holdReleaseApproved.v1", name, "/qms/site-1", {
        "holdId": hold, "subject": {"type": "lot", "id": lot}, "owner": owner,
        "approver": "qa-eve", "meaning": "reviewed", "signedAt": now_text()})


def change(name, change_id, due):
    return change_id, event("qms.changeApproved.v1", name, "/qms/site-1", {
        "changeId": change_id, "effectiveFrom": due, "scope": {"documents": ["D-1"]},
        "approvedBy": "ann", "initiatedBy": "bob"})


def lot_of_partition(number, stem="L"):
    """A lot that the partitioner puts there."""
    for count in itertools.count():
        lot = "%s-%d" % (stem, count)
        if facts.partition_of(lot.encode(), PARTITIONS) == number:
            return lot
