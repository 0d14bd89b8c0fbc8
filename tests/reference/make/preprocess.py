# SPDX-License-Identifier: Apache-2.0
"""preprocess.py SCANS FOLDER: what SimpleITK and NumPy make of the pairs in SCANS by the rules of
docs/behaviour.md, as FOLDER/<name>.npz for each of MODES. Also imported by the interop tests."""

import os
import sys

import numpy as np
import SimpleITK as sitk

MODALITIES = ("anatomical", "dti", "noddi", "regwarp", "fmri")
# mode and its argument (mm or pixels), then (patch, stride) as parts of a slice or in pixels
MODES = {
    "spacing": dict(mode="spacing", argument=(0.08, 0.08, 0.76), fractions=(0.75, 0.125)),
    "target64": dict(mode="target", argument=64, fractions=(0.75, 0.125)),
    "target128": dict(mode="target", argument=128, fractions=(0.75, 0.125)),
    "spacing_fixed": dict(mode="spacing", argument=(0.08, 0.08, 0.76), fixed=(128, 32)),
}


def load(data, mask, frame=7):
    """The scan in float32 and its mask, scaled to 1, with the scan's geometry."""
    scan, mask = sitk.ReadImage(data), sitk.ReadImage(mask)
    if scan.GetDimension() == 4:
        scan = scan[:, :, :, min(frame, scan.GetSize()[3] - 1)]
    scan = sitk.Cast(scan, sitk.sitkFloat32)
    inside = sitk.GetArrayFromImage(mask).astype("f4")
    inside = sitk.GetImageFromArray(inside / inside.max())
    inside.CopyInformation(scan)
    return scan, inside


def resample(image, size, spacing, origin):
    """Linear, with outside value 0 and the same direction."""
    resampler = sitk.ResampleImageFilter()
    resampler.SetInterpolator(sitk.sitkLinear)
    resampler.SetOutputDirection(image.GetDirection())
    resampler.SetOutputOrigin(origin)
    resampler.SetOutputSpacing(spacing)
    resampler.SetSize([int(n) for n in size])
    return resampler.Execute(image)


def grid(image, mode, argument):
    """Size, spacing and origin: the same origin for a spacing, the same edges for a width."""
    size, spacing, origin = (
        np.array(values) for values in (image.GetSize(), image.GetSpacing(), image.GetOrigin())
    )
    if mode == "spacing":
        new = np.array(argument)
        return np.ceil(size * (spacing / new)).astype(int), new.tolist(), origin.tolist()
    new_size = np.array([argument, int(np.floor(argument * size[1] / size[0])), size[2]])
    new = size * spacing / new_size
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return new_size, new.tolist(), (origin + direction @ ((new - spacing) / 2)).tolist()


def pair(data, mask, mode, argument, fractional):
    """Resampled voxels, normalised voxels, mask (all z, y, x), and the slices that are kept."""
    scan, inside = load(data, mask)
    to = grid(scan, mode, argument)
    x, y = (sitk.GetArrayFromImage(resample(image, *to)) for image in (scan, inside))
    y = (y > 0.6).astype("u1")
    resampled = x.copy()
    mean = x.mean(dtype="f8")
    if 20 * mean >= np.percentile(x, 99):  # else the scan is z-scored and has no outliers
        outlier = np.float32(10 * mean if fractional else np.median(x))
        x = np.where(x > 20 * mean, outlier, x).astype("f4")
    x = (x - x.min()) / (x.max() - x.min())
    kept = np.arange(len(x))
    if "anatomical" not in os.path.basename(mask):
        kept = kept[1:-1]
    return resampled, x, y, np.array([k for k in kept if (x[k] > 0.2).any()])


def windows(height, width, fractions, fixed):
    """Patch height and width, strides, and the upper left corners."""
    if fractions:
        sides = [int(n * fractions[0]) for n in (height, width)]
        strides = [max(1, int(n * fractions[1])) for n in (height, width)]
    else:
        sides, strides = [fixed[0]] * 2, [fixed[1]] * 2
    corners = [
        (row, column)
        for row in range(0, height - sides[0] + 1, strides[0])
        for column in range(0, width - sides[1] + 1, strides[1])
    ]
    return *sides, *strides, corners


def dataset(folder, mode, argument, fractions=None, fixed=None):
    scans, masks = (sorted(os.listdir(f"{folder}/{kind}")) for kind in ("data", "masks"))
    patches, out = [], {}
    for i, (scan, mask) in enumerate(zip(scans, masks)):
        resampled, x, y, kept = pair(
            f"{folder}/data/{scan}", f"{folder}/masks/{mask}", mode, argument, bool(fractions)
        )
        height, width, *strides, corners = windows(*x.shape[1:], fractions, fixed)
        modality = next(k for k, name in enumerate(MODALITIES) if name in mask)
        patches += [
            (x[k, r : r + height, c : c + width], y[k, r : r + height, c : c + width], modality, i)
            for k in kept
            for r, c in corners
        ]
        middle = len(x) // 2
        out |= {
            f"{i}_name": scan,
            f"{i}_size_zyx": x.shape,
            f"{i}_kept": kept,
            f"{i}_patch_stride": (height, width, *strides),
            f"{i}_positions": np.array(corners),
            f"{i}_resampled_mid": resampled[middle],
            f"{i}_norm_mid": x[middle],
            f"{i}_mask_mid": y[middle],
            f"{i}_norm_sum": x.sum(dtype="f8"),
            f"{i}_mask_sum": int(y.sum()),
        }
    sides = [max(patch[0].shape[axis] for patch in patches) for axis in (0, 1)]
    if fractions:
        sides = [-(-side // 32) * 32 for side in sides]
    x, y = np.zeros((len(patches), *sides), "f4"), np.zeros((len(patches), *sides), "u1")
    for n, (voxels, mask, _, _) in enumerate(patches):
        x[n, : voxels.shape[0], : voxels.shape[1]] = voxels
        y[n, : mask.shape[0], : mask.shape[1]] = mask
    draw = np.random.RandomState(11)
    at = np.stack([draw.randint(0, n, 256) for n in x.shape], 1)
    return out | {
        "shape": x.shape,
        "modality": np.array([patch[2] for patch in patches], "u1"),
        "pair": np.array([patch[3] for patch in patches]),
        "patch_sum_x": x.sum((1, 2), dtype="f8"),
        "patch_sum_y": y.sum((1, 2), dtype="i8"),
        "sample_index": at,
        "sample_x": x[tuple(at.T)],
        "sample_y": y[tuple(at.T)],
    }


def make(scans, folder):
    os.makedirs(folder, exist_ok=True)
    for name, arguments in MODES.items():
        np.savez_compressed(os.path.join(folder, name + ".npz"), **dataset(scans, **arguments))


if __name__ == "__main__":
    make(*sys.argv[1:])
