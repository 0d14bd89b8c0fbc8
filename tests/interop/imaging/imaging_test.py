# SPDX-License-Identifier: Apache-2.0
"""Module imaging against SimpleITK: geometry and resampling to the bit, transforms with the same
parameters, adaptive histogram equalisation.
usage: imaging_test.py IMAGING_TOOL"""
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import SimpleITK as sitk

sys.path.insert(0, os.path.join(os.environ["MSUNET_SOURCE_DIR"], "tests", "reference", "make"))
import preprocess

TOOL = sys.argv[1]
ROUNDS = 12


def rotation_matrix(random):
    """A random rotation, sometimes with a flip."""
    q, _ = np.linalg.qr(random.normal(size=(3, 3)))
    return q


def random_image(random, integers=False):
    """An image with random size, spacing, origin and direction; smooth with an empty border."""
    size = random.integers(8, 26, 3)
    voxels = random.uniform(0, 1000, size[::-1])
    voxels[:, :2, :] = 0
    image = sitk.GetImageFromArray(voxels.astype('i2' if integers else 'f4'))
    image.SetSpacing([float(np.float32(s)) for s in random.uniform(0.05, 1.2, 3)])
    image.SetOrigin([float(np.float32(o)) for o in random.uniform(-20, 20, 3)])
    image.SetDirection(rotation_matrix(random).ravel().tolist())
    return image


class Imaging(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(5)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ours(self, image, *command):
        """The tool's voxels (z, y, x), its geometry, and the image as SimpleITK reads it back."""
        name, out = (os.path.join(self.folder.name, n) for n in ('in.nii', 'out.raw'))
        sitk.WriteImage(image, name)
        text = subprocess.run([TOOL, name, out, *map(repr_of, command)], check=True,
                              capture_output=True, text=True).stdout.split()
        size = [int(n) for n in text[:3]]
        return np.fromfile(out, 'f4').reshape(size[::-1]), text, sitk.ReadImage(name)

    def check_geometry(self, text, image):
        self.assertEqual([int(n) for n in text[:3]], list(image.GetSize()))
        expected = [*image.GetSpacing(), *image.GetOrigin(), *image.GetDirection()]
        self.assertEqual([float(v) for v in text[3:]], expected)

    def test_reading_is_simpleitk_s_to_the_last_digit(self):
        for k in range(ROUNDS):
            voxels, text, image = self.ours(random_image(self.random, k % 2 == 0), 'read', 7)
            self.check_geometry(text, image)
            np.testing.assert_array_equal(voxels, sitk.GetArrayFromImage(image).astype('f4'))

    def test_a_frame_of_a_4d_file(self):
        frames = [random_image(np.random.default_rng(3), True) for _ in range(9)]
        frames = [sitk.Cast(f + k, sitk.sitkInt16) for k, f in enumerate(frames)]
        for f in frames:
            f.CopyInformation(frames[0])
        voxels, text, image = self.ours(sitk.JoinSeries(frames), 'read', 7)
        frame = image[:, :, :, 7]
        self.check_geometry(text, frame)
        np.testing.assert_array_equal(voxels, sitk.GetArrayFromImage(frame).astype('f4'))

    def test_target_size(self):
        for _ in range(ROUNDS):
            target = int(self.random.integers(5, 60))
            voxels, text, image = self.ours(random_image(self.random), 'target', target)
            n, s = np.array(image.GetSize()), np.array(image.GetSpacing())
            size = np.array([target, int(np.floor(target * n[1] / n[0])), n[2]])
            # The tool's own spacing and origin, so that the voxels can agree to the bit.
            spacing, origin = ([float(v) for v in text[a:a + 3]] for a in (3, 6))
            np.testing.assert_allclose(spacing, n * s / size, rtol=1e-15)
            direction = np.array(image.GetDirection()).reshape(3, 3)
            shift = direction @ ((n * s / size - s) / 2)
            np.testing.assert_allclose(origin, image.GetOrigin() + shift, atol=1e-13)
            expected = sitk.GetArrayFromImage(preprocess.resample(image, size, spacing, origin))
            np.testing.assert_array_equal(voxels, expected)

    def test_spacing(self):
        for _ in range(ROUNDS):
            new = [0.08, 0.08, 0.76]
            voxels, text, image = self.ours(random_image(self.random), 'spacing', new[0], new[2])
            size = np.ceil(np.array(image.GetSize()) * (np.array(image.GetSpacing()) / new))
            expected = preprocess.resample(image, size, new, image.GetOrigin())
            self.check_geometry(text, expected)
            np.testing.assert_array_equal(voxels, sitk.GetArrayFromImage(expected))

    def transformed(self, image, transform):
        """`image` transformed by SimpleITK, with origin 0 and identity direction."""
        image = sitk.Image(image)
        image.SetOrigin([0, 0, 0])
        image.SetDirection(np.eye(3).ravel().tolist())
        n, s = np.array(image.GetSize()), np.array(image.GetSpacing())
        transform.SetCenter(((n - 1) / 2 * s).tolist())
        return sitk.GetArrayFromImage(sitk.Resample(image, image, transform, sitk.sitkLinear, 0.0))

    def check_voxels(self, voxels, expected, image, tolerance):
        reach = np.ptp(sitk.GetArrayFromImage(image).astype('f8'))
        np.testing.assert_allclose(voxels, expected, rtol=0, atol=tolerance * reach)

    def test_rotation(self):
        for _ in range(ROUNDS):
            angles = self.random.uniform(-np.pi / 100, np.pi / 100, 3)
            shift = self.random.uniform(-0.5, 0.5, 3)
            voxels, _, image = self.ours(random_image(self.random), 'rotate', *angles, *shift)
            transform = sitk.Euler3DTransform()
            transform.SetRotation(*angles.tolist())
            transform.SetTranslation(shift.tolist())
            self.check_voxels(voxels, self.transformed(image, transform), image, 1e-6)

    def test_affine(self):
        for _ in range(ROUNDS):
            scale = self.random.uniform(0.95, 1.05, 3)
            axes = self.random.permutation(3)[:2].tolist()
            shear = self.random.uniform(0, 0.1)
            voxels, _, image = self.ours(random_image(self.random), 'affine', *scale, *axes, shear)
            transform = sitk.AffineTransform(3)
            transform.Scale(scale.tolist())
            transform.Shear(axes[0], axes[1], shear)
            self.check_voxels(voxels, self.transformed(image, transform), image, 1e-6)

    def test_adaptive_histogram_equalisation(self):
        for k in range(ROUNDS):
            alpha, beta, radius = (0.9, 0.5, 5) if k % 2 == 0 else (0.4, 0.8, 3)
            voxels, _, image = self.ours(random_image(self.random), 'equalise', alpha, beta, radius)
            expected = sitk.AdaptiveHistogramEqualization(image, [radius] * 3, alpha, beta)
            self.check_voxels(voxels, sitk.GetArrayFromImage(expected), image, 1e-6)


def repr_of(argument):
    """A number as text with all digits."""
    return argument if isinstance(argument, str) else repr(float(argument))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
