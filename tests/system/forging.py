"""Changing what a file of the log says and sealing it anew, so that its checksums are right: what only the program's own
looks at the content can notice."""
import zlib

import h5py

SEAL = 512  # bytes in front of HDF5's part


def seal(path):
    """As src/store/seal.c does, without the second checksum, which counts only for files that a viewer has rewritten."""
    with open(path, "r+b") as file:
        content = file.read()
        body = content[SEAL:]
        line = f"confx log: HDF5 from byte {SEAL} on\nbytes {len(content)}\ncrc32 {zlib.crc32(body):08x}\n".encode()
        file.seek(0)
        file.write(line.ljust(SEAL, b"\0"))


def forge(path, change):
    """change(file): what is done to the open HDF5 file."""
    with h5py.File(path, "r+") as file:
        change(file)
    seal(path)


def put(name, value, at=...):
    """A change: the values at `at` of a dataset."""

    def change(file):
        content = file[name][...]
        content[at] = value
        file[name][...] = content

    return change


def replace(name, value):
    """A change: another dataset, of any shape and type, in the place of this one."""

    def change(file):
        attributes = dict(file[name].attrs)
        del file[name]
        made = file.create_dataset(name, data=value)
        for key, item in attributes.items():
            made.attrs[key] = item

    return change


def drop(name):
    """A change: the dataset is no more."""

    def change(file):
        del file[name]

    return change
