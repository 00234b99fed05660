"""Which trials there are. A row of the table is a stratum: a sample takes of each in turn."""
import concurrent.futures
import itertools
import os
import re
import shutil
import zlib

import contents
import injection
import subjects
import trials
from subjects import Compare, Run, Serve, Sweep

KINDS = {**trials.KINDS, **contents.KINDS}
SUBJECTS = {}  # by name, once learned
LOGS = {}  # (subject, ranks): {rank: [(call, path)]}
MUTATING = ("write", "sync", "rename", "mkdir", "open", "close", "unlink", "truncate", "touch")
RANKS = ("1", "2", "4", "2:4")
ERRNOS = {"open": ("EIO", "EACCES", "ENOSPC", "EDQUOT"), "list": ("EIO", "EACCES"), "read": ("EIO", "short"),
          "write": ("EIO", "ENOSPC", "EDQUOT", "short"), "sync": ("EIO", "ENOSPC", "EDQUOT"),
          "close": ("EIO", "ENOSPC", "EDQUOT"), "rename": ("EIO", "ENOSPC", "EDQUOT", "EACCES"),
          "mkdir": ("EIO", "ENOSPC", "EDQUOT", "EACCES"), "stat": ("EIO", "EACCES"), "unlink": ("EIO", "EACCES"),
          "lock": ("EIO", "EACCES", "ENOLCK"), "truncate": ("EIO", "ENOSPC"), "touch": ("EIO", "EACCES")}
TOTAL = ("--set", "search.feedback=total")


# ---- what is tried on ------------------------------------------------------------------------------------------------


def learn(work, jobs, for_one=False):
    """Make the subjects, their references, and the logs of their calls, which a trial that is given needs no more."""
    subjects.make_inputs(work)
    SUBJECTS.update({"run-layer": Run(work, "run-layer"), "run-total": Run(work, "run-total", TOTAL), "sweep": Sweep(work, "sweep"),
                     "compare": Compare(work, "compare")})
    serve = Serve(work, "serve", os.path.join(work, "serve.template"))
    SUBJECTS["serve"] = serve
    for seed in (1, 2):
        well(injection.run(["submit", "--spool", serve.template, serve.input("job.yaml"), "--set", f"search.seed={seed}"]))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(refer, SUBJECTS.values()))
        list(pool.map(lambda name: log(name, "1"), SUBJECTS))
        stopped(work)
        if for_one:
            return
        list(pool.map(lambda one: log(*one), itertools.product(("half-layer", "half-total"), ("1",))))
        list(pool.map(lambda one: log(*one), itertools.product(("run-layer", "run-total", "half-layer"), RANKS[1:])))
        list(pool.map(lambda one: log(*one), itertools.product(("sweep", "compare", "serve"), ("2", "4"))))
    early_log(work)


def well(outcome):
    if outcome.code != 0:
        raise RuntimeError(f"a reference does not run: {outcome}")


def refer(subject):
    injection.fresh(subject.reference, subject.template)
    well(injection.run(subject.arguments(subject.reference, resume=False)))
    subject.learn()


def log(name, ranks):
    """The calls of a start in which nothing fails; it is as good as the reference."""
    subject = SUBJECTS[name]
    out = os.path.join(subject.work, f"{name}.{ranks}")
    path = f"{out}.log"
    injection.fresh(out, subject.template)
    well(injection.run(subject.arguments(out, resume=False), trials.ranks_of(ranks), injection.fault(out, path)))
    if subjects.different(subject.contents(out), subject.expected):
        raise RuntimeError(f"{name} has other bits on {ranks} ranks")
    LOGS[name, ranks] = injection.calls(path)
    shutil.rmtree(out)


def early_log(work):
    out = os.path.join(work, "early")
    well(injection.run(SUBJECTS["run-layer"].arguments(out, resume=False), 1, injection.fault("/", f"{out}.log")))
    LOGS["early", "1"] = injection.calls(f"{out}.log")
    shutil.rmtree(out)


def stopped(work):
    """Runs that were stopped amid the islands, and one of them complete; runs of another seed, league and network, and the same
    job once more."""
    other = os.path.join(work, "other.csv")
    halves = {"half-layer": (), "half-total": TOTAL, "half-seed": ("--set", "search.seed=2"),
              "half-network": ("--set", f"workload={other}"), "half-again": ()}
    for name, more in halves.items():
        template = os.path.join(work, f"{name}.template")
        like = "run-total" if name == "half-total" else "run-layer"
        renames = [one for one in LOGS[like, "1"][0] if one[0] == "rename"]
        firsts = enumerate(first_samples(renames), 1)
        islands = next(i for i, first in firsts if first is not None and first >= subjects.POLICY_SAMPLES)
        run = Run(work, name, more, template)
        environment = injection.fault(template, f"{template}.log", "rename", islands, "USR1")
        plain = Run(work, name, more)
        outcome = injection.run(plain.arguments(template, resume=False), 1, environment)
        if outcome.code != 75:
            raise RuntimeError(f"a run is not stopped: {outcome}")
        refer(run)
        SUBJECTS[name] = run
    for name in ("layer", "seed", "network", "again"):
        whole = Run(work, f"whole-{name}", halves[f"half-{name}"], SUBJECTS[f"half-{name}"].reference)
        refer(whole)
        SUBJECTS[f"whole-{name}"] = whole
    for kind in (Sweep, Compare):
        name = kind.__name__.lower()
        done = kind(work, f"{name}-done", SUBJECTS[name].reference)
        refer(done)
        SUBJECTS[done.name] = done
    whole = SUBJECTS["whole-layer"]
    if subjects.different(whole.expected, SUBJECTS["run-layer"].expected):
        raise RuntimeError("a run that was stopped has other bits")


# ---- rows of the table -----------------------------------------------------------------------------------------------


def strata(only=None):
    """{row: [words]}, those with that text in it or in their row."""
    found = {}
    for row, words in itertools.chain(kills(), failures(), signals(), limits(), two(), damages(), foreigners(), forgeries(),
                                      oddities()):
        if not only or only in row or only in " ".join(map(str, words)):
            found.setdefault(row, []).append([str(word) for word in words])
    return found


SEGMENT = re.compile(r"segments/update\d+_node\d+_(\d+)_[^/]*$")


def first_samples(calls):
    """Of each call of a rank in a run: the first sample of the segment that it puts in place, or None."""
    matches = (SEGMENT.search(path) if call == "rename" else None for call, path in calls)
    return [int(match.group(1)) if match else None for match in matches]


def stages(calls):
    """Of each call of a rank in a run: the stage whose samples are drawn or published there; with the policy's last segment in
    place it is the islands'."""
    firsts = first_samples(calls)
    last = max((first for first in firsts if first is not None and first < subjects.POLICY_SAMPLES), default=-1)
    stage = "policy"
    for first in firsts:
        yield stage
        if first == last:
            stage = "islands"


def numbered(calls):
    """(call, which one of these, path) of each call."""
    seen = {}
    for call, path in calls:
        seen[call] = seen.get(call, 0) + 1
        yield call, seen[call], path


def one_of(choices, *words):
    """For what a trial does not vary: the same in each listing."""
    return choices[zlib.crc32(" ".join(map(str, words)).encode()) % len(choices)]


RESUMPTIONS = (1, 1, 2, 3, 4)
ROWS = {"half": "run, resumed"}  # how rows of the table call a subject
WHOLE = (("run-layer", "1"), ("half-layer", "1"))  # all errnos at each of their calls, of the others' one


def kills():
    for (name, ranks), logs in sorted(LOGS.items()):
        if name == "early":
            continue
        for rank, calls in sorted(logs.items()):
            for (call, n, _), stage in zip(numbered(calls), stages(calls)):
                if call not in MUTATING:
                    continue
                base = name.split("-")[0]
                row = f"kill {base}, {stage}" if base == "run" else f"kill {ROWS.get(base, base)}"
                for how in ("before", "torn", "after") if call == "write" else ("before", "after"):
                    inside = "inside" if how == "torn" else how
                    words = (name, ranks, rank, call, n, how)
                    yield f"{row}, {inside}" if base == "run" else row, ("kill", *words, one_of(RESUMPTIONS, *words))
        last = sum(map(int, ranks.split(":")[-1:])) - 1
        for call, n, _ in numbered(logs.get(0, [])):
            if last and call in MUTATING:
                for how in ("before", "after"):
                    words = (name, ranks, last, call, n, how)
                    yield "kill another rank", ("other", *words, one_of(RESUMPTIONS, *words))


def failures():
    for (name, ranks), logs in sorted(LOGS.items()):
        if name == "early":
            continue
        for rank, calls in sorted(logs.items()):
            for call, n, _ in numbered(calls):
                errnos = ERRNOS[call] if (name, ranks) in WHOLE else [one_of(ERRNOS[call], name, ranks, rank, call, n)]
                for how in errnos:
                    for span in ("once", "ever"):
                        row = f"short {call}" if how == "short" else f"fail {call}, {span}"
                        yield row, ("fail", name, ranks, rank, call, n, how, span)


def signals():
    for (name, ranks), logs in sorted(LOGS.items()):
        if name == "early":
            yield from (("signal before all is set up", ("early", "run-layer", n, one_of(trials.STOPS, n)))
                        for n in range(1, len(logs[0]) + 1))
            continue
        for rank, calls in sorted(logs.items()):
            for n, (call, _) in enumerate(calls, 1):
                if call in MUTATING:
                    signal = one_of((*trials.STOPS, "PIPE"), name, ranks, rank, n)
                    yield f"signal {signal}", ("signal", name, ranks, rank, n, signal)


def limits():
    for name, ranks in (("run-layer", "1"), ("run-layer", "2"), ("run-layer", "2:4"), ("run-total", "1"), ("half-layer", "1"),
                        ("sweep", "1"), ("sweep", "2"), ("compare", "1"), ("compare", "2"), ("serve", "1")):
        for size in (0, 1, 100, 511, 512, 513, 1000, 4095, 4096, 5000, 20000, 50000, 70000, 75000, 80000, 100000):
            yield "limit of file size", ("limit", name, ranks, size)


def two():
    for name in ("run-layer", "run-total", "half-layer", "sweep", "compare"):
        renames = sum(call == "rename" for call, _ in LOGS[name, "1"][0])
        for n, what in itertools.product(range(1, renames + 1), ("refused", "plain", "killed", "woken")):
            if what != "plain" or name != "half-layer":
                yield f"two owners, {what}", ("owners", name, n, what)
    for name, milliseconds, n in itertools.product(("run-layer", "half-layer", "sweep", "compare"), (0, 1, 5, 20, 60, 150, 400), range(10)):
        yield "three at once", ("race", name, milliseconds, n)


ON_DISK = ("half-layer", "whole-layer", "sweep-done", "compare-done")


def damages():
    for name in ON_DISK:
        subject = SUBJECTS[name]
        for file in contents.files(subject.template):
            size = os.path.getsize(os.path.join(subject.template, file))
            for how, command in itertools.product(contents.DAMAGES, subject.commands):
                for at in range(one_of(range(997), file, how, command), size, 997):
                    yield f"damage, {how}", ("damage", name, file, how, at, command)


def foreigners():
    for league, source in itertools.product(("half", "whole"), ("seed", "network", "again")):
        subject, their = SUBJECTS[f"{league}-layer"], SUBJECTS[f"{league}-{source}"]
        for file in contents.files(subject.template):
            if os.path.exists(os.path.join(their.template, file)):
                for command in subject.commands:
                    yield "file of another run", ("foreign", f"{league}-layer", f"{league}-{source}", file, command)
    for name, command in itertools.product(("half-layer", "whole-layer"), Run.commands):
        for file in contents.files(SUBJECTS[name].template):
            if file.startswith("segments"):
                yield "segments changed over", ("foreign", name, "itself", file, command)


def forgeries():
    for what, command in itertools.product(contents.FORGED, Run.commands):
        yield "forged content", ("forge", "half-layer", what, command)


def oddities():
    for name, odd in itertools.product(ON_DISK, contents.ODD):
        subject = SUBJECTS[name]
        for file, command in itertools.product(contents.files(subject.template), subject.commands):
            yield f"odd kind, {odd}", ("odd", name, odd, file, command)
    for odd, name, command in itertools.product(contents.ODD, ("net.csv", "job.yaml", "init"), ("run", "bound")):
        if name != "init" or command == "run":
            yield "odd kind of an input", ("input", "run-layer", odd, name, command)
