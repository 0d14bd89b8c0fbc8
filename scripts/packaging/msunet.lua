-- SPDX-License-Identifier: Apache-2.0
-- A module file for Lmod: copy it to <module path>/msunet/0.2.0.lua and set the prefix and the
-- modules that the program was built with.
help([[msunet trains U-Nets that strip the skull from rodent brain MRI.
Start: msunet --help, man msunet. Batch scripts: $MSUNET_SLURM, tutorials: $MSUNET_SHARE/docs.]])
whatis("Name: msunet")
whatis("Version: 0.2.0")
whatis("Description: trains U-Nets for skull stripping and sweeps their hyperparameters with MPI")

local prefix = "/opt/msunet/0.2.0"
-- depends_on("gcc/12", "openmpi/4.1", "hdf5/1.14")

prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
setenv("MSUNET_SHARE", pathJoin(prefix, "share/msunet"))
setenv("MSUNET_SLURM", pathJoin(prefix, "share/msunet/slurm"))
-- Where libtorch was moved since the installation:
-- setenv("MSUNET_LIBTORCH_DIR", "/opt/libtorch")
