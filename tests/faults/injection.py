"""One start of the program with a fault (fault.c) in it: how it ended, what it said, what it left running."""
import os
import shutil
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
import program  # noqa: E402  pylint: disable=wrong-import-position

FAULT = os.path.join(os.path.dirname(program.CONFX), "tests", "fault.so")
LIMIT = float(os.environ.get("FAULTS_LIMIT", "60"))  # seconds after which a program hangs: a hundred times what it takes
CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


def fault(below, log, call=None, n=None, how=None, rank=0, ever=False, victim=None, fsize=None):
    """The environment of fault.c. Without n calls are only counted."""
    chosen = {"CALL": call, "N": n, "HOW": how, "RANK": rank if n else None, "EVER": "1" if ever else None, "VICTIM": victim,
              "FSIZE": fsize, "BELOW": os.path.realpath(below), "LOG": log, "EXE": os.path.realpath(program.CONFX)}
    found = {f"CONFX_FAULT_{key}": str(value) for key, value in chosen.items() if value is not None}
    return {**found, "LD_PRELOAD": FAULT}


def calls(log):
    """{rank: [(call, path)]} of a log."""
    found = {}
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            rank, call, path = line.rstrip("\n").split(" ", 2)
            if call not in ("pid", "hit"):
                found.setdefault(int(rank), []).append((call, path))
    return found


def was_hit(log):
    """Whether the program came to the fault."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            return any(line.split(" ", 2)[1] == "hit" for line in file)
    except FileNotFoundError:
        return False


class Outcome:
    """code: as a shell has it (128 and the signal); None: it hangs. left: processes that outlive it."""

    def __init__(self, code, said, left):
        self.code = 128 - code if code is not None and code < 0 else code
        self.said = said
        self.left = left

    @property
    def messages(self):
        """Its own lines; not the reason for which it took the checkpoint before, and that it did."""
        lines = [line for line in self.said.splitlines() if line.startswith("confx: ")]
        for i, line in enumerate(lines):
            if "going on from the checkpoint before" in line:
                return lines[:max(i - 1, 0)] + lines[i + 1:]
        return lines

    @property
    def crashed(self):
        return self.code is not None and self.code - 128 in CRASHES

    def __str__(self):
        code = "hangs" if self.code is None else f"exit code {self.code}"
        own = [line for line in self.said.splitlines() if line.startswith("confx: ")]
        return " | ".join([code, *own[:4]] if own else [code, self.said.strip()[-500:]])


class Start(program.Running):
    """A start of the program, alone (ranks 1), under mpirun, or on pretend nodes (nodes, ranks)."""

    def __init__(self, arguments, ranks=1, environment=None):
        super().__init__(*arguments, ranks=0 if ranks == 1 else ranks, **(environment or {}))

    def outcome(self):
        """Of its end, for which it has LIMIT seconds; its processes may take a moment to follow."""
        give_up = time.monotonic() + LIMIT
        while self.launcher.poll() is None and time.monotonic() < give_up:
            time.sleep(0.002)
        code = self.launcher.poll()
        give_up = time.monotonic() + 5
        while code is not None and self.processes() and time.monotonic() < give_up:
            time.sleep(0.01)
        left = len(self.processes())
        self.kill()
        return Outcome(code, self.said(), left if code is not None else 0)


def run(arguments, ranks=1, environment=None):
    """Start, and the Outcome."""
    with Start(arguments, ranks, environment) as start:
        return start.outcome()


def fresh(directory, template=None):
    """An empty place, or a copy of the template."""
    shutil.rmtree(directory, ignore_errors=True)
    if template:
        shutil.copytree(template, directory, symlinks=True)
    return directory
