# SPDX-License-Identifier: Apache-2.0
"""An installed program works from a prefix that was moved, for another user, without the source
tree, and with a libtorch that lies elsewhere; other projects find its light modules."""

import os
import shlex
import shutil
import subprocess
import tarfile
import unittest
from pathlib import Path

import program
from program import ProgramTest, main

BUILD = Path(os.environ["MSUNET_BUILD_DIR"])
SOURCE = Path(os.environ["MSUNET_SOURCE_DIR"])
TORCH = Path(os.environ["MSUNET_TORCH"])
NOBODY = "65534"
SWEEP = ("-tpath", "data", "-mpath", "masks", *program.FAST, "--enable_augmentation", "False",
         "-talos", "{'epochs': 1, 'batch_size': 16, 'lr': [0.001, 0.002]}")


def call(*words, **options):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False,
                          timeout=240, **options)
    assert done.returncode == 0, f"{words}:\n{done.stdout}{done.stderr}"
    return done.stdout


class InstallTest(ProgramTest):
    def setUp(self):
        super().setUp()
        # Other users must get in.
        self.here.chmod(0o755)

    def install(self):
        call("cmake", "--install", BUILD, "--prefix", self.here / "first")
        prefix = self.here / "moved"
        (self.here / "first").rename(prefix)
        return prefix

    def test_moved_prefix(self):
        prefix = self.install()
        program_file = prefix / "bin/msunet"
        self.assertIn("0.2", call(program_file, "--version"))
        self.assertIn("-tpath", (prefix / "share/man/man1/msunet-train.1").read_text()
                      .replace("\\-", "-"))
        self.assertIn("complete", (prefix / "share/bash-completion/completions/msunet").read_text())
        for name in ("configs/fine_tuning.yaml", "slurm/job.sh", "docs/options.md", "LICENSE"):
            self.assertTrue((prefix / "share/msunet" / name).is_file(), name)
        for file in prefix.rglob("*"):
            if file.is_file() and not file.is_symlink():
                content = file.read_bytes()
                for path in (BUILD, SOURCE, self.here / "first"):
                    self.assertNotIn(str(path).encode(), content, f"{path} in {file}")

        self.scans()
        environment = program.environment(HOME=str(self.here))
        call(program_file, *SWEEP, cwd=self.here, env=environment)
        self.assertTrue((self.here / "out/x/best_model.hdf5").is_file())

        consumer = self.here / "consumer"
        call("cmake", "-S", SOURCE / "tests/install/consumer", "-B", consumer,
             f"-DCMAKE_PREFIX_PATH={prefix}")
        call("cmake", "--build", consumer)
        self.assertGreater(int(call(consumer / "consumer")), 50)

    def test_other_user_without_the_source_tree(self):
        if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"],
                                               capture_output=True, check=False).returncode != 0:
            self.skipTest("needs root and the right to mount")
        prefix = self.install()
        self.scans()
        torch_packages = self.here / "packages"
        torch_packages.mkdir()
        for path in (self.here, *self.here.rglob("data"), *self.here.rglob("masks")):
            shutil.chown(path, int(NOBODY), int(NOBODY))
        # The wheel's packages are bound elsewhere, then the source tree is hidden.
        script = f"""
            mount --bind {TORCH.parent} {torch_packages}
            mount -t tmpfs none {SOURCE}
            cd {self.here}
            MSUNET_LIBTORCH_DIR={torch_packages}/torch exec setpriv --reuid {NOBODY} \
                --regid {NOBODY} --clear-groups {prefix}/bin/msunet {shlex.join(SWEEP)}"""
        call("unshare", "--mount", "sh", "-euc", script,
             env=program.environment(HOME=str(self.here)))
        best = self.here / "out/x/best_model.hdf5"
        self.assertEqual(best.stat().st_uid, int(NOBODY))

    def test_missing_libtorch_is_explained(self):
        prefix = self.install()
        self.scans()
        result = subprocess.run(
            [prefix / "bin/msunet", *SWEEP], cwd=self.here, capture_output=True, text=True,
            check=False, env=program.environment(MSUNET_LIBTORCH_DIR="/nowhere"))
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("MSUNET_LIBTORCH_DIR '/nowhere': its libc10.so can't be loaded",
                      result.stderr)

    def test_archive(self):
        call("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "TGZ", "-B", self.here,
             cwd=self.here)
        (archive,) = self.here.glob("*.tar.gz")
        with tarfile.open(archive) as content:
            names = {name.split("/", 1)[-1] for name in content.getnames()}
        self.assertLessEqual({"bin/msunet", "lib/libmsunet_engine.so", "lib/msunet/libtorch"}, names)

    @unittest.skipUnless(shutil.which("dpkg-shlibdeps") and shutil.which("file"),
                         "needs the packages dpkg-dev and file")
    def test_debian_package(self):
        call("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", self.here,
             cwd=self.here)
        (package,) = self.here.glob("*.deb")
        self.assertIn("libopenmpi", call("dpkg-deb", "--field", package, "Depends"))
        names = call("dpkg-deb", "--contents", package)
        for name in ("bin/msunet", "lib/libmsunet_engine.so"):
            self.assertIn(name, names)


if __name__ == "__main__":
    main()
