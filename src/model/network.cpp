// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/network.hpp"

#include <utility>

#include "model/network_base.hpp"

namespace msunet::model {
namespace {

at::ScalarType master_type(Precision precision) {
    return precision == Precision::float64 ? at::kDouble : at::kFloat;
}

std::unique_ptr<FusedOps> fused_ops_for(at::Device device) {
    return device.is_cpu() ? make_cpu_fused_ops() : make_aten_fused_ops();
}

at::TensorOptions master_of(const NetworkOptions& options) {
    return at::TensorOptions(options.device).dtype(master_type(options.precision));
}

}  // namespace

NetworkBase::NetworkBase(NetworkParts parts)
    : architecture_(parts.architecture),
      options_(std::move(parts.options)),
      fused_ops_(parts.fused_ops ? std::move(parts.fused_ops) : fused_ops_for(options_.device)),
      weights_(architecture_, options_.trainable, master_of(options_)) {
    weights_.load(parts.weights);
}

at::TensorOptions NetworkBase::master_options() const { return master_of(options_); }

at::ScalarType NetworkBase::compute_type() const {
    return options_.precision == Precision::bf16 ? at::kBFloat16 : master_type(options_.precision);
}

at::Tensor NetworkBase::to_input(const at::Tensor& x) const {
    const at::Tensor images = x.dim() == 3 ? x.unsqueeze(1) : x;
    return images.to(options_.device, compute_type()).contiguous(at::MemoryFormat::ChannelsLast);
}

std::unique_ptr<Network> make_network(NetworkParts parts) {
    const bool fused = !fused_network_problem(parts.architecture);
    return fused ? make_fused_network(std::move(parts)) : make_autograd_network(std::move(parts));
}

std::unique_ptr<Network> make_inference_network(NetworkParts parts) {
    parts.options.trainable.assign(parts.architecture.layers().size(), false);
    parts.options.inference_only = true;
    return make_network(std::move(parts));
}

}  // namespace msunet::model
