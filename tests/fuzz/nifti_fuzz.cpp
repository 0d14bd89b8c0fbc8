// SPDX-License-Identifier: Apache-2.0
// NIfTI header and voxels. The first byte chooses between .nii and .nii.gz.
#include "fuzz/fuzz.hpp"
#include "msunet/io/nifti_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace msunet;
    static const fuzz::Folder folder;
    if (size == 0) return 0;
    const auto file =
        folder.file(data[0] % 2 == 0 ? "a.nii" : "a.nii.gz", fuzz::text_of(data + 1, size - 1));
    fuzz::expect_answer([&] {
        io::NiftiFile opened(file);
        const std::size_t voxels = opened.header().voxels_per_frame();
        fuzz::expect(voxels >= 1 && opened.header().frames >= 1);
        const auto frame = std::move(opened).read(7, io::Extent::whole);
        fuzz::expect(frame.volume.voxels.size() == voxels && frame.not_finite <= voxels);
    });
    return 0;
}
