# SPDX-License-Identifier: Apache-2.0
"""The bytes of a .npy file of one dictionary, as NumPy writes them: format 1.0 with a pickle of
protocol 3 (see pickletools for the opcodes). The values are lists of None, bool, int, float, str."""

import struct

HEADER = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }"
# numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b'b') and its state, up to the list.
ARRAY = (
    b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"
    b"(K\x01)cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R"
    b"(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]"
)


def encoded(value):
    if value is None:
        return b"N"
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
    if isinstance(value, list):
        return b"]" + (b"(" + b"".join(map(encoded, value)) + b"e" if value else b"")
    if isinstance(value, dict):
        items = b"".join(encoded(part) for item in value.items() for part in item)
        return b"}" + (b"(" + items + b"u" if value else b"")
    raise TypeError(value)


def npy(dictionary):
    padding = b" " * (128 - 10 - 1 - len(HEADER)) + b"\n"
    header = HEADER + padding
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    return start + ARRAY + encoded(dictionary) + b"atb."
