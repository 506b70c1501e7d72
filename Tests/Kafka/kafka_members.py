"""Workers come, freeze, wake and leave under load, and a broker of three dies and comes back."""

import os
import time
import types
import unittest

import plant
import torture

EVENTS = 24_000
SECONDS = 48


class Members(torture.Torture):
    """The kill run's plant and its judges; what happens meanwhile is told step by step."""

    def _join(self, *names):
        for name in names:
            worker = plant.Worker(name, self.options.binary, self.broker.bootstrap,
                                  self.directory)
            worker.start()
            self.workers.append(worker)

    def _owners(self, count):
        """Waits until each of the workers says that it has a task."""
        if not plant.wait_until(lambda: all("is back" in w.tail(10_000)
                                            for w in self.workers[:count]), 40):
            raise RuntimeError("not all have a task\n" + "".join(
                w.tail() for w in self.workers))

    def torment(self):
        time.sleep(6)
        self.say("1 -> 3")
        self._join("w1", "w2")
        self._owners(3)
        time.sleep(4)
        frozen = self.workers[1]
        self.say("%s is frozen beyond its session" % frozen.name)
        frozen.freeze()
        time.sleep(torture.FREEZE_SECONDS)
        frozen.thaw()
        self.done["freezes"] += 1
        told = ("another worker has taken over", "was lost: the session ended")
        if not plant.wait_until(lambda: any(w in frozen.tail(10_000) for w in told), 30):
            raise RuntimeError("%s did not notice\n%s" % (frozen.name, frozen.tail()))
        self.say("it woke and found itself replaced; 3 -> 2")
        leaving = self.workers.pop()
        code = leaving.terminate(torture.DRAIN_SECONDS)
        if code != 0:
            raise RuntimeError("%s left with %r\n%s" % (leaving.name, code, leaving.tail()))
        time.sleep(3)
        self.say("a broker dies")
        self._kill_broker()
        self.say("and is back")
        self.revive()


class MembersTest(unittest.TestCase):
    def test_workers_join_freeze_and_leave_and_a_broker_dies(self):
        plant.stop("plain")  # three brokers need the memory
        options = types.SimpleNamespace(
            events=EVENTS, seconds=SECONDS, kills=0, workers=1, seed=3, deadline=400,
            catch_up=120, own_exits_max=0, broker_kill=True, binary=plant.find_binary(),
            worker_args=[])
        directory = os.path.join(plant.directory, "members")
        os.makedirs(directory)
        run = Members(options, directory)
        try:
            self.assertEqual(run.run(), 0)
            self.assertEqual(run.done["own exits"], 0, "a worker ended by itself")
        finally:
            run.clean_up()


if __name__ == "__main__":
    unittest.main()
