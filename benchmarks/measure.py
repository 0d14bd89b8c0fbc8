# SPDX-License-Identifier: Apache-2.0
"""Functions that the benchmarks in Python share: paths, description of the machine, memory of
processes, tables in Markdown."""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PROGRAM = PROJECT / "build" / "msunet"
KERAS_PYTHON = PROJECT / ".deps" / "interop-venv" / "bin" / "python"
TORCH_PYTHON = PROJECT / ".deps" / "torch-venv" / "bin" / "python"
JAX_PYTHON = PROJECT / ".deps" / "jax-venv" / "bin" / "python"
STOPPED = 75  # exit code of a run that a signal stopped
REAL_SCANS = Path(os.environ.get("MSUNET_REAL_SCANS", "/nowhere"))


def parser(description):
    """The parser of the arguments that all benchmarks have."""
    arguments = argparse.ArgumentParser(description=description.split("\n\n")[0])
    arguments.add_argument("--program", type=Path, default=PROGRAM, help="the program msunet")
    arguments.add_argument("--keras-python", type=Path, default=KERAS_PYTHON,
                           help="Python of scripts/interop-env.sh")
    arguments.add_argument("--output", type=Path, help="also write the tables to this file")
    arguments.add_argument("--quick", action="store_true",
                           help="run the smallest version, to test the benchmark itself")
    return arguments


def need(*files):
    """Ends with code 77, which means skipped, if a program is missing."""
    for file in files:
        if not os.access(file, os.X_OK):
            print(f"SKIPPED: there is no program '{file}'; run scripts/build.sh and "
                  "scripts/interop-env.sh")
            sys.exit(77)


def environment(threads):
    """The environment of measured programs: `threads` threads, which sleep while they wait."""
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive",
            "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": "ignore",
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
            "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe"}


def scans(program, folder, animals=10, real=True):
    """A folder with data and masks, and a description: the real scans if there are any and `real`,
    otherwise phantoms made in `folder`."""
    if real and (REAL_SCANS / "data").is_dir():
        return REAL_SCANS, "real scans"
    phantom = Path(folder) / "phantom"
    if not phantom.is_dir():
        subprocess.run([program, "phantom", phantom, "--animals", str(animals)], check=True,
                       stdout=subprocess.DEVNULL)
    return phantom, "phantom scans"


def link_scans(source, target, chosen):
    """Makes `target` with links to the pairs with the chosen indices in the order of names."""
    for kind in ("data", "masks"):
        (target / kind).mkdir(parents=True)
        files = sorted((source / kind).iterdir())
        for i in chosen:
            (target / kind / files[i].name).symlink_to(files[i])


# ------------------------------------------------------------------------------------- the machine

def cpu_has_bf16():
    """Whether the processor has bfloat16 arithmetic."""
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    return "avx512_bf16" in flags or "amx_bf16" in flags


def load():
    """The load average over a minute."""
    return os.getloadavg()[0]


def machine():
    """One line: processor, cores, memory, system, bf16."""
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown processor")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = next((line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release")
                   if line.startswith("PRETTY_NAME")), "Linux")
    bf16 = "with" if cpu_has_bf16() else "without"
    return (f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {bf16} bfloat16 "
            f"arithmetic, {system}")


def heading(title, began_load, *lines):
    """Title, machine, load, and whatever else the figures depend on."""
    revision = subprocess.run(["git", "-C", PROJECT, "describe", "--always", "--dirty"],
                              capture_output=True, text=True, check=False).stdout.strip()
    facts = [f"Machine: {machine()}.",
             f"Load average {began_load:.1f} at the start, {load():.1f} at the end. "
             f"msunet {revision or 'of unknown revision'}.", *lines]
    return f"### {title}\n\n" + "\n".join(facts) + "\n\n"


# ---------------------------------------------------------------------------------------- figures

def table(header, rows):
    """The rows as a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def ratios(ours, theirs):
    """Median and range of the ratios of the rounds: "1.42 (1.38–1.45)"."""
    each = [one / other for one, other in zip(ours, theirs)]
    return f"{statistics.median(each):.2f} ({min(each):.2f}–{max(each):.2f})"


def median(values, digits=1):
    return f"{statistics.median(values):.{digits}f}"


def publish(text, output):
    """Prints the tables, and writes them to `output` if it is not None."""
    print(text)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text)


def memory_field(pid, file, name):
    """A field (in kB) of a file in /proc/PID, in MB; 0 if the process has ended."""
    try:
        for line in open(f"/proc/{pid}/{file}"):
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def share_megabytes(pid):
    """The memory of a process, where a page that n processes share counts 1/n."""
    return memory_field(pid, "smaps_rollup", "Pss")


def peak_megabytes(pid):
    """The peak memory of a process so far."""
    return memory_field(pid, "status", "VmHWM")


def descendants(pid):
    """The process and all processes below it."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            pass
    return found


def run(words, cwd, env):
    """Runs a command to its end. Returns wall seconds and the peak memory (MB) of all its processes
    together; pages that several of them share are counted once."""
    log = Path(cwd) / "log.txt"
    began = time.monotonic()
    with open(log, "w") as out:
        process = subprocess.Popen([str(word) for word in words], cwd=cwd, env=env, stdout=out,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        moments, ended = [0], threading.Event()

        def watch():
            while not ended.wait(0.25):
                moments.append(sum(map(share_megabytes, descendants(process.pid))))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = process.wait()
        seconds = time.monotonic() - began
        ended.set()
        watcher.join()
    if code != 0:
        sys.exit(f"'{' '.join(map(str, words))}' ended with {code}:\n"
                 + "\n".join(log.read_text(errors="replace").splitlines()[-20:]))
    return seconds, max(moments)


def journal(folder):
    """The events of an experiment."""
    return [json.loads(line) for line in (Path(folder) / "journal.jsonl").read_text().splitlines()]


def prepare(program, scans, folder, name, options, env, ranks=1):
    """Starts msunet and stops it as soon as the data set is complete. Returns what the journal says
    about the data set."""
    launcher = ["mpirun", "-n", ranks] if ranks > 1 else []
    words = [*launcher, program, "-tpath", scans / "data", "-mpath", scans / "masks", "-path",
             "random", "-n", name, "-talos", "{'batch_size': 8}", *options]
    with open(Path(folder) / "log.txt", "w") as out:
        process = subprocess.Popen([str(word) for word in words], cwd=folder, env=env, stdout=out,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        file = Path(folder) / name / "journal.jsonl"
        while process.poll() is None and not (file.exists() and "\n" in file.read_text()):
            time.sleep(0.05)
        # mpirun passes the signal to the ranks, which end with exit code 75.
        process.send_signal(signal.SIGUSR1)
        if process.wait() not in (0, STOPPED):
            sys.exit(f"'{' '.join(map(str, words))}' ended with {process.returncode}:\n"
                     + (Path(folder) / "log.txt").read_text(errors="replace")[-2000:])
    return journal(Path(folder) / name)[0]["data"]
