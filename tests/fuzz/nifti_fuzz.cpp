// SPDX-License-Identifier: Apache-2.0
// NIfTI header and voxels. The first byte chooses between .nii and .nii.gz.
#include "fuzz/fuzz.hpp"
#include "msunet/io/nifti.hpp"
#include "msunet/io/nifti_values.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    static const fuzz::Folder folder;
    if (size == 0) return 0;
    const auto file =
        folder.file(data[0] % 2 == 0 ? "a.nii" : "a.nii.gz", fuzz::text_of(data + 1, size - 1));
    fuzz::expect_answer([&] {
        const auto header = io::check_nifti(file);
        fuzz::expect(header.voxels_per_frame() >= 1 && header.frames >= 1);
        fuzz::expect(io::count_non_finite(file, header, 7) <= header.voxels_per_frame());
    });
    return 0;
}
