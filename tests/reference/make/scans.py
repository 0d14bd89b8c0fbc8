# SPDX-License-Identifier: Apache-2.0
"""scans.py FOLDER: three made-up pairs of scan and mask in FOLDER/data and FOLDER/masks. An
anatomical scan (uint16, thin slices), an fMRI scan (float32) and a 4-D NODDI scan (int16) whose
mask is 255 inside."""

import os
import sys

import nibabel as nib
import numpy as np

# name: (size, voxels in mm, frames, type, value inside the brain, value of the mask inside)
SCANS = {
    "a_fvb01_anatomical": ((96, 80, 20), (0.15, 0.15, 0.3), 1, "u2", 2400, 1),
    "b_rs01_1_fmri": ((56, 48, 12), (0.25, 0.25, 1.0), 1, "f4", 60, 1),
    "c_rs02_1_noddi": ((56, 48, 8), (0.25, 0.25, 1.0), 9, "i2", 1500, 255),
}


def pair(draw, size, frames, inside):
    """Voxels (x, y, z, frame) of an ellipsoid in a rim of other tissue, and the mask. Noise has a
    sixty-fourth of `inside` as its unit, for the sake of the files' size. A few voxels are above 20
    times the mean, which preprocessing replaces."""
    x, y, z = (np.linspace(-1, 1, n).reshape([-1 if i == k else 1 for k in range(3)])
               for i, n in enumerate(size))
    distance = np.sqrt((x / 0.4) ** 2 + ((y + 0.1) / 0.45) ** 2 + (z / 1.1) ** 2)
    mask = distance < 1
    tissue = np.where(mask, 1.0, np.where(distance < 1.3, 0.3, 0.02)) * (1 - 0.25 * x)
    tissue = tissue[..., None] * (1 + 0.02 * np.arange(frames))
    noise = draw.randint(-6, 7, (*size, frames)) / 64
    voxels = np.clip(tissue + noise * (0.2 + 0.8 * tissue), 0, None)
    voxels[tuple(draw.randint(0, n, 12) for n in size)] *= 25
    return np.round(voxels * 64) / 64 * inside, mask


def write(folder, voxels, spacing, kind):
    image = nib.Nifti1Image(voxels.astype(kind), np.diag([*spacing, 1.0]))
    image.set_qform(image.affine, 1)
    image.header.set_xyzt_units("mm", "sec")
    nib.save(image, folder)


def make(folder):
    draw = np.random.RandomState(3)
    for kind in ("data", "masks"):
        os.makedirs(os.path.join(folder, kind), exist_ok=True)
    for name, (size, spacing, frames, kind, inside, mask_inside) in SCANS.items():
        voxels, mask = pair(draw, size, frames, inside)
        voxels = np.clip(voxels, None, np.iinfo(kind).max) if kind != "f4" else voxels
        voxels = voxels[..., 0] if frames == 1 else voxels
        write(os.path.join(folder, "data", f"{name}_data.nii.gz"), voxels, spacing, kind)
        write(os.path.join(folder, "masks", f"{name}_mask.nii.gz"), mask * mask_inside, spacing, "u1")


if __name__ == "__main__":
    make(sys.argv[1])
