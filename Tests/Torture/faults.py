"""What can be done to a deployment: each fault starts, is healed, and says what it is.

A fault is drawn by seed (schedule.py) and acts on the stage (stage.py). `overlaps`: it may strike
what another fault holds already, as a kill may hit a frozen worker.
"""

import os

import network
from victim import clock_library


class Fault:
    name, what = "", ""
    weight = 1.0
    overlaps = False
    kills = False              # its target is dead while it lasts: nothing to strike
    shortest = longest = 0.0   # seconds until it is healed
    settles = 0.0              # seconds that its target needs afterwards

    def targets(self, workers):
        return ["w%d" % number for number in range(workers)]

    def keys(self, target):
        """What it holds while it lasts."""
        return (target,)

    def draw_seconds(self, rng):
        return rng.uniform(self.shortest, self.longest) if self.longest else 0.0

    def draw(self, rng):
        """(name, value) pairs that start() is to know."""
        return ()

    def why_not(self):
        """Why it cannot be had on this machine; None when it can."""
        return None

    def start(self, stage, strike):
        """Returns False when it had nothing to strike."""
        raise NotImplementedError

    def heal(self, stage, strike):
        pass


# -- processes of workers -----------------------------------------------------------------------

class Kill(Fault):
    name, what = "kill", "kill -9 of a worker, which is started again at once or soon"
    weight, overlaps = 6.0, True

    def draw(self, rng):
        yield "back", round(rng.choice((0.0, 0.0, 0.1, rng.uniform(0, 2))), 2)

    def start(self, stage, strike):
        return stage.kill(strike.target, dict(strike.how)["back"])


class Wipe(Kill):
    name, what = "wipe", "kill -9 of a worker, whose state directory is deleted"
    weight = 2.0

    def start(self, stage, strike):
        return stage.kill(strike.target, dict(strike.how)["back"], delete_state=True)


class Gone(Fault):
    name, what = "gone", "kill -9 of a worker, which stays away beyond its session: tasks move"
    kills, shortest, longest, settles = True, 13.0, 22.0, 3.0

    def start(self, stage, strike):
        return stage.kill(strike.target, None)

    def heal(self, stage, strike):
        stage.bring_back(strike.target)


class Leave(Fault):
    name, what = "leave", "SIGTERM: a worker drains and leaves, as in a rolling upgrade"
    kills, shortest, longest = True, 4.0, 14.0

    def start(self, stage, strike):
        return stage.ask_to_leave(strike.target)

    def heal(self, stage, strike):
        stage.bring_back(strike.target)


class Freeze(Fault):
    name, what = "freeze", "SIGSTOP of a worker for less than its session"
    weight, shortest, longest = 1.5, 1.0, 7.0

    def start(self, stage, strike):
        worker = stage.worker(strike.target)
        if not worker.alive():
            return False
        worker.freeze()
        return True

    def heal(self, stage, strike):
        stage.worker(strike.target).thaw()


class FreezeLong(Freeze):
    name, what = "freeze-long", "SIGSTOP of a worker beyond its session (10 s): a zombie wakes"
    weight, shortest, longest, settles = 1.0, 12.0, 18.0, 3.0


# -- brokers ------------------------------------------------------------------------------------

class Brokers(Fault):
    """One broker at a time: two of three must be there for anything to be written."""

    settles = 6.0  # until it is in sync again

    def targets(self, workers):
        return ["n1", "n2", "n3"]

    def keys(self, target):
        return ("brokers",)


class BrokerKill(Brokers):
    name, what = "broker-kill", "kill -9 of one broker of three, which is started again"
    shortest, longest, settles = 2.0, 8.0, 12.0

    def start(self, stage, strike):
        stage.broker.kill(int(strike.target[1:]))
        return True

    def heal(self, stage, strike):
        stage.start_broker(int(strike.target[1:]))


class BrokerPause(Brokers):
    name, what = "broker-pause", "SIGSTOP of one broker: connections stay, answers do not come"
    shortest, longest = 3.0, 14.0

    def nodes(self, target):
        return [int(target[1:])]

    def start(self, stage, strike):
        for node in self.nodes(strike.target):
            stage.broker.pause(node)
        return True

    def heal(self, stage, strike):
        for node in self.nodes(strike.target):
            stage.broker.resume(node)


class ClusterPause(BrokerPause):
    name, what = "cluster-pause", "SIGSTOP of all three brokers at once"
    weight, shortest, longest = 0.5, 2.0, 9.0

    def targets(self, workers):
        return ["brokers"]

    def nodes(self, target):
        return [1, 2, 3]


# -- what is around -----------------------------------------------------------------------------

class DiskFull(Fault):
    name = "disk-full"
    what = "w0's state directory, a small tmpfs, is filled to the last byte, and freed"
    shortest, longest, settles = 5.0, 14.0, 3.0

    def targets(self, workers):
        return ["w0"]

    def draw(self, rng):
        yield "kill", rng.random() < 0.5  # then it starts on a full disk

    def why_not(self):
        return None if os.geteuid() == 0 else "a small disk needs root, for a tmpfs"

    def start(self, stage, strike):
        worker = stage.worker(strike.target)
        if worker.disk is None:
            return False
        worker.fill_disk()
        stage.disk_is_full = True
        if dict(strike.how)["kill"]:
            stage.kill(strike.target, 0.0)
        return True

    def heal(self, stage, strike):
        stage.worker(strike.target).free_disk()
        stage.disk_is_full = False
        stage.disk_freed()


class Clock(Fault):
    name = "clock"
    what = "a worker's wall clock jumps, and jumps back (libfaketime; monotonic time goes on)"
    weight, shortest, longest, settles = 1.5, 5.0, 16.0, 2.0
    jumps = (3, -3, 8, -8, 60, -60, 3_600, -3_600, 90_000, -90_000, 691_200)

    def draw(self, rng):
        yield "by", rng.choice(self.jumps)
        yield "restart", rng.random() < 0.4  # starts with the wrong time, or meets it running

    def why_not(self):
        return None if clock_library() else "no libfaketimeMT.so.1 (package faketime)"

    def start(self, stage, strike):
        how, worker = dict(strike.how), stage.worker(strike.target)
        if worker.away:
            return False
        if worker.clock is None or how["restart"]:
            worker.set_clock(how["by"] if how["restart"] else 0)
            stage.kill(strike.target, 0.0)  # comes back under the library
        if not how["restart"]:
            # It is to run before its clock moves.
            stage.later(min(3.0, strike.seconds / 3), lambda: worker.set_clock(how["by"]))
        return True

    def heal(self, stage, strike):
        worker = stage.worker(strike.target)
        if worker.clock is not None:
            worker.set_clock(0)


class Network(Fault):
    name = "network"
    what = "a worker's network is silent, resets, loses all answers, or is slow"
    weight, shortest, longest, settles = 3.0, 1.0, 8.0, 1.0
    modes = ("silent", "reset", "deaf", "slow 150")

    def draw(self, rng):
        yield "mode", rng.choice(self.modes)

    def why_not(self):
        return network.why_not()

    def start(self, stage, strike):
        stage.worker(strike.target).network.be(dict(strike.how)["mode"])
        return True

    def heal(self, stage, strike):
        stage.worker(strike.target).network.be("open")


class NetworkLong(Network):
    name, what = "network-long", "a worker's network is cut beyond its session"
    weight, shortest, longest, settles = 1.0, 12.0, 20.0, 3.0
    modes = ("silent", "reset", "deaf")


class ProducerRetry(Fault):
    name = "producer"
    what = "the producer is killed in the middle, and sends its last 2,000 records again"
    overlaps = True

    def targets(self, workers):
        return ["producer"]

    def start(self, stage, strike):
        stage.feed.interrupt()
        return True


ALL = (Kill(), Wipe(), Gone(), Leave(), Freeze(), FreezeLong(), BrokerKill(), BrokerPause(),
       ClusterPause(), DiskFull(), Clock(), Network(), NetworkLong(), ProducerRetry())
BY_NAME = {fault.name: fault for fault in ALL}
