// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/data_parts.hpp"

namespace msunet::sweep {

DataParts parts_of(const record::DataSummary& data) {
    DataParts parts;
    for (const record::DataPair& pair : data.pairs) {
        const auto modality = static_cast<std::size_t>(pair.modality);
        if (!pair.validation) parts.training[modality] = true;
        if (pair.validation || !pair.folds.empty()) parts.validation[modality] = true;
    }
    if (data.pairs.empty()) {
        parts.training.fill(true);
        parts.validation.fill(data.validation_samples > 0);
    }
    return parts;
}

}  // namespace msunet::sweep
