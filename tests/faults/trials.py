"""Trials in which the program runs and something happens to it: kills, calls that fail, signals, limits, two owners. A trial is a
line of words, its kind first; `do` makes it happen again."""
import os
import re
import signal
import time

import injection
import subjects
from injection import Start, fault, run

STOPS = ("TERM", "INT", "HUP", "USR1", "USR2", "XCPU")
OUTCOMES = ("lost", "wrong bits", "unreadable", "hang", "crash", "code", "message", "left")


class Verdict:
    """What went wrong, by the kinds of OUTCOMES, with a line each."""

    def __init__(self):
        self.wrong = []
        self.reached = True  # whether the program came to where the fault was
        self.messages_least = self.messages_most = 1

    def add(self, outcome, line):
        assert outcome in OUTCOMES
        self.wrong.append((outcome, " ".join(str(line).split())[:700]))

    def judge(self, outcome, codes, what):
        """An end of the program: one of these exit codes (as a shell has them), and where it failed one message."""
        if outcome.code is None:
            self.add("hang", f"{what}: {outcome}")
            return False
        if outcome.left:
            self.add("left", f"{what}: {outcome.left} processes: {outcome}")
        if outcome.crashed and outcome.code not in codes:
            self.add("crash", f"{what}: {outcome}")
            return False
        if outcome.code not in codes:
            self.add("code", f"{what}: expected {' or '.join(map(str, sorted(codes)))}: {outcome}")
        if outcome.code in (2, 3, 4, 5, 6, 75) and not self.messages_least <= len(outcome.messages) <= self.messages_most:
            self.add("message", f"{what}: {len(outcome.messages)} messages: {outcome}")
        return outcome.code in codes


def ranks_of(word):
    """4; 2:4 are four ranks on two pretend nodes."""
    return tuple(map(int, word.split(":"))) if ":" in word else int(word)


def let_age(out):
    """Temporaries that another living process might be writing go when they are an hour old: those of reports and owners, and in a
    spool those of its token and of signs of life."""
    long_ago = time.time() - 2 * 3600
    for where, _, names in os.walk(out):
        for name in names:
            in_spool = os.path.basename(where) == "services"
            if re.search(r"\.tmp$" if in_spool else r"(\.svg|\.html|^owner|^token)\.[0-9a-f]{8}\.tmp$", name):
                os.utime(os.path.join(where, name), (long_ago, long_ago), follow_symlinks=False)


def go_on(verdict, subject, out, ranks=1, spared=(), may_fail=False):
    """Resume to the end, and compare with what there is to be. spared: what may be left in names of files."""
    let_age(out)
    outcome = run(subject.arguments(out, resume=True), ranks)
    if not verdict.judge(outcome, {0}, "resumed"):
        verdict.add("lost", "it does not go on to its end")
        return
    compare(verdict, subject, out, "resumed", may_fail)
    strays = [name for name in subject.strays(out) if not any(word in name for word in spared)]
    if strays:
        verdict.add("left", f"files: {strays}")


def compare(verdict, subject, out, what, may_fail=False):
    """The bits, of a subject that is complete."""
    try:
        missing, wrong = subject.mistakes(out, may_fail)
    except Exception as error:  # whatever a reader meets
        verdict.add("unreadable", f"{what}: {type(error).__name__}: {error}")
        return
    if missing:
        verdict.add("lost", f"{what}: {missing[:6]}")
    if wrong:
        verdict.add("wrong bits", f"{what}: {wrong[:6]}")


def struck(verdict, subject, trial, ranks, environment, codes, resume_ranks, may_fail=False, spared=()):
    """One start with a fault, then the resumption, while a reader looks. A service tells a message for each job that failed."""
    subject.prepare(trial.out)
    verdict.messages_most = 3 if subject.name == "serve" else 1
    with subjects.Poller(subject, trial.out) as poller:
        poller.again = may_fail and subject.name == "serve"
        outcome = run(subject.arguments(trial.out, resume=False), ranks, environment)
        poller.look(last=True)
        verdict.reached = injection.was_hit(trial.log) or "CONFX_FAULT_FSIZE" in environment
        verdict.judge(outcome, codes if verdict.reached else {0}, "struck")
        if outcome.code == 0:
            compare(verdict, subject, trial.out, "exit code 0", may_fail)
        go_on(verdict, subject, trial.out, resume_ranks, spared, may_fail)
        poller.look(last=True)
    for line in sorted(set(poller.faults))[:3]:
        verdict.add("unreadable", line)


# ---- kinds -----------------------------------------------------------------------------------------------------------


def kill(verdict, trial, subject, ranks, rank, call, n, how, resume_ranks):
    """kill SUBJECT RANKS RANK CALL N before|torn|after RESUME_RANKS"""
    ranks = ranks_of(ranks)
    environment = fault(trial.out, trial.log, call, int(n), how, int(rank))
    struck(verdict, trial.subjects[subject], trial, ranks, environment, {137}, ranks_of(resume_ranks))


def other(verdict, trial, subject, ranks, rank, call, n, how, resume_ranks):
    """other SUBJECT RANKS VICTIM CALL N before|after RESUME_RANKS: rank VICTIM is killed at that call of rank 0"""
    environment = fault(trial.out, trial.log, call, int(n), how, 0, victim=rank)
    struck(verdict, trial.subjects[subject], trial, ranks_of(ranks), environment, {137, 0}, ranks_of(resume_ranks))


def fail(verdict, trial, subject, ranks, rank, call, n, how, span):
    """fail SUBJECT RANKS RANK CALL N ERRNO|short once|ever"""
    environment = fault(trial.out, trial.log, call, int(n), how, int(rank), ever=span == "ever")
    codes = {0} if how == "short" else {0, 3}
    # what can never be removed of a search of many that is done stays there: nobody works in its directory again
    for_good = call == "unlink" and span == "ever" and subject in ("serve", "sweep", "compare")
    spared = (".tmp", "/owner") if for_good else ()
    struck(verdict, trial.subjects[subject], trial, ranks_of(ranks), environment, codes, 1, how != "short", spared)


def signalled(verdict, trial, subject, ranks, rank, n, name):
    """signal SUBJECT RANKS RANK N NAME: at the N-th call of any kind; PIPE may end it as it ends every filter"""
    environment = fault(trial.out, trial.log, "any", int(n), name, int(rank))
    codes = {0, 3, 128 + signal.SIGPIPE} if name == "PIPE" else {0, 75}
    struck(verdict, trial.subjects[subject], trial, ranks_of(ranks), environment, codes, 1)


def early(verdict, trial, subject, n, name):
    """early SUBJECT N NAME: a signal at the N-th call on any path of the machine: of most the program does nothing yet"""
    environment = fault("/", trial.log, "any", int(n), name)
    struck(verdict, trial.subjects[subject], trial, 1, environment, {0, 75}, 1)


def limit(verdict, trial, subject, ranks, bytes_most):
    """limit SUBJECT RANKS BYTES: no file of more bytes, the one that takes the program's words among them"""
    verdict.messages_least = ranks != "1" or int(bytes_most) > 1 << 14
    environment = fault(trial.out, trial.log, fsize=int(bytes_most))
    struck(verdict, trial.subjects[subject], trial, ranks_of(ranks), environment, {0, 3}, 1, True)


# ---- two owners ------------------------------------------------------------------------------------------------------


def held(verdict, subject, trial, start):
    """Wait until the fault has stopped it; false: it ended before."""
    give_up = time.monotonic() + injection.LIMIT
    while start.launcher.poll() is None and time.monotonic() < give_up:
        if [pid for pid in start.ranks() if injection.program.is_held(pid)]:
            return True
        time.sleep(0.005)
    verdict.reached = False
    verdict.judge(start.outcome(), {0}, "the first")
    return False


def owners(verdict, trial, subject, n, what):
    """owners SUBJECT N WHAT: a first program is stopped after its N-th rename, and a second is started in its directory. WHAT:
    refused (--resume), plain (without), killed (the first is, and the second goes on), woken (the first seems dead for an hour, the
    second takes over, the first wakes up)"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    environment = fault(trial.out, trial.log, "rename", int(n), "stop")
    with subjects.Poller(subject, trial.out) as poller:
        with Start(subject.arguments(trial.out, resume=False), 1, environment) as first:
            if held(verdict, subject, trial, first):
                {"refused": refused, "plain": refused, "killed": killed, "woken": woken}[what](verdict, trial, subject, first, what)
        go_on(verdict, subject, trial.out)
        poller.look(last=True)
    for line in sorted(set(poller.faults))[:3]:
        verdict.add("unreadable", line)


def refused(verdict, trial, subject, first, what):
    outcome = run(subject.arguments(trial.out, resume=what == "refused"))
    verdict.judge(outcome, {2, 3}, "the second")
    if what == "refused" and outcome.messages and not any(str(pid) in outcome.messages[-1] for pid in first.ranks()):
        verdict.add("message", f"the second does not name the owner: {outcome}")
    first.tell(signal.SIGCONT, first.ranks())
    verdict.judge(first.outcome(), {0}, "the first")
    compare(verdict, subject, trial.out, "the first")


def killed(verdict, trial, subject, first, _):
    first.kill()
    verdict.judge(run(subject.arguments(trial.out, resume=True)), {0}, "the second")
    compare(verdict, subject, trial.out, "the second")


def is_complete(subject, out):
    """Whether all that there is to be is there already."""
    try:
        return not any(subject.mistakes(out, False))
    except (OSError, KeyError):  # of a file that is not there yet, or not whole
        return False


def woken(verdict, trial, subject, first, _):
    """The owner's file is made an hour old. A first one that was stopped when all was done already has nothing to be refused."""
    done = is_complete(subject, trial.out)
    for where, _, files in os.walk(trial.out):
        if "owner" in files:
            long_ago = time.time() - 3600
            os.utime(os.path.join(where, "owner"), (long_ago, long_ago))
    second = run(subject.arguments(trial.out, resume=True))
    first.tell(signal.SIGCONT, first.ranks())
    verdict.judge(second, {0}, "the second")
    verdict.judge(first.outcome(), {0, 3} if done else {3}, "the first")
    compare(verdict, subject, trial.out, "both")


def race(verdict, trial, subject, n, _):
    """race SUBJECT MILLISECONDS N: three are started so many milliseconds apart; one does it, and the others are told"""
    subject = trial.subjects[subject]
    subject.prepare(trial.out)
    starts = []
    with subjects.Poller(subject, trial.out) as poller:
        for _ in range(3):
            starts.append(Start(subject.arguments(trial.out, resume=True)))
            time.sleep(float(n) / 1000)
        outcomes = [start.outcome() for start in starts]
        for start in starts:
            start.output.close()
        for outcome in outcomes:
            verdict.judge(outcome, {0, 2, 3}, "one of three")
        if 0 not in [outcome.code for outcome in outcomes]:
            verdict.add("lost", "none of three does it")
        else:
            compare(verdict, subject, trial.out, "three")
        go_on(verdict, subject, trial.out)
        poller.look(last=True)
    for line in sorted(set(poller.faults))[:3]:
        verdict.add("unreadable", line)


KINDS = {"kill": kill, "other": other, "fail": fail, "signal": signalled, "early": early, "limit": limit, "owners": owners,
         "race": race}
