// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {
namespace {

using core::OptionInfo;
using core::Value;

bool is_none(const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) {
        return true;
    }
    const auto text = core::as_text(value);
    return text && core::means_none(*text);
}

/// A text that is a number or truth value as such; texts come from YAML and JSON.
Value of_text(const Value& value) {
    const auto text = core::as_text(value);
    return text ? core::value_of_word(core::trim(*text)) : value;
}

/// Sets each visited hyperparameter from the permutation, or notes what is wrong with its value.
class PermutationReader final : public core::UniformVisitor<PermutationReader> {
public:
    explicit PermutationReader(const core::Permutation& permutation) {
        for (const auto& [key, value] : permutation) {
            const auto canonical = canonical_key(key);
            if (!canonical) {
                note(key, {.expected = core::join(hyperparameter_keys()),
                           .problem = core::concat(
                               "is unknown", core::did_you_mean(key, hyperparameter_keys()),
                               ", known are ", core::join(hyperparameter_keys()))});
            } else if (!values_.emplace(*canonical, value).second) {
                note(*canonical, {.problem = "is given twice, in two spellings"});
            }
        }
    }

    template <class T>
    void option(const OptionInfo& info, T& target) {
        if (const auto found = values_.find(info.name); found != values_.end()) {
            read(info, found->second, target);
        }
    }

    void throw_problems() const {
        if (!problems_.empty()) {
            throw core::UsageError(problems_);
        }
    }

private:
    void wrong_type(const OptionInfo& info, const Value& value, std::string_view expected) {
        note(info.name,
             {.got = core::python_str(value), .expected = core::type_text(info, expected)});
    }

    void note(std::string_view key, core::Problem problem) {
        problem.kind = "hyperparameter";
        problem.key = key;
        problems_.push_back(std::move(problem));
    }

    template <class T>
    void set_checked(const OptionInfo& info, const T& value, T& target) {
        if (const auto problem = core::problem_with(info, value)) {
            note(info.name, *problem);
        } else {
            target = value;
        }
    }

    void read(const OptionInfo& info, const Value& value, bool& target) {
        if (const auto flag = core::as_bool(of_text(value))) {
            target = *flag;
        } else {
            wrong_type(info, value, "True or False");
        }
    }

    void read(const OptionInfo& info, const Value& value, std::int64_t& target) {
        if (const auto number = core::as_integer(of_text(value))) {
            set_checked(info, *number, target);
        } else {
            wrong_type(info, value, "an integer");
        }
    }

    void read(const OptionInfo& info, const Value& value, double& target) {
        const auto number = core::as_number(of_text(value));
        if (number && std::isfinite(*number)) {
            set_checked(info, *number, target);
        } else {
            wrong_type(info, value, "a finite number");
        }
    }

    void read(const OptionInfo& info, const Value& value, std::string& target) {
        if (const auto text = core::as_text(value)) {
            set_checked(info, *text, target);
        } else {
            wrong_type(info, value, "a text");
        }
    }

    void read(const OptionInfo& info, const Value& value, core::TextValue& target) {
        const auto text = is_none(value) ? std::string(info.absent) : core::as_text(value);
        if (!text) {
            wrong_type(info, value, "a name");
        } else if (const auto problem = target.read(*text)) {
            note(info.name, *problem);
        }
    }

    template <class T>
    void read(const OptionInfo& info, const Value& value, std::optional<T>& target) {
        if (is_none(value)) {
            target.reset();
            return;
        }
        T inner{};
        const std::size_t before = problems_.size();
        read(info, value, inner);
        if (problems_.size() == before) {
            target = std::move(inner);
        }
    }

    void read(const OptionInfo& info, const Value& value, std::vector<std::string>& /*target*/) {
        wrong_type(info, value, "no list");
    }

    std::map<std::string, Value, std::less<>> values_;
    std::vector<core::Problem> problems_;
};

}  // namespace

Hyperparameters from_permutation(const core::Permutation& permutation,
                                 const Hyperparameters& defaults) {
    Hyperparameters result = defaults;
    PermutationReader reader(permutation);
    describe(reader, result);
    reader.throw_problems();
    return result;
}

}  // namespace msunet::unet
