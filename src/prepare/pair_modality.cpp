// SPDX-License-Identifier: Apache-2.0
#include "prepare/pair_modality.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/modality_name.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

/// What said the modality of a pair, when it was no whole word of the mask's name.
enum class Source : std::uint8_t { mask_or_option, volume, part_of_word, folder };

struct PairModality {
    core::Modality modality{};
    Source source = Source::mask_or_option;
    std::string name{};  ///< the name that said it
};

/// The last part of a folder's path, also where that ends in '/' or is ".".
std::string name_of_folder(const fs::path& folder) {
    if (folder.empty()) return {};
    const fs::path path = fs::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

std::optional<PairModality> modality_of_pair(const std::string& data, const std::string& mask,
                                             const ModalityRule& rule) {
    if (rule.given) return PairModality{.modality = *rule.given};
    const auto in_mask = core::modality_in(mask);
    const auto in_data = core::modality_in(data);
    if (in_mask && in_mask->whole_word) return PairModality{.modality = in_mask->modality};
    if (in_data && in_data->whole_word) {
        return PairModality{in_data->modality, Source::volume, data};
    }
    if (in_mask) return PairModality{in_mask->modality, Source::part_of_word, mask};
    if (in_data) return PairModality{in_data->modality, Source::part_of_word, data};
    for (const fs::path& folder : {rule.mask_folder, rule.data_folder}) {
        std::string name = name_of_folder(folder);
        if (const auto found = core::modality_of(name)) {
            return PairModality{*found, Source::folder, std::move(name)};
        }
    }
    return std::nullopt;
}

std::string_view phrase(Source source) {
    switch (source) {
        case Source::volume:
            return "the name of the volume, as the mask's has none";
        case Source::part_of_word:
            return "a part of a word";
        default:
            return "the name of the folder";
    }
}

/// Collects which names said modalities in which way.
class Notices {
public:
    void add(const PairModality& found) {
        if (found.source == Source::mask_or_option) return;
        auto& [pairs, names] = said_[found.source];
        ++pairs;
        std::string text =
            core::concat(core::quoted(found.name), " is ", core::name_of(found.modality));
        if (names.empty() || names.back() != text) names.push_back(std::move(text));
    }
    void move_to(std::vector<std::string>& notices) const {
        for (const auto& [source, said] : said_) {
            const auto& [pairs, names] = said;
            notices.push_back(core::concat("the modality of ", core::counted(pairs, "pair"),
                                           " is taken from ", phrase(source), ": ",
                                           core::joined_list(names)));
        }
    }

private:
    std::map<Source, std::pair<std::size_t, std::vector<std::string>>> said_;
};

core::Problem unknown(const std::string& mask) {
    return {.path = mask,
            .kind = "mask",
            .problem = "has an unknown modality",
            .advice = core::concat("its name or its folder's must contain one of ",
                                   core::join(core::modality_names), ", or give --modality")};
}

}  // namespace

void set_modalities(Pairing& pairing, const std::vector<std::string>& masks,
                    const ModalityRule& rule) {
    Notices notices;
    for (std::size_t i = 0; i < masks.size(); ++i) {
        // A mask without a volume is wrong enough, but all problems are to be known at once.
        const bool has_pair = i < pairing.pairs.size();
        const auto found =
            modality_of_pair(has_pair ? pairing.pairs[i].data : std::string(), masks[i], rule);
        if (!found) {
            if (rule.required) pairing.problems.push_back(unknown(masks[i]));
            continue;
        }
        if (!has_pair) continue;
        pairing.pairs[i].modality = found->modality;
        notices.add(*found);
    }
    notices.move_to(pairing.notices);
}

bool modalities_differ(const Pair& pair) {
    const auto data = core::modality_in(pair.data);
    const auto mask = core::modality_in(pair.mask);
    return data && mask && data->whole_word == mask->whole_word && data->modality != mask->modality;
}

}  // namespace msunet::prepare
