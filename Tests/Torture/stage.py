"""Three brokers, three workers, a plant, and what may be done to them while they work."""

import heapq
import itertools
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Tools"))

import torture  # noqa: E402
from feed import Feed  # noqa: E402
from network import Network  # noqa: E402
from processes import Broker  # noqa: E402
from progress import Progress  # noqa: E402
from storm import Storm  # noqa: E402
from victim import Victim  # noqa: E402

TICK = 0.05
BROKER_START_MAX = 120.0
RESTART_AFTER = 1.0  # seconds, as a service manager would wait after an exit
NODES = 3
#: What a worker may end with by itself, and be started again: the log cannot be reached; somebody
#: else has its partitions. A full disk allows 74 while there is one, and a while after.
PASSING = {69: "the log cannot be reached", 75: "somebody else has what it had"}
DISK_FULL, DISK_GRACE = 74, 5.0


class Keeper:
    """Starts again what ends by itself, while somebody waits for the log."""

    def __init__(self, stage):
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._keep, args=(stage,), daemon=True)

    def _keep(self, stage):
        while not self.over.wait(TICK):
            stage.revive()

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()


class Stage(torture.Torture):
    def __init__(self, options, directory):
        super().__init__(options, directory)
        self.fault_seconds = options.fault_seconds
        self.agenda, self.order, self.lock = [], itertools.count(), threading.Lock()
        self.starting, self.by_name = {}, {}
        self.feed = self.progress = self.began = None
        self.disk_is_full, self.disk_free_since, self.disk_words = False, None, []
        self.strikes = {}   # fault -> [struck, had nothing to strike]
        self.exits = {}     # code -> how often a worker ended with it by itself

    # -- setting up -----------------------------------------------------------------------------

    def set_up(self):
        self.broker = Broker(os.path.join(self.directory, "broker"), NODES)
        self.say("brokers at %s" % self.broker.bootstrap)
        self.make_topics()
        chosen = {fault.name for fault in self.options.chosen}
        for number in range(self.options.workers):
            worker = Victim("w%d" % number, self.options.binary, self.broker.bootstrap,
                            self.directory, self.options.worker_args)
            self.workers.append(worker)
            self.by_name[worker.name] = worker
            if chosen & {"network", "network-long"}:
                worker.network = Network(self.broker.bootstrap)
            if number == 0 and "disk-full" in chosen:
                worker.use_disk(self.options.disk_megabytes)
            worker.start()

    def worker(self, name):
        return self.by_name[name]

    # -- what faults do -------------------------------------------------------------------------

    def later(self, seconds, action):
        heapq.heappush(self.agenda, (time.monotonic() + seconds, next(self.order), action))

    def kill(self, name, back, delete_state=False):
        """Kills; `back` seconds later it is started again, with None it stays away."""
        worker = self.worker(name)
        if worker.away:
            return False
        phase = worker.kill(delete_state)
        worker.away = True
        if back is not None:
            if back == 0:
                self.bring_back(name)
            else:
                self.later(back, lambda: self.bring_back(name))
        if phase is None:
            return False
        self.done["kills"] += 1
        self.done["states deleted"] += delete_state
        return True

    def ask_to_leave(self, name):
        """SIGTERM; it is waited for in revive()."""
        worker = self.worker(name)
        if worker.away or not worker.alive() or worker.frozen:
            return False
        worker.away = worker.leaving = True
        worker.process.terminate()
        return True

    def bring_back(self, name):
        worker = self.worker(name)
        if worker.leaving and worker.alive():  # it drains still: that has a bound of its own
            self.later(0.5, lambda: self.bring_back(name))
            return
        worker.away = worker.leaving = False
        if not worker.alive():
            self.account(worker)
            worker.start()

    def start_broker(self, node):
        self.starting[node] = (self.broker.start_soon(node), time.monotonic() + BROKER_START_MAX)

    def disk_freed(self):
        self.disk_free_since = time.monotonic()

    # -- what workers do ------------------------------------------------------------------------

    def account(self, worker):
        """Notes a worker that ended by itself."""
        leaving = worker.leaving
        code = worker.ended_itself()
        if code is None or (code == 0 and leaving):
            return
        self.exits[code] = self.exits.get(code, 0) + 1
        self.done["own exits"] += 1
        words = worker.life.last_words
        self.say("%s ended by itself with %d: %s" % (worker.name, code, words[:300]))
        full = self.disk_is_full or (
            self.disk_free_since and time.monotonic() - self.disk_free_since < DISK_GRACE)
        if code == DISK_FULL and full and worker.disk:
            self.disk_words.append(words)
            if worker.directory not in words and "SQLITE_FULL" not in words:
                self.fail("%s did not say which disk is full: %s" % (worker.name, words))
        elif code not in PASSING:
            self.fail("%s ended by itself with %d:\n%s" % (worker.name, code, worker.tail()))

    def fail(self, text):
        self.failure = self.failure or text

    def revive(self):
        with self.lock:
            self._revive()

    def _revive(self):
        for worker in self.workers:
            if worker.away:
                if worker.leaving and not worker.alive():
                    self.account(worker)
                continue
            if not worker.alive():
                if worker.process is not None:
                    self.account(worker)
                    worker.rests_until = time.monotonic() + RESTART_AFTER
                if time.monotonic() >= worker.rests_until:
                    worker.start()
        for node, (launcher, until) in list(self.starting.items()):
            if launcher.poll() is None:
                continue
            if self.broker.answers(node):
                del self.starting[node]
            elif time.monotonic() > until:
                self.fail("broker %d did not come back" % node)
        if self.feed and self.feed.failure:
            self.fail(self.feed.failure)
        if self.feed and self.feed.is_alive():
            self.progress.look(self.workers)
            if self.progress.stalled():
                self.fail(self.progress.stalled())

    # -- the run --------------------------------------------------------------------------------

    def strike(self, fault, strike):
        struck = fault.start(self, strike) is not False
        self.strikes.setdefault(fault.name, [0, 0])[0 if struck else 1] += 1
        self.say("%s%s" % (strike.text(), "" if struck else "  (nothing to strike)"))
        if struck and strike.seconds:
            self.later(strike.seconds, lambda: self.heal(fault, strike))

    def heal(self, fault, strike):
        fault.heal(self, strike)
        self.say("%6.1f s  %-13s %-8s healed" % (
            time.monotonic() - self.began, fault.name, strike.target))

    def torment(self):
        faults = {fault.name: fault for fault in self.options.chosen}
        self.began = time.monotonic()
        late = max(0.0, time.monotonic() - self.started - self.options.before)
        if late and self.options.schedule:
            self.fault_seconds = max(self.options.fault_seconds - late, self.options.fault_min)
            self.say("everything took %.0f s longer to start: the schedule ends at %.0f s" % (
                late, self.fault_seconds))
        for strike in self.options.schedule:
            if strike.second + strike.seconds > self.fault_seconds:
                continue
            self.later(strike.second,
                       lambda strike=strike: self.strike(faults[strike.fault], strike))
        storm = Storm(self, self.options.kills, self.options.seed) if self.options.kills else None
        while self.failure is None:
            past = time.monotonic() - self.began
            if storm and storm.over and not self.agenda:
                break
            if not storm and past >= self.fault_seconds and not self.agenda:
                break
            if self.left() <= 0:
                self.fail("the time is over")
            self.turn(storm)
        self.feed.end()

    def turn(self, storm):
        while self.agenda and self.agenda[0][0] <= time.monotonic():
            heapq.heappop(self.agenda)[2]()
        self.revive()
        if storm:
            storm.turn()
        time.sleep(TICK)

    def finish(self):
        """Everything is healed; what is left is decided, within a bound."""
        self.feed.join(max(1, min(60, self.left())))
        if self.feed.is_alive():
            raise RuntimeError("the producer did not end")
        self.sent, healed = self.feed.sent, time.monotonic()
        with Keeper(self):
            if self.failure:
                raise RuntimeError(self.failure)
            self.catch_up()
        if self.failure:
            raise RuntimeError(self.failure)
        self.end_workers()
        self.say("healed and drained in %.0f s; %s" % (
            time.monotonic() - healed, self.progress.text()))

    def run(self):
        self.set_up()
        self.progress = Progress()
        self.feed = Feed(self.broker.bootstrap, self.options.seed, self.options.rate)
        self.thread = self.feed  # whom the base waits for
        self.misplace()
        self.feed.start()
        self.torment()
        if self.failure:
            raise RuntimeError(self.failure)
        self.finish()
        return self.judge()

    def clean_up(self):
        for launcher, _ in self.starting.values():
            launcher.wait(60)
        if self.feed:
            self.feed.close()
        for worker in self.workers:
            worker.thaw()
            worker.kill()
            worker.give_back()
        if self.broker:
            self.broker.down()  # paused ones too
