"""Runs a command on a terminal of its own and types at it.

    terminal.py STEP... -- COMMAND...

Each STEP waits for a question (text that ends in ": ") and then types: `answer=TEXT` types TEXT and
Enter, `through=COMMAND` types what a shell command prints that gets the screen so far, `interrupt`
types Ctrl-C, `suspend` types Ctrl-Z and continues the command once it has
stopped. `interrupt-at=TEXT` waits for that text instead of a question; `signal=NAME` sends that
signal to the command instead of typing; `still=TEXT` types TEXT and Enter at a question that is
still open. The program prints what the screen showed, what the echo was at each step and at the
end, and the exit status (128 + N for signal N). It waits for events, never for time to pass.
"""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios

PATIENCE = 30  # seconds until a hung test is ended.


def echo(terminal):
    return "on" if termios.tcgetattr(terminal)[3] & termios.ECHO else "off"


def number_of(name):
    """USR1, or a number."""
    return int(name) if name.isdigit() else getattr(signal, "SIG" + name)


class Screen:
    def __init__(self, master):
        self.master = master
        self.text = b""
        self.seen = 0

    def read(self):
        try:
            more = os.read(self.master, 4096)
        except OSError:  # Linux says EIO where others say end of file.
            more = b""
        self.text += more
        return bool(more)

    def wait_for(self, text):
        while text not in self.text[self.seen :]:
            if not self.read():
                break

    def wait_for_question(self):
        while not self.text[self.seen :].endswith(b": "):
            if not self.read():
                break
        self.seen = len(self.text)


def start(command, terminal):
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.setpgid(0, 0)
        os.tcsetpgrp(terminal, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        for number in range(3):
            os.dup2(terminal, number)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, and so by whatever it starts.
            signal.signal(ignored, signal.SIG_DFL)
        os.execvp(command[0], command)
    return child


def play(steps, screen, child):
    for step in steps:
        if step.startswith("interrupt-at="):
            screen.wait_for(step.partition("=")[2].encode())
            os.write(screen.master, b"\x03")
            continue
        if step.startswith("still="):
            os.write(screen.master, step.partition("=")[2].encode() + b"\n")
            continue
        screen.wait_for_question()
        print(f"echo at the question: {echo(screen.master)}")
        if step == "interrupt":
            os.write(screen.master, b"\x03")
        elif step.startswith("signal="):
            os.kill(child, number_of(step.partition("=")[2]))
        elif step.startswith("through="):
            command = ["sh", "-c", step.partition("=")[2]]
            typed = subprocess.run(
                command, input=screen.text, stdout=subprocess.PIPE, check=True
            ).stdout
            os.write(screen.master, typed.strip() + b"\n")
        elif step == "suspend":
            os.write(screen.master, b"\x1a")
            os.waitpid(child, os.WUNTRACED)
            print(f"echo while stopped: {echo(screen.master)}")
            os.kill(child, signal.SIGCONT)
        else:
            os.write(screen.master, step.partition("=")[2].encode() + b"\n")


def main():
    signal.alarm(PATIENCE)
    at = sys.argv.index("--")
    steps, command = sys.argv[1:at], sys.argv[at + 1 :]
    master, terminal = pty.openpty()
    os.setsid()
    # The first terminal a session leader opens becomes its own.
    os.close(os.open(os.ttyname(terminal), os.O_RDWR))
    screen = Screen(master)
    child = start(command, terminal)
    # Else the screen would not end with the command, when a question does not come.
    os.close(terminal)
    play(steps, screen, child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    final = echo(master)
    os.set_blocking(master, False)
    while screen.read():
        pass
    print(screen.text.decode().replace("\r\n", "\n"))
    print(f"echo at the end: {final}")
    print(f"exit: {status if status >= 0 else 128 - status}")


if os.fork() == 0:  # a process that leads no group may lead a session.
    main()
    sys.exit(0)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
