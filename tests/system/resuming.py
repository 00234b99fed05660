"""What the tests of killing, stopping and resuming share."""
import os
import signal
import time

import program
from program import JOB, Running, bits, segments, settings

SAMPLES = 137
KEYS = settings(search__samples=SAMPLES, log__commit_seconds=0)  # a commit at each of 11 updates, 4 of the policy
SEED, moments = program.seeded()


class Resuming(program.Case):
    references = {}  # of the program: tests share them

    def job(self, *more, output="run"):
        return ["run", JOB, "--output", self.path(output), *KEYS, *more]

    def reference(self, *more):
        """The bits of the same job run without a break, and without a commit before its end: commits leave no mark (identity_test)."""
        if more not in self.references:
            self.run_well(*self.job("--set", "log.commit_seconds=1000", *more, output="reference"))
            self.references[more] = bits(self.path("reference"))
        return self.references[more]

    def age(self, name):
        """Its files by hours: segments that nothing names may be taken away at once."""
        for where, _, names in os.walk(self.path(name)):
            for file in names:
                os.utime(os.path.join(where, file), (time.time() - 9000,) * 2)

    def until(self, running, reached):
        give_up = time.monotonic() + program.PATIENCE
        while running.launcher.poll() is None and not reached():
            self.assertLess(time.monotonic(), give_up, "it hangs")
            time.sleep(0.002)

    def stop(self, *more, ranks=0, whom=lambda running: running.ranks(), how=signal.SIGTERM):
        """Start it and tell it to stop after some commits, in the policy stage or the islands': what it said. It is held there,
        so that it cannot be at the end before it is told."""
        commits = moments.randint(2, 8)
        with Running(*self.job(*more), ranks=ranks, hold=(commits, "/segments/")) as running:
            held = running.held()
            running.tell(how, whom(running))
            running.until(lambda: any(program.is_pending(pid, how) for pid in held), "it is never told")
            code, said = running.wait(), running.said()
        self.assertEqual(code, 75, f"CONFX_SEED={SEED}, after {commits} commits\n{said}")
        return said

    def stopped(self, *more):
        """Stopped so, at one moment for all tests that ask for the same."""
        self.once(("stopped", *more), self.path("run"), lambda: self.stop(*more))

    def finish(self, *more, ranks=0):
        """Resume to the end, committing seldom: what it said. The bits are those of the reference."""
        outcome = self.run_well(*self.job("--resume", "--set", "log.commit_seconds=1000", *more), ranks=ranks)
        self.same_bits(self.path("run"), self.reference(*more), f"resumed at {ranks} ranks (CONFX_SEED={SEED})")
        return outcome.stdout + outcome.stderr
