#!/usr/bin/env python3
"""A network of its own for one worker, whose only way out is this relay: so it can be cut.

    relay.py PORT...            the ports of the brokers on 127.0.0.1

A child makes a network namespace, in which nothing but loopback exists, and listens there on the
brokers' own ports; its sockets are handed to the parent, which stays outside and passes the bytes
on. So brokers need no other listener and the worker no other address. The answer on standard
output is `ready PID`: whoever runs `nsenter -t PID -n` (and -U where a user namespace was needed)
is inside. Then a line on standard input says what the network does from now on, and the same line
on standard output that it does:

    open          bytes pass
    silent        nothing passes and nothing is lost: a cable that is out, and is put in again
    reset         every connection is reset, and every new one
    deaf          what the worker sends arrives, the answers never do; ended by `open`, which resets
    slow MS       every byte arrives so much later

Ends with its standard input, and takes the namespace with it.
"""

import collections
import ctypes
import fcntl
import os
import selectors
import socket
import struct
import sys
import time

NEW_USER, NEW_NET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
CHUNK, HELD_MAX = 65_536, 1 << 20
RESET = struct.pack("ii", 1, 0)


def unshare():
    """A network namespace; without root in a user namespace of our own. Says which."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if user == 0 and libc.unshare(NEW_NET) == 0:
        return "net"
    if libc.unshare(NEW_USER | NEW_NET) != 0:
        raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))
    for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % user),
                       ("gid_map", "0 %d 1" % group)):
        with open("/proc/self/" + name, "w", encoding="ascii") as file:
            file.write(text)
    return "user"


def inside(ports, channel):
    """The child: makes the namespace, hands its listening sockets out, and stays."""
    kind = unshare()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                    struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))
    listeners = []
    for port in ports:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listeners.append(listener)
    socket.send_fds(channel, [kind.encode()], [listener.fileno() for listener in listeners])
    channel.recv(1)  # until the parent ends


class Flow:
    """One direction of one connection."""

    def __init__(self, source, target, is_answer):
        self.source, self.target, self.is_answer = source, target, is_answer
        self.held, self.size, self.over = collections.deque(), 0, False


class Relay:
    def __init__(self, listeners):
        self.mode, self.delay = "open", 0.0
        self.listeners, self.flows, self.peers = listeners, {}, {}
        self.accepts = set(listeners)
        for listener in listeners:
            listener.setblocking(False)

    # -- connections ----------------------------------------------------------------------------

    def accept(self, listener):
        client, _ = listener.accept()
        if self.mode == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.close()
            return
        server = socket.socket()
        try:
            server.connect(("127.0.0.1", listener.getsockname()[1]))
        except OSError:  # that broker is away
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.close()
            server.close()
            return
        for one, other, is_answer in ((client, server, False), (server, client, True)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.setblocking(False)
            self.flows[one], self.peers[one] = Flow(one, other, is_answer), other

    def drop(self, one):
        for end in (one, self.peers.get(one)):
            if end in self.flows:
                del self.flows[end], self.peers[end]
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.close()

    # -- bytes ----------------------------------------------------------------------------------

    def pull(self, flow):
        try:
            data = flow.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            return self.drop(flow.source)
        if not data:
            flow.over = True
        elif not (self.mode == "deaf" and flow.is_answer):
            flow.held.append((time.monotonic() + self.delay, data))
            flow.size += len(data)
            if not self.delay:
                return self.push(flow)
        if flow.over and not flow.held:
            self.drop(flow.source)

    def push(self, flow):
        now = time.monotonic()
        while flow.held and flow.held[0][0] <= now:
            due, data = flow.held.popleft()
            try:
                sent = flow.target.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                return self.drop(flow.source)
            flow.size -= sent
            if sent < len(data):
                flow.held.appendleft((due, data[sent:]))
                return
        if flow.over and not flow.held:
            self.drop(flow.source)

    # -- the loop -------------------------------------------------------------------------------

    def command(self, line):
        words = line.split()
        was, self.mode = self.mode, words[0]
        self.delay = int(words[1]) / 1000 if self.mode == "slow" else 0.0
        if self.mode == "reset" or was == "deaf":
            for one in list(self.flows):
                self.drop(one)
        print(line, flush=True)

    def wait(self):
        """One turn: what is ready is read and written; the next due byte bounds the wait."""
        selector, now, wait = selectors.DefaultSelector(), time.monotonic(), 1.0
        selector.register(sys.stdin, selectors.EVENT_READ)
        if self.mode != "silent":
            for listener in self.listeners:
                selector.register(listener, selectors.EVENT_READ)
            wanted = dict.fromkeys(self.flows, 0)
            for flow in self.flows.values():
                if flow.size < HELD_MAX and not flow.over:
                    wanted[flow.source] |= selectors.EVENT_READ
                if flow.held:
                    if flow.held[0][0] <= now:
                        wanted[flow.target] = wanted.get(flow.target, 0) | selectors.EVENT_WRITE
                    wait = min(wait, max(0.0, flow.held[0][0] - now))
            for one, mask in wanted.items():
                if mask:
                    selector.register(one, mask)
        with selector:
            return selector.select(wait)

    def run(self):
        while True:
            for key, mask in self.wait():
                if key.fileobj is sys.stdin:
                    line = os.read(0, 4096).decode()
                    if not line:
                        return
                    for part in line.splitlines():
                        self.command(part)
                    break  # what was ready may be gone
                if key.fileobj in self.accepts:
                    self.accept(key.fileobj)
                elif mask & selectors.EVENT_READ and key.fileobj in self.flows:
                    self.pull(self.flows[key.fileobj])
            now = time.monotonic()
            if self.mode != "silent":
                for flow in list(self.flows.values()):
                    if flow.held and flow.held[0][0] <= now and flow.source in self.flows:
                        self.push(flow)


def main():
    ports = [int(part) for part in sys.argv[1:]]
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        try:
            inside(ports, theirs)
        except OSError as error:
            print("relay: %s" % error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    theirs.close()
    kind, descriptors, _, _ = socket.recv_fds(ours, 16, len(ports))
    if len(descriptors) != len(ports):
        os.waitpid(child, 0)
        return 1
    print("ready %d %s" % (child, kind.decode()), flush=True)
    try:
        Relay([socket.socket(fileno=number) for number in descriptors]).run()
    finally:
        ours.close()
        os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
