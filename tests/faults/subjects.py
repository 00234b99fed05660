"""What faults are tried on: searches, sweeps, comparisons and spools that take a fraction of a second, what each leaves when nothing
goes wrong, and what a reader may see of it meanwhile."""
import csv
import os
import re
import threading
import time

import h5py
import injection
import numpy
import program

NETWORK = "K,C,Y,X,R,S,T\n8,3,16,16,3,3,1\n1,8,16,16,3,3,2\n16,8,16,16,1,1,1\n"
OTHER_NETWORK = "K,C,Y,X,R,S,T\n8,3,16,16,3,3,1\n1,8,16,16,3,3,2\n16,8,8,8,1,1,1\n"
# 20 samples are the policy's, in a few updates; the islands' in a few more.
JOB = """workload: net.csv
objective: latency
budget: {constraint: area, fraction: 0.3}
search: {samples: 44, policy_samples: 20, seed: 1}
log: {commit_seconds: 0}
"""
SWEEP = """base: job.yaml
set: {search.samples: 20, search.policy_samples: 10}
grid: {search.seed: 1..3}
"""
POLICY_SAMPLES = 20


def make_inputs(directory):
    """The files that the subjects are started on."""
    for name, content in {"net.csv": NETWORK, "other.csv": OTHER_NETWORK, "job.yaml": JOB, "sweep.yaml": SWEEP}.items():
        with open(os.path.join(directory, name), "w", encoding="ascii") as file:
            file.write(content)


def different(found, expected):
    """Names of what is not the same."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


# ---- subjects --------------------------------------------------------------------------------------------------------


class Subject:
    """`template` is what a trial begins with, `reference` what nothing went wrong with."""

    tables = ()  # beside the runs
    commands = ("resume", "ranks")  # that read what it leaves: to go on, alone or on two ranks; see contents.py

    def __init__(self, work, name, template=None):
        self.work, self.name, self.template = work, name, template
        self.reference = os.path.join(work, f"{name}.reference")
        self.expected = self.rows = self.names = None

    def input(self, name):
        return os.path.join(self.work, name)

    def arguments(self, out, resume):
        raise NotImplementedError

    def runs(self, out):
        """{name: run directory} of the searches in it."""
        found = {}
        for where, _, files in os.walk(out):
            if "run.h5" in files:
                found[os.path.relpath(where, out)] = where
        return found

    def contents(self, out):
        """Everything that the job alone decides, by name."""
        found = {}
        for name, run_dir in self.runs(out).items():
            found.update({f"{name}{key}": value for key, value in program.bits(run_dir).items()})
        for table in self.tables:
            if os.path.exists(os.path.join(out, table)):
                with open(os.path.join(out, table), encoding="utf-8", newline="") as file:
                    rows = list(csv.DictReader(file))
                found[table] = [{key: value for key, value in row.items() if key != "seconds"} for row in rows]
        return found

    def mistakes(self, out, may_fail):
        """(names that are not there, names of what is another); may_fail: jobs of a spool may have come to that, by name."""
        found = self.contents(out)
        wrong = different(found, self.expected)
        return [name for name in wrong if name not in found], [name for name in wrong if name in found]

    def strays(self, out):
        """Files that nothing leaves which goes well: by name, of which numbers and random digits may differ."""
        return sorted(name for name in self.shape(out) - self.names if not re.search(r"segments/update|\.previous\.h5$", name))

    @staticmethod
    def shape(out):
        return {re.sub(r"\b[0-9a-f]{6,}\b", "#", name) if ".tmp" not in name else name
                for name, content in program.tree(out).items() if content is not None}

    def learn(self):
        """What there is to be."""
        self.expected = self.contents(self.reference)
        self.names = self.shape(self.reference)
        self.rows = {}
        for name, run_dir in self.runs(self.reference).items():
            with h5py.File(os.path.join(run_dir, "run.h5"), "r") as file:
                self.rows[name] = (file["/trajectories/objective"][:], file["/trajectories/assignment"][:])

    def prepare(self, out):
        injection.fresh(out, self.template)


class Run(Subject):
    commands = ("resume", "ranks", "report", "verify", "export", "init")

    def __init__(self, work, name, more=(), template=None):
        super().__init__(work, name, template)
        self.more = list(more)

    def arguments(self, out, resume):
        # what was there before is gone on with in any case
        return ["run", self.input("job.yaml"), "--output", out, *(["--resume"] if resume or self.template else []), *self.more]


class Sweep(Subject):
    tables = ("sweep.csv",)
    commands = ("resume", "ranks", "report")

    def arguments(self, out, resume):
        return ["sweep", self.input("sweep.yaml"), "--output", out, *(["--resume"] if resume or self.template else [])]


class Compare(Subject):
    tables = ("compare.csv",)

    def arguments(self, out, resume):
        return ["compare", self.input("job.yaml"), "--algorithms", "random,genetic", "--samples", "24", "--seeds", "2",
                "--output", out, *(["--resume"] if resume or self.template else [])]


class Serve(Subject):
    """A spool of two jobs. The resumption waits until the dead service's jobs are taken over."""

    def arguments(self, out, resume):
        return ["serve", out, "--idle", "2.5" if resume else "0.1", "--lease", "1"]

    def runs(self, out):
        """Wherever their job is by now."""
        return {run_dir.split(os.sep)[-2]: run_dir for run_dir in super().runs(out).values()}

    @staticmethod
    def failed(out):
        return os.listdir(os.path.join(out, "failed"))

    def mistakes(self, out, may_fail):
        """A job that failed is told in the directory of those, and the others are as they were to be. One whose place in the queue could
        not be removed is done once more, as NAME.2."""
        missing, wrong = super().mistakes(out, may_fail)
        if not may_fail:
            return missing, wrong
        meant = set(self.rows) - set(self.failed(out))
        return [[name for name in names if re.split(r"/|assignment.csv", name)[0] in meant] for names in (missing, wrong)]

    def strays(self, out):
        return [name for name in super().strays(out) if not name.startswith("failed/") or ".tmp" in name]


# ---- what a reader sees ----------------------------------------------------------------------------------------------


def read_run(path, rows):
    """What is wrong with run.h5 (or None), and how many rows it has."""
    with h5py.File(path, "r") as file:
        objective, actions = file["/trajectories/objective"][:], file["/trajectories/assignment"][:]
        _ = file["/certificate/gap"][()], file.attrs["status"], file["/workload"], file["/result"]
        last = file["/progress/samples"][:]
    n = len(objective)
    if numpy.isnan(objective).any():
        return f"{int(numpy.isnan(objective).sum())} of {n} rows are fill values", n
    if n > len(rows[0]) or not numpy.array_equal(objective, rows[0][:n]) or not numpy.array_equal(actions, rows[1][:n]):
        return f"{n} rows that are not those of the search", n
    if len(last) and last[-1] != n:
        return f"progress is of {last[-1]} samples, rows of {n}", n
    return None, n


def read_table(path):
    """All that a table of a sweep or comparison has."""
    found = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: found.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    return None if found else "is empty"


class Poller(threading.Thread):
    """Reads what a subject publishes, all the time: at once when it is another file, and every 50 ms the same one, under which
    segments might vanish."""

    AGAIN = 0.05

    def __init__(self, subject, out):
        super().__init__(daemon=True)
        self.subject, self.out = subject, out
        self.faults, self.reads, self.most, self.seen = [], 0, {}, {}
        self.again = False  # whether a search may be begun once more
        self.over = threading.Event()
        self.guard = threading.Lock()

    def look(self, last=False):
        """Once; what is not there yet is not looked at, and a job of a spool may move while it is."""
        with self.guard:
            if last:
                self.seen.clear()
            for name, run_dir in self.subject.runs(self.out).items():
                self.look_at(name, os.path.join(run_dir, "run.h5"))
            for table in ("sweep.h5", "compare.h5"):
                self.look_at(table, os.path.join(self.out, table))

    def look_at(self, name, path):
        wrong, rows = None, None
        try:
            facts = os.stat(path)
        except FileNotFoundError:
            return
        except OSError:
            pass  # whatever it is, a reader of HDF5 is to open it
        else:
            file, when = self.seen.get(path, (None, 0))
            if file == (facts.st_ino, facts.st_mtime_ns) and time.monotonic() < when + self.AGAIN:
                return
            self.seen[path] = ((facts.st_ino, facts.st_mtime_ns), time.monotonic())
        try:
            if name in self.subject.rows:
                wrong, rows = read_run(path, self.subject.rows[name])
            else:
                wrong = read_table(path)
        except Exception as error:  # whatever a reader meets
            if not os.path.exists(path):
                return
            wrong = f"{type(error).__name__}: {error}"
        self.reads += 1
        if rows is not None and rows < self.most.get(name, 0) and not wrong and not self.again:
            wrong = f"{rows} rows, where there were {self.most[name]}"
        if rows is not None:
            self.most[name] = max(rows, self.most.get(name, 0))
        if wrong and os.path.exists(path):  # a spool moves jobs, and what is read of them then is not where it was
            self.faults.append(f"{name}: {wrong}")

    def run(self):
        while not self.over.is_set():
            self.look()
            time.sleep(0.004)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()
