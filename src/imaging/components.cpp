// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/components.hpp"

#include <itkConnectedComponentImageFilter.h>

#include <algorithm>
#include <vector>

#include "itk_image.hpp"

namespace msunet::imaging {

Components components_of(const core::Volume& mask) {
    using Labels = itk::Image<std::uint32_t, 3>;
    auto filter = itk::ConnectedComponentImageFilter<FloatImage, Labels>::New();
    filter->SetInput(view_of(mask));
    filter->FullyConnectedOn();
    filter->Update();
    Components components{.count = filter->GetObjectCount()};
    std::vector<std::size_t> sizes(components.count + 1);
    const auto* labels = filter->GetOutput()->GetBufferPointer();
    for (std::size_t i = 0; i < mask.voxel_count(); ++i) ++sizes[labels[i]];
    components.largest =
        components.count == 0 ? 0 : *std::max_element(sizes.begin() + 1, sizes.end());
    return components;
}

}  // namespace msunet::imaging
