# SPDX-License-Identifier: Apache-2.0
"""masks.py FOLDER: FOLDER/masks.npz, pairs of made-up masks with what SciPy and NumPy make of them
by the rules of docs/behaviour.md: Hausdorff distance, surface Dice, largest piece without holes.
Surfaces and percentiles are computed as MONAI's get_mask_edges, compute_hausdorff_distance and
compute_surface_dice compute them."""

import os
import sys

import numpy as np
from scipy import ndimage

# Shape (z, y, x), spacing in mm (z, y, x), tolerance in mm.
CASES = (
    ((10, 20, 24), (0.75, 0.1, 0.12), 0.12),
    ((14, 16, 16), (0.3, 0.3, 0.3), 0.3),
    ((6, 30, 22), (1.0, 0.07, 0.05), 0.2),
    ((1, 24, 24), (1.0, 0.2, 0.15), 0.2),
    ((9, 18, 18), (0.5, 0.25, 0.25), 0.25),
)


def blob(draw, shape, level):
    """A smooth random mask with specks and holes, up to the borders of the volume."""
    noise = ndimage.gaussian_filter(draw.standard_normal(shape), 1.2)
    centre = [(n - 1) / 2 for n in shape]
    axes = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    far = sum(((a - c) / max(1, 0.45 * n)) ** 2 for a, c, n in zip(axes, centre, shape))
    inside = far + 2.5 * noise < level
    spots = ndimage.binary_dilation(draw.random_sample(shape) < 0.004)
    spots &= draw.random_sample(shape) < 0.7
    return inside ^ spots


def edges(mask):
    """MONAI: the mask without its erosion by faces, outside of the volume is outside."""
    flat = mask.shape[0] == 1
    eroded = ndimage.binary_erosion(mask[0])[None] if flat else ndimage.binary_erosion(mask)
    return mask ^ eroded


def surface_distances(reference, mask, spacing):
    surfaces = edges(reference), edges(mask)
    return [
        ndimage.distance_transform_edt(~surfaces[1 - k], sampling=spacing)[surfaces[k]]
        for k in (0, 1)
    ]


def cleaned(mask):
    labels, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    if count == 0:
        return mask
    largest = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    if mask.shape[0] == 1:
        return ndimage.binary_fill_holes(largest[0])[None]
    return ndimage.binary_fill_holes(largest)


def make(folder):
    os.makedirs(folder, exist_ok=True)
    draw = np.random.RandomState(18)
    out = {}
    for i, (shape, spacing, tolerance) in enumerate(CASES):
        reference, mask = blob(draw, shape, 0.9), blob(draw, shape, 1.0)
        distances = surface_distances(reference, mask, spacing)
        joined = np.concatenate(distances)
        out |= {
            f"{i}_spacing": np.array(spacing),
            f"{i}_tolerance": tolerance,
            f"{i}_reference": reference.astype("u1"),
            f"{i}_mask": mask.astype("u1"),
            f"{i}_hausdorff95": max(np.percentile(one, 95) for one in distances),
            f"{i}_surface_dice": np.mean(joined <= tolerance * (1 + 1e-9)),
            f"{i}_cleaned": cleaned(mask).astype("u1"),
        }
    np.savez_compressed(os.path.join(folder, "masks.npz"), **out)


if __name__ == "__main__":
    make(*sys.argv[1:])
