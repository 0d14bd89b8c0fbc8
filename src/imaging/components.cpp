// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/components.hpp"

#include <itkConnectedComponentImageFilter.h>

#include <algorithm>

#include "itk_image.hpp"

namespace msunet::imaging {

Components components_of(const core::Volume& mask) {
    using Labels = itk::Image<std::uint32_t, 3>;
    auto filter = itk::ConnectedComponentImageFilter<FloatImage, Labels>::New();
    filter->SetInput(view_of(mask));
    filter->FullyConnectedOn();
    filter->Update();
    Components components{.count = filter->GetObjectCount()};
    const auto* labels = filter->GetOutput()->GetBufferPointer();
    components.labels.assign(labels, labels + mask.voxel_count());
    if (components.count == 0) return components;
    std::vector<std::size_t> sizes(components.count + 1);
    for (const std::uint32_t label : components.labels) ++sizes[label];
    const auto largest = std::max_element(sizes.begin() + 1, sizes.end());
    components.largest = *largest;
    components.largest_label = static_cast<std::uint32_t>(largest - sizes.begin());
    return components;
}

}  // namespace msunet::imaging
