"""What the system tests share: starting the program, alone or under mpirun, killing it, and reading what it leaves."""
import atexit
import contextlib
import hashlib
import io
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import h5py

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFX = os.path.abspath(os.environ.get("CONFX", os.path.join(ROOT, "build", "confx")))
DATA = os.path.join(ROOT, "data")
JOB = os.path.join(ROOT, "jobs", "mobilenet_v2.yaml")
MARK = "CONFX_TEST_MARK"  # in the environment of all that a test starts: how it finds its ranks again
PATIENCE = 600  # seconds after which a program hangs, on any machine: no verdict depends on how fast it is
HOLD = os.path.join(os.path.dirname(CONFX), "tests", "hold.so")

# A shell has its background jobs ignore SIGINT, and they hand that down: to programs that a test interrupts, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


def environment(**more):
    """Without what an mpirun round the tests would leave; the data is found wherever the program was built."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("OMPI_", "PMIX_", "PMI_"))}
    env.update(CONFX_DATA=DATA, HDF5_USE_FILE_LOCKING="FALSE", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    # as run_tests has it: programs run side by side
    env.update(OMPI_MCA_mpi_yield_when_idle="1", OMPI_MCA_hwloc_base_binding_policy="none")
    if os.getuid() == 0:
        env.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    env.update(more)
    return {key: value for key, value in env.items() if value is not None}


def last_sets(arguments):
    """The program refuses a key that is set twice: of what a test sets upon its usual settings, the last word holds."""
    words = [str(argument) for argument in arguments]
    pairs = {i: words[i + 1].split("=")[0] for i, word in enumerate(words[:-1]) if word == "--set"}
    early = {i for i, key in pairs.items() if key in [other for k, other in pairs.items() if k > i]}
    return [word for i, word in enumerate(words) if i not in early and i - 1 not in early]


def command(arguments, ranks):
    """ranks 0: the program by itself; (N, R): R ranks on N pretend nodes."""
    if isinstance(ranks, tuple):
        launcher = [os.path.join(ROOT, "tests", "cluster", "on_nodes"), *map(str, ranks)]
    else:
        launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks else []
    return launcher + [CONFX] + last_sets(arguments)


def confx(*arguments, ranks=0, cwd=None, **env):
    """Run to the end: an object with returncode, stdout and stderr (text)."""
    return subprocess.run(command(arguments, ranks), cwd=cwd, env=environment(**env), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)


def settings(**keys):
    """settings(search__samples=300) is --set search.samples=300."""
    return [word for key, value in keys.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]


class Hold:
    """Stops a program of ours at a point of its work (hold.c): each process after its Nth file whose path has that text in it."""

    def __init__(self, n, text):
        if not os.path.exists(HOLD):
            raise FileNotFoundError(f"{HOLD}: made by `make tests`")
        handle, self.path = tempfile.mkstemp(prefix="confx-hold-")
        os.close(handle)
        self.preloaded = f"{self.path}.so"  # a name without blanks: LD_PRELOAD takes them for the end of one
        os.symlink(HOLD, self.preloaded)
        self.text = text
        self.move(n)

    def move(self, n):
        """From the next hold on, at the Nth."""
        beside = f"{self.path}.new"
        with open(beside, "w", encoding="ascii") as file:
            file.write(f"{n} {self.text}\n")
        os.replace(beside, self.path)

    def environment(self):
        return {"LD_PRELOAD": self.preloaded, "CONFX_TEST_HOLD": self.path}

    def drop(self):
        """No hold any more."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)

    def close(self):
        self.drop()
        os.remove(self.preloaded)


def is_held(pid):
    """Stopped, all of it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def is_pending(pid, signal_number):
    """Whether that signal waits for a process that is held."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        masks = re.findall(r"^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)", file.read(), re.MULTILINE)
    return any(int(mask, 16) >> (signal_number - 1) & 1 for mask in masks)


class Running:
    """A program that can be killed while it runs, with all its ranks; hold=(N, text): and held where a Hold stops it."""

    def __init__(self, *arguments, ranks=0, hold=None, **env):
        self.mark = uuid.uuid4().hex
        self.output = tempfile.TemporaryFile()
        self.hold = Hold(*hold) if hold else None
        more = {**env, **(self.hold.environment() if hold else {})}
        if hold and "LD_PRELOAD" in env:
            more["LD_PRELOAD"] += f":{env['LD_PRELOAD']}"
        self.launcher = subprocess.Popen(command(arguments, ranks), env=environment(**{MARK: self.mark}, **more),
                                         stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
                                         start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.output.close()
        if self.hold:
            self.hold.close()

    def processes(self):
        """(pid, is a rank) of all that bear the mark; the dead have no environment."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    marked = self.mark.encode() in file.read()
                if marked:
                    found.append((int(pid), os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(CONFX)))
            except OSError:
                pass
        return found

    def started(self):
        """All that the launcher started and that still hangs on it: found through it, at a hundredth of the cost of looking at
        all processes of the machine. Not every system says whose children a process has."""
        found, left = [], [self.launcher.pid]
        while left:
            pid = left.pop()
            found.append(pid)
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                        left.extend(map(int, file.read().split()))
        return found

    def ranks(self):
        def is_rank(pid):
            with contextlib.suppress(OSError):
                return os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(CONFX)
            return False

        return [pid for pid in self.started() if is_rank(pid)] or [pid for pid, is_rank in self.processes() if is_rank]

    def tell(self, signal_number, pids):
        for pid in pids:
            try:
                os.kill(pid, signal_number)
            except ProcessLookupError:
                pass

    def until(self, reached, what="it hangs"):
        """While it runs."""
        give_up, nap = time.monotonic() + PATIENCE, 0.002
        while not reached():
            if self.launcher.poll() is not None:
                raise AssertionError(f"it ended, exit code {self.launcher.returncode}\n{self.said()}")
            if time.monotonic() > give_up:
                raise AssertionError(f"{what}\n{self.said()}")
            time.sleep(nap)
            nap = min(1.2 * nap, 0.03)

    def held(self, n=1):
        """Wait until so many ranks are where the hold stops them: their process ids."""
        found = []

        def reached():
            found[:] = [pid for pid in self.ranks() if is_held(pid)]
            return len(found) >= n

        self.until(reached, f"{n} ranks are never held")
        return list(found)

    def release(self, move=None):
        """Let those that the hold stopped go on, for good or to the Nth of a later one."""
        if not self.hold:
            return
        held = [pid for pid in self.ranks() if is_held(pid)]
        if move:
            self.hold.move(move)
        else:
            self.hold.drop()
        self.tell(signal.SIGCONT, held)

    def kill(self):
        """All at once, as when a machine goes down; nothing of it lives on afterwards."""
        give_up = time.monotonic() + PATIENCE
        while alive := [pid for pid, _ in self.processes()]:
            self.tell(signal.SIGKILL, alive)
            self.launcher.poll()
            time.sleep(0.005)
            if time.monotonic() > give_up:
                raise TimeoutError(f"processes {alive} do not die")
        self.launcher.wait()

    def wait(self):
        """Its exit code. A rank may have come to the hold while that was dropped: it goes on, too."""
        self.release()
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                code = self.launcher.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > give_up:
                    raise
                self.release()
        self.kill()
        return code

    def said(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace")


# ---- what a run leaves -----------------------------------------------------------------------------------------------


def datasets(path, groups=("trajectories", "result")):
    """{name: (type, shape, bytes)} of all datasets in these groups."""
    found = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset):
            content = item[...]  # of texts the bytes would be where they lie
            found[name] = (str(item.dtype), item.shape, content.tolist() if item.dtype == object else content.tobytes())

    with h5py.File(path, "r") as file:
        for group in groups:
            if group in file:
                file[group].visititems(lambda name, item, group=group: take(f"/{group}/{name}", item))
    return found


def bits(run_dir):
    """Everything of a finished run that the job alone decides, hashed by name."""
    found = datasets(os.path.join(run_dir, "run.h5"),
                     ("trajectories", "result", "workload", "space", "certificate", "progress", "policy"))
    found.pop("/progress/seconds", None)
    table = os.path.join(run_dir, "assignment.csv")
    if os.path.exists(table):
        with open(table, "rb") as file:
            found["assignment.csv"] = file.read()
    return {name: hashlib.sha256(repr(value).encode()).hexdigest() for name, value in found.items()}


def attribute(run_dir, name, file_name="run.h5"):
    """An attribute of run.h5, or of another file there."""
    with h5py.File(os.path.join(run_dir, file_name), "r") as file:
        return file.attrs[name]


def tree(directory):
    """{path below: content} of all files, with None for directories. What is no file is not opened, for a FIFO would never give it
    back: of a link there is where it leads, of the others their kind."""
    def content(path):
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return os.fsencode(os.readlink(path))
        if not stat.S_ISREG(mode):
            return stat.filemode(mode).encode()
        with open(path, "rb") as file:
            return file.read()

    found = {}
    for where, folders, files in os.walk(directory):
        for name in folders:
            found[os.path.relpath(os.path.join(where, name), directory)] = None
        for name in files:
            path = os.path.join(where, name)
            found[os.path.relpath(path, directory)] = content(path)
    return found


def segments(run_dir):
    """Names of the published segments, oldest first."""
    try:
        return sorted(name for name in os.listdir(os.path.join(run_dir, "segments")) if name.endswith(".h5"))
    except FileNotFoundError:
        return []


def damage(path, place=0.6):
    """Flip one byte."""
    with open(path, "r+b") as file:
        file.seek(int(os.path.getsize(path) * place))
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0x10]))


# ---- a test ----------------------------------------------------------------------------------------------------------


def lone_layer(case):
    """The settings of a network of one layer, of whose actions 111 levels and 700 integers fit and are valid."""
    layers = case.write("lone.csv", "K,C,Y,X,R,S,T\n1,32,28,28,3,3,2\n")
    return {"workload": layers, "objective": "energy", "budget__constraint": "area", "budget__fraction": 0.3}


def scratch():
    """A directory for a test; in memory where there is room: a search that commits often mostly waits for the disk."""
    memory = "/dev/shm"
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 28
    return tempfile.mkdtemp(prefix="confx-", dir=memory if roomy and "TMPDIR" not in os.environ else None)


class Case(unittest.TestCase):
    """A test with a directory of its own."""

    maxDiff = None
    kept = {}  # of the program: directories that tests share, each as the first of them made it

    def once(self, key, directory, make):
        """That directory of the test, as `make` makes it: made by the first test that asks for it, the others get copies."""
        if key not in Case.kept:
            make()
            home = scratch()
            atexit.register(shutil.rmtree, home, ignore_errors=True)
            Case.kept[key] = shutil.copytree(directory, os.path.join(home, "kept"), symlinks=True)
        else:
            shutil.copytree(Case.kept[key], directory, symlinks=True)

    def setUp(self):
        self.directory = scratch()
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_well(self, *arguments, ranks=0, code=0, **options):
        """Run, insisting on the exit code."""
        outcome = confx(*arguments, ranks=ranks, **options)
        if outcome.returncode != code:
            self.fail(f"{' '.join(command(arguments, ranks))}\nexit code {outcome.returncode}, expected {code}\n"
                      f"{outcome.stderr[-2000:]}")
        return outcome

    def same_bits(self, run_dir, expected, what):
        """expected: by bits()."""
        found = bits(run_dir)
        different = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
        self.assertEqual(different, [], f"{what}: not the same bits")


def seeded():
    """Random moments that CONFX_SEED brings back."""
    seed = int(os.environ.get("CONFX_SEED", random.SystemRandom().randrange(1 << 30)))
    return seed, random.Random(seed)


class Result(unittest.TextTestResult):
    """Counts each case of a table."""

    cases = 0

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self.cases += 1


def main():
    """Run the tests of the calling program; report as Check's programs do."""
    words = io.StringIO()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a runner out of patience: kill what was started, too
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:], sys.modules["__main__"]) if sys.argv[1:] else \
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=words, verbosity=0, resultclass=Result).run(suite)
    checks, failures, errors = result.testsRun + result.cases, len(result.failures), len(result.errors)
    if not result.wasSuccessful():
        print(words.getvalue().strip())
    print(f"{100 * (checks - failures - errors) // checks}%: Checks: {checks}, Failures: {failures}, Errors: {errors}")
    sys.exit(not result.wasSuccessful())
