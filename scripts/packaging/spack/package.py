# SPDX-License-Identifier: Apache-2.0
# A recipe for Spack: put this folder into a repository as packages/msunet/package.py and set `git` to
# where your clone comes from. It was checked for syntax only and not run: no Spack was at hand.
from spack.package import *


class Msunet(CMakePackage):
    """Trains U-Nets that strip the skull from rodent brain MRI, and sweeps their hyperparameters
    over a cluster."""

    git = "https://example.org/msunet.git"

    license("Apache-2.0")

    version("main", branch="main")

    variant("bundle_libtorch", default=False, description="Install a copy of libtorch")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("openmpi@4.1:")
    depends_on("hdf5+mpi")
    depends_on("itk@5.2:")
    depends_on("boost@1.74:+program_options+random")
    depends_on("yaml-cpp")
    depends_on("libzip")
    depends_on("zlib-api")
    depends_on("libpng")
    depends_on("cairo+svg")
    depends_on("nlohmann-json")
    depends_on("xxhash")
    depends_on("spdlog")
    depends_on("py-torch@2.7:")
    depends_on("googletest", type="test")
    depends_on("benchmark", type="test")

    conflicts("%gcc@:11", msg="C++20 needs GCC 12 or newer")

    generator("ninja")

    def cmake_args(self):
        torch = join_path(self.spec["py-torch"].package.cmake_prefix_paths[0], "..", "..")
        return [
            self.define("MSUNET_LIBTORCH_DIR", torch),
            self.define("MSUNET_TESTS", self.run_tests),
            self.define_from_variant("MSUNET_BUNDLE_LIBTORCH", "bundle_libtorch"),
        ]
