# SPDX-License-Identifier: Apache-2.0
"""Checks every #include of the project's modules against the table in src/CMakeLists.txt.

Usage: layering.py SOURCE_DIRECTORY. Prints each violation as "file:line: what is wrong"; exit code
1 if there are any.
"""

import re
import sys
from pathlib import Path

# Heavy libraries, recognised by the names of their headers. No public header includes one, and in
# the modules only the owners do. Exception: the headers of model and train may use libtorch's types.
LIBRARIES = {
    "MPI": (r"mpi\.h|mpi-ext\.h", {"comm", "h5", "device"}),
    "ITK": (r"itk\w*\.h|vnl/.*", {"imaging", "device"}),
    "HDF5": (r"hdf5(_hl)?\.h|H5\w+\.h", {"h5"}),
    "libtorch": (r"(torch|ATen|c10)/.*", {"model", "train", "predict", "gpu", "device"}),
    "CUDA": (r"(ATen|c10)/cuda/.*|cuda\w*\.h|nccl\.h|nvrtc\.h", {"gpu"}),
    "Boost.Program_options": (r"boost/program_options.*", {"config"}),
    "yaml-cpp": (r"yaml-cpp/.*", {"config"}),
    "libzip": (r"zip\.h", {"io"}),
    "libpng": (r"png\.h", {"io"}),
    "cairo": (r"cairo[\w-]*\.h", {"report"}),
    "spdlog": (r"spdlog/.*", {"core"}),
    "xxHash": (r"xxhash\.h", {"core"}),
    "nlohmann-json": (r"nlohmann/.*", None),
}
TORCH_IN_PUBLIC_HEADERS = {"model", "train"}
TORCH_READERS = {"model", "train", "device", "predict", "plan", "measure", "gpu", "app"}
SOURCES = {".hpp", ".h", ".cpp", ".ipp"}

LAYER = re.compile(r"^\s*msunet_layer\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_table(cmake_file):
    """(table, options): module -> set of the modules that it may include, and of those of which it
    may include options.hpp alone."""
    text = re.sub(r"#.*", "", cmake_file.read_text())
    rows = [row.split() for row in LAYER.findall(text)]
    table, options = {}, {}
    for module, *uses in rows:
        if "OPTIONS" in uses:
            at = uses.index("OPTIONS")
            uses, options[module] = uses[:at], set(uses[at + 1:])
        below = [use for use in uses if use not in table]
        if module in table or below:
            raise ValueError(f"{cmake_file}: row '{module}' is doubled or names {below}, which no "
                             "row above it has (a cycle, or a wrong order)")
        table[module] = set(uses)
    if not table:
        raise ValueError(f"{cmake_file}: no msunet_layer(...) row found")
    unknown = set().union(*options.values()) - set(table)
    if unknown:
        raise ValueError(f"{cmake_file}: OPTIONS of {sorted(unknown)}, which have no row")
    return table, options


def includes(file):
    """(line number, is quoted, included path) of a source file."""
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def library_of(header):
    # CUDA headers inside libtorch belong to CUDA, so the last match decides.
    names = [name for name, (pattern, _) in LIBRARIES.items() if re.fullmatch(pattern, header)]
    return names[-1] if names else None


def check_library(module, public, header):
    name = library_of(header)
    if name is None:
        return None
    owners = LIBRARIES[name][1]
    if public and not (name == "libtorch" and module in TORCH_IN_PUBLIC_HEADERS):
        return f"a public header shows {name} ('{header}')"
    if owners is not None and module not in owners:
        return f"{name} ('{header}') belongs to {', '.join(sorted(owners))}, not to {module}"
    return None


def is_options(header):
    return header.endswith("/options.hpp") and header.count("/") == 2


def check_own(root, tables, module, file, header):
    """Checks an include of a header of this project: msunet/<module>/..., or a private one."""
    table, options = tables
    if header.startswith("msunet/"):
        parts = header.split("/")
        used = parts[1] if len(parts) > 2 else ""
        if used not in table:
            return f"'{header}' is of no module of the table"
        if used in options.get(module, ()) and is_options(header):
            return None
        if used != module and used not in table[module]:
            return f"{module} may not include {used} ('{header}')"
        if not (root / "include" / header).is_file():
            return f"'{header}' does not exist"
        if used in TORCH_IN_PUBLIC_HEADERS and module not in TORCH_READERS:
            return f"'{header}' may show libtorch's types, which {module} must not see"
        return None
    target = (file.parent / header).resolve()
    if not target.is_file():
        target = (root / "src" / header).resolve()
    if target.is_file() and (root / "src" / module) not in target.parents:
        return f"'{header}' is a private header of another module"
    return None


def check_options(tables, module, file, header):
    """The options.hpp that a module may include without its module includes nothing else of it."""
    others = set().union(*tables[1].values())
    if module not in others or file.name != "options.hpp" or not header.startswith("msunet/"):
        return None
    used = header.split("/")[1]
    if used == "core" or (used in others and is_options(header)):
        return None
    return f"options.hpp of {module} may include core and other modules' options only ('{header}')"


def breaches(root):
    """All violations of the layering in the tree under `root`, as printable lines."""
    root = Path(root).resolve()
    tables = read_table(root / "src" / "CMakeLists.txt")
    for tree, public in ((root / "include" / "msunet", True), (root / "src", False)):
        for folder in sorted(path for path in tree.iterdir() if path.is_dir()):
            module = folder.name
            if module not in tables[0]:
                yield f"{folder}:1: a folder that is not in the module table"
                continue
            for file in sorted(folder.rglob("*")):
                if file.suffix not in SOURCES:
                    continue
                for number, quoted, header in includes(file):
                    problem = check_library(module, public, header)
                    if problem is None and (quoted or header.startswith("msunet/")):
                        problem = (check_options(tables, module, file, header) or
                                   check_own(root, tables, module, file, header))
                    if problem:
                        yield f"{file}:{number}: {problem}"


def unused(root):
    """The modules that a row names and its module does not include, as printable lines."""
    root = Path(root).resolve()
    file = root / "src" / "CMakeLists.txt"
    for module, uses in read_table(file)[0].items():
        sources = [source for folder in (root / "include" / "msunet" / module, root / "src" / module)
                   for source in folder.rglob("*") if source.suffix in SOURCES]
        included = {header.split("/")[1] for source in sources
                    for _, _, header in includes(source) if header.startswith("msunet/")}
        for use in sorted(uses - included):
            yield f"{file}: row '{module}' names {use}, which it does not include"


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        found = [*breaches(arguments[0]), *unused(arguments[0])]
    except ValueError as error:
        found = [str(error)]
    for breach in found:
        print(breach)
    print(f"{len(found)} violations of the module table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
