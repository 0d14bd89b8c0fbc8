// SPDX-License-Identifier: Apache-2.0
// Runs our losses, optimisers, PCA and callbacks for keras_math_test.py.
// usage: math_tool objective LOSS ACTIVATION TYPE IN.npz OUT.npz
//        math_tool optimizer NAME LR TYPE IN.npz OUT.npz
//        math_tool pca IN.npz OUT.npz
//        math_tool callbacks SCHEDULE PATIENCE IN.npz OUT.npz

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdio>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/zip.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/model/objective.hpp"
#include "msunet/model/optimizer.hpp"
#include "msunet/model/pca.hpp"
#include "msunet/train/callbacks.hpp"
#include "support/npy.hpp"

namespace msunet {
namespace {

using Arrays = std::map<std::string, test::NpyArray>;
using Members = std::vector<io::ZipMember>;

at::Tensor tensor(const test::NpyArray& array, at::ScalarType type = at::kDouble) {
    return at::from_blob(const_cast<double*>(array.values.data()), array.shape, at::kDouble)
        .to(type, false, true);
}

void add(Members& members, const std::string& name, const at::Tensor& values) {
    const at::Tensor wide = values.to(at::kDouble).contiguous();
    const auto sizes = wide.sizes();
    members.push_back(
        {name + ".npy",
         io::npy_bytes(std::vector<std::int64_t>(sizes.begin(), sizes.end()),
                       std::span<const double>(wide.data_ptr<double>(), wide.numel()))});
}

void add(Members& members, const std::string& name, std::span<const double> values) {
    members.push_back(
        {name + ".npy",
         io::npy_bytes(std::vector{static_cast<std::int64_t>(values.size())}, values)});
}

at::ScalarType type_of(const std::string& name) {
    return name == "float64" ? at::kDouble : at::kFloat;
}

Members objective(const std::string& loss, const std::string& activation, at::ScalarType type,
                  const Arrays& in) {
    const model::Objective objective(loss, activation);
    const at::Tensor x = tensor(in.at("x"), type);
    const auto result =
        objective.evaluate(x, tensor(in.at("t"), type), tensor(in.at("w"), type), x.size(0), true);
    Members out;
    add(out, "predictions", objective.predict(x));
    add(out, "losses", result.losses);
    add(out, "gradient", result.gradient);
    return out;
}

/// Arrays w0, w1 … are weights as Keras shapes them, g0_0 (step, weight) … their gradients.
Members optimizer(const std::string& name, double lr, at::ScalarType type, const Arrays& in) {
    std::vector<model::Segment> segments;
    const auto weight = [](std::size_t i) { return std::string("w").append(std::to_string(i)); };
    const auto gradient = [](std::size_t step, std::size_t i) {
        return std::string("g").append(std::to_string(step)).append("_").append(std::to_string(i));
    };
    for (std::size_t i = 0; in.contains(weight(i)); ++i) {
        auto shape = in.at(weight(i)).shape;
        if (shape.size() == 4) shape = {shape[3], shape[0], shape[1], shape[2]};
        segments.push_back({.name = weight(i), .shape = shape});
    }
    model::FlatParameters parameters(segments, at::TensorOptions(type));
    const auto put = [](const at::Tensor& to, const at::Tensor& from) {
        to.copy_(from.dim() == 4 ? from.permute({3, 0, 1, 2}) : from);
    };
    for (std::size_t i = 0; i < segments.size(); ++i) {
        put(parameters.value(i), tensor(in.at(weight(i)), type));
    }
    const auto optimizer = model::Optimizer::make(name, parameters);
    for (std::size_t step = 0; in.contains(gradient(step, 0)); ++step) {
        for (std::size_t i = 0; i < segments.size(); ++i) {
            put(parameters.gradient(i), tensor(in.at(gradient(step, i)), type));
        }
        optimizer->step(lr);
    }
    Members out;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const at::Tensor value = parameters.value(i);
        add(out, weight(i), value.dim() == 4 ? value.permute({1, 2, 3, 0}) : value);
    }
    return out;
}

Members pca(const Arrays& in) {
    const at::Tensor x = tensor(in.at("x"), at::kFloat).contiguous();
    const auto cumulative = model::pca_cumulative_variance(
        {x.data_ptr<float>(), static_cast<std::size_t>(x.numel())}, x.size(0), x.size(1));
    Members out;
    add(out, "cumulative", std::span<const double>(cumulative));
    return out;
}

/// Epochs of 4 steps; a larger `metric` is better, `loss` is the input of the plateau schedule.
Members callbacks(const std::string& schedule, std::int64_t patience, const Arrays& in) {
    constexpr std::int64_t steps = 4;
    const auto& metric = in.at("metric").values;
    unet::Hyperparameters h;
    h.lr = in.at("lr").values[0];
    h.lr_schedule = core::value_named<unet::LrSchedule>(schedule).value();
    h.epochs = static_cast<std::int64_t>(metric.size());
    train::Callbacks callbacks(h, steps, "val_dice_coef");
    std::vector<double> rates, improved;
    for (std::size_t epoch = 0; epoch < metric.size(); ++epoch) {
        for (std::int64_t step = 0; step < steps; ++step) {
            rates.push_back(
                callbacks.learning_rate(static_cast<std::int64_t>(epoch) * steps + step));
        }
        const auto number = static_cast<std::int64_t>(epoch);
        const bool is_better =
            callbacks.end_epoch(number, metric[epoch], in.at("loss").values[epoch]);
        improved.push_back(is_better ? 1 : 0);
        if (callbacks.stops(patience, number + 1)) break;
    }
    Members out;
    add(out, "rates", std::span<const double>(rates));
    add(out, "improved", std::span<const double>(improved));
    return out;
}

int run(const std::vector<std::string>& a) {
    const Arrays in = test::read_npz(a[a.size() - 2]);
    Members out;
    if (a[0] == "objective") out = objective(a[1], a[2], type_of(a[3]), in);
    if (a[0] == "optimizer") out = optimizer(a[1], std::stod(a[2]), type_of(a[3]), in);
    if (a[0] == "pca") out = pca(in);
    if (a[0] == "callbacks") out = callbacks(a[1], std::stoll(a[2]), in);
    io::write_zip(a.back(), out);
    return 0;
}

}  // namespace
}  // namespace msunet

int main(int argc, char** argv) {
    try {
        return msunet::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
