# SPDX-License-Identifier: Apache-2.0
"""Our preprocessing in Python with SimpleITK's filters and NumPy, as a user would write it.

  pipeline.py samples SCANS SIZE COUNT X Y     COUNT samples of SIZE x SIZE pixels as raw files
  pipeline.py slices SCANS SPACING WORKERS [PLAN]   all slices of all scans; prints the time

PLAN is the output of `augmentation_plan`: the augmented copies of the scans."""

import json
import math
import multiprocessing
import os
import sys
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

MODALITIES = ("anatomical", "dti", "noddi", "regwarp", "fmri")
ANGLE, SHIFT, SCALE, SHEAR = math.pi / 100, 0.5, 0.05, 0.1


def pairs(scans):
    """Pairs of the n-th volume and the n-th mask."""
    return list(zip(*(sorted((Path(scans) / kind).iterdir()) for kind in ("data", "masks"))))


def modality(mask):
    return next(name for name in MODALITIES if name in mask.name)


def read(data, mask, frame=7):
    volume, mask = sitk.ReadImage(str(data)), sitk.ReadImage(str(mask))
    if volume.GetDimension() == 4:
        volume = volume[:, :, :, min(frame, volume.GetSize()[3] - 1)]
    volume = sitk.Cast(volume, sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(mask).astype("f4")
    binary = sitk.GetImageFromArray(values / max(values.max(), 1))
    binary.CopyInformation(volume)
    return volume, binary


def resampled(image, size, spacing, origin):
    return sitk.Resample(image, [int(n) for n in size], sitk.Transform(), sitk.sitkLinear,
                         list(origin), list(spacing), image.GetDirection())


def grid(image, width=None, spacing=None):
    """Size, spacing and origin for a new width or for a new spacing in mm."""
    size, old, origin = (np.array(f()) for f in (image.GetSize, image.GetSpacing, image.GetOrigin))
    if spacing is not None:
        return np.ceil(size * (old / np.array(spacing))).astype(int), spacing, origin
    new = np.array([width, width * size[1] // size[0], size[2]])
    steps = size * old / new
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return new, steps, origin + direction @ ((steps - old) / 2)


def normalised(x):
    """Replaces outliers by ten times the mean and scales to [0,1]."""
    mean = x.mean(dtype="f8")
    if 20 * mean >= np.percentile(x, 99):
        x = np.where(x > 20 * mean, np.float32(10 * mean), x)
    return (x - x.min()) / (x.max() - x.min())


def slices(volume, mask, kind, **target):
    """The slices that are kept, as float32 in [0,1], and their masks as bytes."""
    place = grid(volume, **target)
    x, y = (sitk.GetArrayFromImage(resampled(image, *place)) for image in (volume, mask))
    x, y = normalised(x).astype("f4"), (y > 0.6).astype("u1")
    if kind != "anatomical":
        x, y = x[1:-1], y[1:-1]
    kept = x.max((1, 2)) > 0.2
    return x[kept], y[kept]


# ------------------------------------------------------------------------------------ augmentation

def moved(image, transform, binary):
    plain = sitk.Image(image)
    plain.SetOrigin((0, 0, 0))
    plain.SetDirection(np.eye(3).ravel())
    result = sitk.Resample(plain, transform, sitk.sitkLinear, 0.0)
    if binary:
        result = sitk.Cast(result > 0.6, sitk.sitkFloat32)
    result.CopyInformation(image)
    return result


def augmented(volume, mask, operations, seed):
    draw = np.random.RandomState(seed)
    centre = [(n - 1) / 2 * s for n, s in zip(volume.GetSize(), volume.GetSpacing())]
    transforms = []
    if "rotation" in operations:
        transforms.append(sitk.Euler3DTransform(centre, *draw.uniform(-ANGLE, ANGLE, 3),
                                                draw.uniform(-SHIFT, SHIFT, 3)))
    if "affine" in operations:
        affine = sitk.AffineTransform(3)
        affine.SetCenter(centre)
        affine.Scale(draw.uniform(1 - SCALE, 1 + SCALE, 3))
        affine.Shear(0, 1, draw.uniform(0, SHEAR))
        transforms.append(affine)
    for transform in transforms:
        volume, mask = moved(volume, transform, False), moved(mask, transform, True)
    if "noise" in operations:
        sigma = 0.01 * np.percentile(sitk.GetArrayViewFromImage(volume), 99)
        volume = sitk.AdditiveGaussianNoise(volume, sigma, 0.0, seed)
    if "contrast" in operations:
        volume = sitk.AdaptiveHistogramEqualization(volume, [5, 5, 5], 0.9, 0.5)
    return volume, mask


# -------------------------------------------------------------------------------------- the phases

def make_slices(task):
    data, mask, target, operations = task
    volume, binary = read(data, mask)
    if operations:
        volume, binary = augmented(volume, binary, operations, 1)
    return slices(volume, binary, modality(mask), **target)


def one_thread():
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)


def all_slices(scans, target, workers, plan=()):
    """Slices of all scans and copies, in `workers` processes, the most expensive scans first."""
    found = pairs(scans)
    tasks = [(data, mask, target, []) for data, mask in found]
    tasks += [(*found[copy["pair"]], target, copy["operations"]) for copy in plan]
    order = sorted(range(len(tasks)), reverse=True, key=lambda i: (
        "contrast" in tasks[i][3], tasks[i][0].stat().st_size))
    with multiprocessing.Pool(workers, one_thread) as pool:
        made = pool.map(make_slices, [tasks[i] for i in order], 1)
    return [made[order.index(i)] for i in range(len(tasks))]


def windows(size, fraction, stride_fraction):
    """Patch size and positions along one axis."""
    patch, stride = int(size * fraction), max(1, int(size * stride_fraction))
    return patch, range(0, size - patch + 1, stride)


def patches(x, y, fraction, stride_fraction):
    """All patches of a volume's slices, padded to multiples of 32."""
    height, rows = windows(x.shape[1], fraction, stride_fraction)
    width, columns = windows(x.shape[2], fraction, stride_fraction)
    pad = ((0, 0), (0, -height % 32), (0, -width % 32))
    return [[np.pad(image[i:i + 1, r:r + height, c:c + width], pad) for image in (x, y)]
            for i in range(len(x)) for r in rows for c in columns]


def write_samples(scans, size, count, x_file, y_file):
    """Writes `count` samples of size x size, drawn from the patches of all scans."""
    found = []
    for x, y in all_slices(scans, {"width": size * 4 // 3}, os.cpu_count()):
        found += [patch for patch in patches(x, y, 0.75, 0.25)
                  if patch[0].shape[1:] == (size, size)]
    chosen = np.random.RandomState(1).choice(len(found), count, replace=len(found) < count)
    np.concatenate([found[i][0] for i in chosen]).astype("f4").tofile(x_file)
    np.concatenate([found[i][1] for i in chosen]).astype("u1").tofile(y_file)


def main():
    command, scans, *words = sys.argv[1:]
    if command == "samples":
        write_samples(scans, int(words[0]), int(words[1]), *words[2:])
        return
    spacing, workers = float(words[0]), int(words[1])
    plan = json.loads(Path(words[2]).read_text()) if len(words) > 2 else []
    began = time.perf_counter()
    made = all_slices(scans, {"spacing": (spacing, spacing, 0.76)}, workers, plan)
    print(json.dumps({"seconds": time.perf_counter() - began,
                      "slices": sum(len(x) for x, _ in made),
                      "bytes": sum(x.nbytes + y.nbytes for x, y in made)}))


if __name__ == "__main__":
    main()
