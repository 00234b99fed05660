"""Spack recipe of confx, for Spack 1.0 or later. `spack repo create REPO` makes a repository below REPO and prints where: copy this to
packages/confx/ there, `spack repo add` that directory, `spack install confx`. With `url` and a checksum of this site's archive of
the sources, or `git`, as below."""
from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class Confx(MakefilePackage):
    """Finds how many processing elements and how much buffer each layer of a neural network gets on an accelerator:
    reinforcement learning, an island genetic algorithm and an analytical cost model over MPI."""

    git = "file:///path/to/confx.git"
    license("MIT")

    version("main", branch="main")

    depends_on("c", type="build")
    depends_on("gmake", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10:")  # virtual datasets; with or without +mpi
    depends_on("openblas threads=none")  # brings LAPACKE along; the ranks are the parallelism
    depends_on("libyaml")
    depends_on("libcsv")
    depends_on("jansson")
    depends_on("zlib-api")
    depends_on("random123")  # headers alone
    depends_on("gnuplot", type="run")

    @property
    def build_targets(self):
        return [f"COMPILER={spack_cc}", f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", *self.build_targets]
