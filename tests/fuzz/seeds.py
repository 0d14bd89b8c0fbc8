# SPDX-License-Identifier: Apache-2.0
"""seeds.py FOLDER: writes a small initial corpus for each fuzzer, FOLDER/<fuzzer>/<number>."""

import gzip
import io
import shutil
import struct
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "system"))

import program  # noqa: E402  (needs the path)

# The reader that the first byte of the fuzzer's input selects.
PLAIN, PACKED = b"\0", b"\1"
SEAL, DESCRIPTION = b"\0", b"\1"
ZIP, PNG = b"\0", b"\1"


def nifti_2(size, values):
    """A NIfTI-2 file of float32."""
    dimensions = [len(size), *size] + [1] * (7 - len(size))
    head = struct.pack("<i8s2h8q", 540, b"n+2\0\r\n\032\n", 16, 32, *dimensions)
    head += struct.pack("<3d8d", 0, 0, 0, 1, 0.1, 0.1, 0.5, 1, 1, 1, 1)
    head += struct.pack("<q6d2q80s24s2i", 544, 1, 0, 0, 0, 0, 0, 0, 0, b"", b"", 0, 1)
    head += struct.pack("<6d12d", 0, 0, 0, 0, 0, 0, 0.1, 0, 0, 1, 0, 0.1, 0, 2, 0, 0, 0.5, 3)
    head += struct.pack("<3i16s16s4x", 0, 2, 0, b"", b"")
    assert len(head) == 544
    return head + struct.pack(f"<{len(values)}f", *values)


def nifti():
    with tempfile.TemporaryDirectory() as folder:
        for size, kind, value in (((4, 3, 2), "f", 1.5), ((2, 2, 1, 9), "h", 7), ((3, 3, 1), "B", 1)):
            file = Path(folder) / "a.nii"
            count = 1
            for length in size:
                count *= length
            program.write_nifti(file, size, [value] * count, kind=kind)
            yield PLAIN + file.read_bytes()
            yield PACKED + gzip.compress(file.read_bytes(), mtime=0)
    second = nifti_2((4, 3, 2), [1.5] * 24)
    yield PLAIN + second
    yield PACKED + gzip.compress(second, mtime=0)


def grid():
    yield from (
        b"{'lr': [0.001, 0.01], 'epochs': 20, 'losses': ['dice_coef_loss', \"bce\"]}",
        b"{'lr': (0.0001, 0.01, 5), 'batch_size': (16, 129, 4), 'pca_only': [True, False]}",
        b"final activation: [sigmoid, hard sigmoid], which-layer: [0, 19], dropout: .5",
        b'{"lr": "(1e-4, 1e-2, 5)", "optimizer": ["Adam", "SGD"], "modality_weight": [null]}',
        b"lr:\n  - 0.1\n  - 1e-3\nepochs: 3\nlosses: [mse, 'kl_divergence']\n",
        b"{'a': ['\\x41\\n\\u00e4', u'b', r'c', '''d'''], 'b': [-1, +2, 0x1f, 1_000, 1e400]}",
        b"# a comment\n{'lr': [0.1,],}",
        b"{'lr': loguniform(1e-4, 1e-2), 'dropout': uniform(0, .5), 'epochs': randint(1, 900)}",
        b"batch_size: choice([8, 16])\nlosses: choice('mse', \"bce\")\nlr: quniform(0, 1, 1e-3)\n",
    )


def yaml():
    for file in sorted((PROJECT / "configs").glob("*.yaml")):
        yield file.read_bytes()
    yield b"talos_params: {lr: [0.1, 0.2], epochs: 3}\nseed: 7\ntarget-size: 64\n"
    yield b"'validation split': 0.25\nenable_noise: no\nmetric: val_dice_coef\n"


def expression():
    yield from (
        b"lr < 0.01 and batch_size != 256",
        b"lambda p: p['lr'] * p['batch_size'] >= 1e-2 or not p['pca_only']",
        b"losses in ['bce', \"dice_coef_loss\"] and modality_weight is None",
        b"1 < batch_size ** 2 // 3 % 5 <= 7.5e1 and -lr + (2 - 1) / 4 not in [1, 'a', True]",
        b"modality_weight is not None == False",
    )


def description(slices):
    size = "[[16,16,4],[1.0,1.0,1.0],[0.0,0.0,0.0]]"
    return (f'{{"version":1,"sources":[["a",1,false,false,0,4,4,{slices},"00ff"]],'
            f'"pairs":[[["a_data.nii","a_mask.nii",1,false],{size},{size}]],"slices":[{slices}],'
            f'"copies":0,"largest_bytes":1024,"warnings":[],"notices":["n"]}}').encode()


def cache():
    yield DESCRIPTION + description(2)
    yield DESCRIPTION + description(4294967295)
    text = b"key 4 " + b"0" * 32
    length = b"%016d" % len(text)
    yield SEAL + b"data" + text + b"0" * 32 + length + b"msunet-seal-0001"
    yield SEAL + b"0" * 32 + b"9" * 16 + b"msunet-seal-0001"


def archive():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as members:
            members.writestr("a.npy", b"\x93NUMPY" + bytes(60))
            members.writestr("b/c.txt", "text" * 50)
        yield ZIP + packed.getvalue()
    yield PNG + png(3, 2)


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x7f" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def journal():
    for name in ("journal.jsonl", "journal_version_1.jsonl"):
        text = (HERE / "seeds" / name).read_bytes()
        yield text
        yield text[: 2 * len(text) // 3]


def result():
    yield (HERE / "seeds" / "result.json").read_bytes()


def keras():
    # The fuzzer's bytes choose groups and types; no file is mutated.
    yield bytes(range(256)) * 2
    yield b"\0" * 64


def main():
    for make in (nifti, grid, yaml, expression, cache, archive, journal, result, keras):
        folder = Path(sys.argv[1]) / make.__name__
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, content in enumerate(make()):
            (folder / str(number)).write_bytes(content)


if __name__ == "__main__":
    main()
