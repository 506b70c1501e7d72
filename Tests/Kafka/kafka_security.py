"""The core scenario through every door: mutual TLS and PLAIN on the newest Kafka, SCRAM on the last
3.x; with the ACLs that docs/operations.md lists and not one more."""

import os
import re
import unittest

import core
import plant


def page_acls(site, instance, kinds=("topic", "group", "transaction")):
    """The table of docs/operations.md, as arguments of Kafka's acls tool: one call for all rows
    with the same operations and pattern, for each call is a Java of its own."""
    with open(os.path.join(plant.ROOT, "docs", "operations.md"), encoding="utf-8") as file:
        page = file.read()
    table = re.search(r"<!-- begin acls -->(.*?)<!-- end acls -->", page, re.S).group(1)
    calls = {}
    for row in re.findall(r"^\| `(.*?)` \| (\w+) \| `(.*?)` \| (\w+) \|", table, re.M):
        operations, kind, name, pattern = row
        if kind not in kinds:
            continue
        name = name.replace("DEPLOYMENT", site.deployment).replace("INSTANCE", instance)
        call = calls.setdefault((operations, pattern), ["--resource-pattern-type", pattern])
        call += {"topic": ["--topic", site.prefix + name], "group": ["--group", name],
                 "transaction": ["--transactional-id", name]}[kind]
    for (operations, _), call in calls.items():
        for operation in operations.split(", "):
            call += ["--operation", operation]
    return list(calls.values())


def allow(cluster, user, calls):
    # The last 3.x has the tool under another class.
    name = ["kafka.admin.AclCommand", "--bootstrap-server", cluster.bootstrap] if cluster.libs \
        else ["acls"]
    for call in calls:
        plant.tool(cluster, *name, "--add", "--allow-principal", "User:" + user, *call)


def libs_39():
    """The jars of the last 3.x, beside the newest ones."""
    return os.path.join(os.path.dirname(plant.find_launcher()), "libs-3.9")


class Security(unittest.TestCase):
    @classmethod
    def tearDownClass(cls):
        plant.stop("secure")
        plant.stop("secure-3.9")

    def secure(self):
        return plant.broker("secure", settings=["--secure"])

    def last_3(self):
        if not os.path.isdir(libs_39()):
            self.skipTest("NOT TESTED: no jars of Kafka 3.9 in " + libs_39())
        return plant.broker("secure-3.9", settings=["--secure"], libs=libs_39())

    @staticmethod
    def _file(cluster, name):
        with open(os.path.join(cluster.directory, name), encoding="utf-8") as file:
            return file.read().strip()

    def tls(self, cluster, name="holdfast"):
        keys = os.path.join(cluster.directory, "tls")
        return self._file(cluster, "bootstrap-mtls"), [
            "security.protocol=ssl", "ssl.ca.location=%s/ca.pem" % keys,
            "ssl.certificate.location=%s/%s.pem" % (keys, name),
            "ssl.key.location=%s/%s.key" % (keys, name)]

    def sasl(self, cluster, mechanism, name="holdfast"):
        return self._file(cluster, "bootstrap-sasl"), [
            "security.protocol=sasl_ssl", "ssl.ca.location=%s/tls/ca.pem" % cluster.directory,
            "sasl.mechanism=" + mechanism, "sasl.username=" + name,
            "sasl.password=%s-secret" % name]

    def site(self, cluster, door, acls=True):
        """A site whose worker comes through `door`; the test's own clients have the other one."""
        bootstrap, properties = door
        site = plant.Site(cluster, bootstrap, properties).make_topics("--partitions", "4")
        self.addCleanup(site.stop)
        if acls:
            allow(cluster, "holdfast", page_acls(site, "w0"))
        return site

    def scenario(self, cluster, door):
        site = self.site(cluster, door)
        worker = site.worker("w0")
        # Only the worker goes through the door: the plant and the judges are other users.
        site.bootstrap, site.properties = cluster.bootstrap, []
        try:
            due = core.drive(site)
            site.drain(worker)
            core.check(self, site, due)
            proven = site.verify()
            self.assertEqual(proven.code, 0, proven)
        finally:
            site.stop()
        return site

    def test_1_mutual_tls_with_the_least_acls(self):
        self.scenario(self.secure(), self.tls(self.secure()))

    def test_2_plain_with_the_least_acls(self):
        self.scenario(self.secure(), self.sasl(self.secure(), "PLAIN"))

    def test_3_scram_on_the_last_3(self):
        self.scenario(self.last_3(), self.sasl(self.last_3(), "SCRAM-SHA-512"))

    def test_4_no_security_on_the_last_3(self):
        cluster = self.last_3()
        site = plant.Site(cluster).make_topics("--partitions", "4")
        self.addCleanup(site.stop)
        core.run(self, site)

    def refused(self, site, code, *words):
        answer = plant.holdfast("run", *site.log(), "--deployment", site.deployment,
                                "--instance", "w0", "--state",
                                os.path.join(site.directory, "state"), timeout=60)
        self.assertEqual(answer.code, code, answer)
        line = [line for line in answer.err.splitlines() if line.startswith("holdfast: ")][-1]
        for word in words:
            self.assertIn(word, line)
        self.assertNotIn("-secret", answer.text)

    def test_5_scram_is_refused_by_kafka_4_in_words_of_its_own(self):
        cluster = self.secure()
        site = self.site(cluster, self.sasl(cluster, "SCRAM-SHA-512"), acls=False)
        self.refused(site, 77, "SCRAM", "librdkafka", "2.6.1")

    def test_6_each_missing_acl_is_told(self):
        cluster = self.secure()
        bootstrap, properties = self.tls(cluster, "intruder")
        site = plant.Site(cluster, bootstrap, properties).make_topics("--partitions", "4")
        self.refused(site, 77, "topic")
        for kind, word in (("topic", "transactional id %s.w0." % site.deployment),
                           ("transaction", "group holdfast." + site.deployment)):
            allow(cluster, "intruder", page_acls(site, "w0", [kind]))
            self.refused(site, 77, word)


if __name__ == "__main__":
    unittest.main()
