"""Trials on what lies on disk: damage, files of other runs, forged content under right checksums, things that are no files. Each is
done to a copy of a stopped or complete run, and one command meets it; then what was there before is put back, and the run goes on."""
import os
import shutil
import socket
import stat
import zlib

import h5py
import injection
import trials
from injection import run

SEAL_BYTES = 512  # src/store/seal.h
DAMAGES = ("flip", "cut", "zeros", "more", "swap")
ODD = ("fifo", "socket", "directory", "link", "dangling", "loop", "device", "zero", "locked")


def content(path):
    with open(path, "rb") as file:
        return file.read()


def files(run_dir):
    """Names of all files below, in order."""
    return sorted(name for name, content in injection.program.tree(run_dir).items() if content is not None)


def is_log(name):
    return name.endswith(".h5")


def does_not_read(command, name, subject):
    """Files that a command has no need to look at: run.h5 of a run that is complete has the rows of its segments itself, and a table of
    a sweep is made of the runs'."""
    if command in ("resume", "ranks"):
        return False
    if subject.tables:
        return name not in ("sweep.h5", "compare.h5")
    checkpoints = name.startswith("checkpoint") or name == "owner"
    table = name == "assignment.csv"
    segment = name.startswith("segments")
    whole = segment and subject.name.startswith("whole")
    return {"report": checkpoints or table or whole, "verify": checkpoints or whole, "export": checkpoints or table or segment,
            "init": checkpoints or table or segment}[command]


def command_line(trial, subject, command):
    """Words, and ranks."""
    beside = os.path.join(trial.directory, "beside")
    injection.fresh(beside)
    if command in ("resume", "ranks"):
        return subject.arguments(trial.out, resume=True), 2 if command == "ranks" else 1
    if command == "init":
        job = ["run", subject.input("job.yaml"), "--output", beside, *subject.more]
        return [*job, "--init", os.path.join(trial.out, "run.h5")], 1
    more = {"report": ["--json"], "verify": [], "export": ["--maestro", beside]}
    return [command, trial.out, *more[command]], 1


def meet(verdict, trial, subject, command, codes, harmless=False):
    """The command meets what was done to the copy; then all files of the original that are there still or were are put back, and
    the run goes on. harmless: it may pass over it, as the content is not another one."""
    words, ranks = command_line(trial, subject, command)
    outcome = run(words, ranks)
    verdict.judge(outcome, codes, command)
    if outcome.code == 0 and command in ("resume", "ranks"):
        trials.compare(verdict, subject, trial.out, "exit code 0")
    elif outcome.code == 0 and not harmless:
        verdict.add("wrong bits", f"{command} passes over it: {outcome}")


def put_back(verdict, trial, subject, names):
    """Nothing else was lost on the way: with the original's files the run goes on. Where it is complete by now, it is that already."""
    for name in names:
        path = os.path.join(trial.out, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        original = os.path.join(subject.template, name)
        (shutil.copytree if os.path.isdir(original) else shutil.copy2)(original, path)
    trials.go_on(verdict, subject, trial.out, spared=("damaged",))


# ---- damage ----------------------------------------------------------------------------------------------------------


def damaged(before, how, at):
    """at: a byte, counted round the file."""
    after, size = bytearray(before), len(before)
    at %= size
    block = slice(at - at % 512, at - at % 512 + 512)
    if how == "flip":
        after[at] ^= 1 << at % 8
    elif how == "cut":
        del after[at:]
    elif how == "zeros":
        after[block] = bytes(len(after[block]))
    elif how == "more":
        after += bytes(at % 5000 + 1)
    else:
        other = slice(0, 512) if block.start else slice(512, 1024)
        after[block], after[other] = before[other], before[block]
    return bytes(after)


def damage(verdict, trial, subject, name, how, at, command):
    """damage SUBJECT FILE flip|cut|zeros|more|swap BYTE COMMAND"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    path = os.path.join(trial.out, name)
    before = content(path)
    after = damaged(before, how, int(at))
    with open(path, "wb") as file:
        file.write(after)
    harmless = after == before or does_not_read(command, name, subject)
    # a plan is a text that users may read: another one is another sweep's
    named = name == "plan.yaml" or command == "init"  # or a run.h5 that the user names
    meet(verdict, trial, subject, command, {0, 2, 4} if named else {0, 4}, harmless)
    put_back(verdict, trial, subject, [] if verdict.wrong else [name])


# ---- files of other runs ---------------------------------------------------------------------------------------------


def foreign(verdict, trial, subject, source, name, command):
    """foreign SUBJECT SOURCE FILE COMMAND. SOURCE: another run, of which it is; or `itself`: changed over with the next segment"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    path = os.path.join(trial.out, name)
    names = [name]
    if source == "itself":
        segments = [one for one in files(trial.out) if one.startswith("segments")]
        names.append(segments[(segments.index(name) + 1) % len(segments)])
        beside = os.path.join(trial.out, names[1])
        one, other = content(path), content(beside)
        for where, bytes_there in ((path, other), (beside, one)):
            with open(where, "wb") as file:
                file.write(bytes_there)
        same = one == other
    else:
        theirs = os.path.join(trial.subjects[source].template, name)
        same = content(path) == content(theirs)
        shutil.copy(theirs, path)
    # a run.h5 alone is a good one; its run's id is compared with the checkpoint's by those who go on or verify
    alone = name == "run.h5" and command in ("report", "export", "init")
    meet(verdict, trial, subject, command, {0, 2, 4}, same or alone or does_not_read(command, name, subject))
    put_back(verdict, trial, subject, [] if verdict.wrong else names)


# ---- forged content --------------------------------------------------------------------------------------------------


def seal(path):
    """Stamp the file as the program does: what follows the block, and the line in it of what the file says, which counts only where
    HDF5 has written the file since."""
    with open(path, "rb") as file:
        whole = file.read()
    kept = [line + b"\n" for line in whole[:SEAL_BYTES].split(b"\n") if line.startswith(b"content ")]
    crc = zlib.crc32(b"".join(kept), zlib.crc32(whole[SEAL_BYTES:]))
    block = b"confx log: HDF5 from byte %d on\nbytes %d\ncrc32 %08x\n" % (SEAL_BYTES, len(whole), crc) + b"".join(kept)
    with open(path, "wb") as file:
        file.write(block.ljust(SEAL_BYTES, b"\0") + whole[SEAL_BYTES:])


def forged(dataset, index, value):
    """One value of a dataset of checkpoint.h5."""
    def forge_it(run_dir):
        with h5py.File(os.path.join(run_dir, "checkpoint.h5"), "r+") as file:
            there = file[dataset][...]
            there[index] = value
            file[dataset][...] = there
        seal(os.path.join(run_dir, "checkpoint.h5"))
        return ["checkpoint.h5"]
    return forge_it


def forged_segment(run_dir):
    """A better objective of its first sample."""
    name = next(name for name in files(run_dir) if name.startswith("segments"))
    with h5py.File(os.path.join(run_dir, name), "r+") as file:
        objective = file["objective"][...]
        objective[0] = 1
        file["objective"][...] = objective
    seal(os.path.join(run_dir, name))
    return [name]


def forged_attribute(name, key, value):
    def forge_it(run_dir):
        with h5py.File(os.path.join(run_dir, name), "r+") as file:
            file.attrs.modify(key, value)
        seal(os.path.join(run_dir, name))
        return [name]
    return forge_it


def sealed_anew(name):
    """No change but the seal: what stands under it is right, and so is the seal."""
    def forge_it(run_dir):
        seal(os.path.join(run_dir, name))
        return [name]
    return forge_it


# What is forged, and whether it is what was there before.
FORGED = {
    "sealed-checkpoint": (sealed_anew("checkpoint.h5"), True),
    "sealed-run": (sealed_anew("run.h5"), True),
    "counter-0-negative": (forged("/run/counters", 0, -1), False),
    "counter-1-huge": (forged("/run/counters", 1, 1 << 60), False),
    "counter-2-huge": (forged("/run/counters", 2, 1 << 60), False),
    "counter-2-negative": (forged("/run/counters", 2, -5), False),
    "counter-3-negative": (forged("/run/counters", 3, -(1 << 62)), False),
    "counter-4-huge": (forged("/run/counters", 4, 1 << 62), False),
    "best-65535": (forged("/archive/assignments", (0, 0), 65535), False),
    "best-other": (forged("/archive/assignments", slice(None), 0), False),
    "segment-rows-huge": (forged("/segments/rows", (0, 2), 1 << 62), False),
    "segment-block-0": (forged("/segments/rows", (0, 3), 0), False),
    "segment-start-huge": (forged("/segments/rows", (0, 0), 1 << 62), False),
    "segment-name": (forged("/segments/names", 0, b"../../elsewhere.h5"), False),
    "units-255": (forged("/units/state", slice(None), 255), False),
    "memory-keys": (forged("/memory/keys", slice(None), -1), False),
    "scored-keys": (forged("/scored/keys", slice(None), -1), False),
    "legs-negative": (forged("/run/legs", slice(None), -1), False),
    "policy-tensors": (forged("/policy/tensors", (0, 0), 1 << 40), False),
    "segment-objective": (forged_segment, False),
    "checkpoint-schema": (forged_attribute("checkpoint.h5", "schema", 99), False),
    "run-schema": (forged_attribute("run.h5", "schema", 99), False),
}
ABOUT_RUN = {"sealed-run", "run-schema"}


def forge(verdict, trial, subject, what, command):
    """forge SUBJECT WHAT COMMAND"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    forge_it, same = FORGED[what]
    names = forge_it(trial.out)
    same = same or all(does_not_read(command, name, subject) for name in names)
    meet(verdict, trial, subject, command, {0} if same and not names[0] == "checkpoint.h5" else {0, 2, 4}, same)
    if not verdict.wrong:
        put_back(verdict, trial, subject, names)


# ---- things that are no files ----------------------------------------------------------------------------------------


def place(path, odd, good):
    """Something odd at that path; good: a file that was there, elsewhere."""
    if odd == "fifo":
        os.mkfifo(path)
    elif odd == "socket":
        here = os.getcwd()
        os.chdir(os.path.dirname(path))  # names of sockets are short
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(os.path.basename(path))
        finally:
            os.chdir(here)
    elif odd == "directory":
        os.mkdir(path)
    elif odd == "device":
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # as root; /dev/zero
    elif odd == "locked":
        shutil.copy(good, path)
        os.chmod(path, 0)
    else:
        os.symlink({"link": good, "dangling": "nowhere", "loop": os.path.basename(path), "zero": "/dev/zero"}[odd], path)


def odd_kind(verdict, trial, subject, odd, name, command):
    """odd SUBJECT KIND FILE COMMAND"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    path = os.path.join(trial.out, name)
    good = os.path.join(trial.directory, "good")
    shutil.copy(path, good)
    before = content(good)
    os.remove(path)
    try:
        place(path, odd, good)
    except PermissionError:
        verdict.reached = False
        os.symlink("/dev/zero", path)
    harmless = odd in ("link", "locked") or does_not_read(command, name, subject)
    meet(verdict, trial, subject, command, {0, 2, 3, 4}, harmless)
    if not os.path.exists(good) or content(good) != before:
        verdict.add("lost", "what the link leads to was written")
    if not verdict.wrong:
        put_back(verdict, trial, subject, [name])


def odd_input(verdict, trial, subject, odd, name, command):
    """input SUBJECT KIND net.csv|job.yaml|init COMMAND: in place of a file that a user names; a link is a good one there"""
    subject = trial.subjects[subject]
    beside = os.path.join(trial.directory, "inputs")
    injection.fresh(beside)
    os.mkdir(beside)
    for one in ("net.csv", "job.yaml"):
        shutil.copy(subject.input(one), os.path.join(beside, one))
    good = subject.input(name) if name != "init" else os.path.join(subject.reference, "run.h5")
    path = os.path.join(beside, name)
    if os.path.exists(path):
        os.remove(path)
    try:
        place(path, odd, good)
    except PermissionError:
        os.symlink("/dev/zero", path)
    words = ["run", os.path.join(beside, "job.yaml"), "--output", trial.out] if command == "run" else \
        ["bound", os.path.join(beside, "job.yaml")]
    if name == "init":
        words += ["--init", path]
    outcome = run(words)
    works = odd == "link" or (odd == "locked" and os.getuid() == 0)
    verdict.judge(outcome, {0} if works else {2}, command)


KINDS = {"damage": damage, "foreign": foreign, "forge": forge, "odd": odd_kind, "input": odd_input}
