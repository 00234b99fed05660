#!/usr/bin/python3 -B
"""A SLURM of our own on this machine: munged, slurmctld and a slurmd for each pretend node, all on the loopback interface,
all state below one directory, all of it gone when the block is left.

    tests/slurm/cluster.py [COMMAND...]      bring it up, run the command (a shell if there is none), take it down
"""
import contextlib
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

MARK = "CONFX_TEST_CLUSTER"  # in the environment of all that is started here: how what lives on is found
NODES, CPUS = 10, 8
PATIENCE = 600

# (partition, its nodes, what more). A search in `calm` gives way to one in `urgent`.
PARTITIONS = (("main", "n[1-6]", "Default=YES"),
              ("calm", "n[7-8]", "PriorityTier=1 PreemptMode=REQUEUE GraceTime=600"),
              ("urgent", "n[7-8]", "PriorityTier=10 PreemptMode=OFF"),
              ("frail", "n[9-10]", ""))

# Times after which SLURM takes something for dead or kills it are long: none may run out because the machine is busy.
SLURM_CONF = """\
ClusterName=pretend
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# A job that comes back waits for as long as its old credentials last: two minutes, unless one says so.
AuthInfo=socket={dir}/munge.socket,cred_expire=60
SlurmctldPort={port}
SlurmdPort={port}
SlurmctldPidFile={dir}/slurmctld.pid
SlurmdPidFile={dir}/slurmd.%n.pid
SlurmctldLogFile={dir}/slurmctld.log
SlurmdLogFile={dir}/slurmd.%n.log
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool.%n
# PMIx servers of two nodes would else meet in one directory.
TmpFS={dir}/tmp.%n
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog={dir}/prolog
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={dir}/jobcomp.txt
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=90
MinJobAge=3600
SlurmctldTimeout=3600
SlurmdTimeout=3600
ReturnToService=2
SwitchType=switch/none
SlurmdParameters=config_overrides
"""

# Pretend nodes share a kernel and a host name: they talk over the loopback interface, by TCP, through UCX. (Open MPI 4.1.4's
# own btl_tcp made a null call in MPI_Init in 2 of 60 starts of 4 nodes, beside vader in 4 of 20; UCX in none of 80.)
# No keepalive: tests hold ranks. Two cores for all of them: a rank that waits gives way.
PROLOG = """\
#!/bin/sh
echo "export OMPI_MCA_pml=ucx"
echo "export OMPI_MCA_pml_ucx_tls=any"
echo "export OMPI_MCA_pml_ucx_devices=any"
echo "export UCX_TLS=self,tcp"
echo "export UCX_NET_DEVICES=lo"
echo "export UCX_TCP_KEEPIDLE=inf"
echo "export OMPI_MCA_mpi_yield_when_idle=1"
"""


def free_ports(n):
    """As many ports in a row that nobody listens on."""
    for first in range(27000, 60000, 100):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + n):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                return first
            except OSError:
                pass
    raise OSError("no free ports")


class Cluster:
    """with Cluster() as cluster: cluster.run("sinfo")"""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="confx-slurm-")
        self.mark = uuid.uuid4().hex
        self.conf = self.file("slurm.conf")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("SLURM", "SBATCH", "CONFX"))}
        self.environment.update({"SLURM_CONF": self.conf, "PATH": f"{os.environ['PATH']}:/usr/sbin", MARK: self.mark})
        self.daemons = {}

    def file(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text, mode):
        with open(self.file(name), "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(self.file(name), mode)

    def configure(self):
        """Everything that the daemons read."""
        os.chmod(self.directory, 0o755)
        port, host = free_ports(NODES + 1), socket.gethostname().split(".")[0]
        text = SLURM_CONF.format(dir=self.directory, host=host, port=port)
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
        for i in range(1, NODES + 1):
            os.mkdir(self.file(f"tmp.n{i}"))
            text += (f"NodeName=n{i} NodeHostname={host} NodeAddr=127.0.0.1 Port={port + i} CPUs={CPUS} Boards=1 "
                     f"SocketsPerBoard=1 CoresPerSocket={CPUS} ThreadsPerCore=1 RealMemory={memory} State=UNKNOWN\n")
        for name, nodes, more in PARTITIONS:
            text += f"PartitionName={name} Nodes={nodes} MaxTime=1440 State=UP OverSubscribe=NO {more}\n"
        self.write("slurm.conf", text, 0o644)
        self.write("cgroup.conf", "CgroupAutomount=no\n", 0o644)
        self.write("prolog", PROLOG, 0o755)
        os.mkdir(self.file("munge"), 0o700)
        with open(os.open(self.file("munge", "key"), os.O_WRONLY | os.O_CREAT, 0o400), "wb") as key:
            key.write(os.urandom(128))

    def start(self, name, *command):
        """A daemon that stays our child."""
        with open(self.file(f"{name}.said"), "ab") as said:
            self.daemons[name] = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=said,
                                                  stderr=said, start_new_session=True, cwd=self.directory)

    def start_node(self, i):
        self.start(f"n{i}", "slurmd", "-D", "-f", self.conf, "-N", f"n{i}")

    def kill_node(self, i):
        """Its slurmd dies without a word."""
        daemon = self.daemons.pop(f"n{i}")
        daemon.kill()
        daemon.wait()

    def up(self):
        self.configure()
        self.start("munged", "munged", "--foreground", f"--key-file={self.file('munge', 'key')}",
                   f"--socket={self.file('munge.socket')}", f"--pid-file={self.file('munged.pid')}",
                   f"--log-file={self.file('munged.log')}", f"--seed-file={self.file('munge', 'seed')}",
                   "--num-threads=2", "--force")
        self.wait_for(lambda: os.path.exists(self.file("munge.socket")), "munged")
        self.start("slurmctld", "slurmctld", "-D", "-f", self.conf)
        for i in range(1, NODES + 1):
            self.start_node(i)
        self.wait_for(lambda: self.idle() == NODES, f"{NODES} idle nodes")
        return self

    def idle(self):
        said = self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N", check=False).stdout
        return len(set(said.split()))

    def wait_for(self, reached, what, patience=PATIENCE):
        give_up = time.monotonic() + patience
        while not reached():
            if self.dead() or time.monotonic() > give_up:
                raise TimeoutError(f"waiting for {what}\n{self.log()}")
            time.sleep(0.1)

    def dead(self):
        """{name of a daemon that ended by itself: its exit code}"""
        return {name: daemon.returncode for name, daemon in self.daemons.items() if daemon.poll() is not None}

    def log(self):
        """Daemons that ended, the end of what slurmctld says, and the errors of the nodes."""
        words = [f"{name} ended, exit code {code}" for name, code in self.dead().items()]
        for path in sorted(glob.glob(self.file("*.said")) + glob.glob(self.file("munged.log"))):
            with open(path, encoding="utf-8", errors="replace") as file:
                words += [f"{os.path.basename(path)}: {line}" for line in file.read().splitlines()[-3:]]
        for path in sorted(glob.glob(self.file("slurm*.log"))):
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
            words += lines[-30:] if "slurmctld" in path else [line for line in lines if "error" in line][-5:]
        return "\n".join(words)

    def run(self, *command, check=True, env=(), cwd=None, patience=PATIENCE):
        """A command of SLURM, or one that calls them: an object with returncode, stdout and stderr (text)."""
        outcome = subprocess.run([str(word) for word in command], env={**self.environment, **dict(env)}, cwd=cwd,
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                                 timeout=patience, check=False)
        if check and outcome.returncode:
            raise RuntimeError(f"{command}: exit code {outcome.returncode}\n{outcome.stdout}{outcome.stderr}")
        return outcome

    def job(self, number):
        """{key: value} of `scontrol show job`."""
        said = self.run("scontrol", "--oneliner", "show", "job", number).stdout
        return dict(re.findall(r"(\S+?)=(\S*)", said))

    def left(self):
        """Processes of ours that are alive, the daemons and what jobs started."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if f"{MARK}={self.mark}".encode() in file.read() and int(pid) != os.getpid():
                        found.append(int(pid))
        return found

    def down(self):
        """Kill what is left of jobs and daemons, ours only, and remove the directory."""
        give_up = time.monotonic() + PATIENCE
        while (left := self.left()) and time.monotonic() < give_up:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for daemon in self.daemons.values():
                daemon.poll()
            time.sleep(0.05)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        try:
            return self.up()
        except BaseException:
            self.down()
            raise

    def __exit__(self, *_):
        self.down()


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Cluster() as cluster:
        print(f"export SLURM_CONF={cluster.conf}", flush=True)
        sys.exit(subprocess.run(sys.argv[1:] or ["bash"], env=cluster.environment, check=False).returncode)


if __name__ == "__main__":
    main()
