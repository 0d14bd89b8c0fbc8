// SPDX-License-Identifier: Apache-2.0
#include "msunet/config/schema.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "config/option_list.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

bool belongs(const core::OptionInfo& info, const std::string& command) {
    return info.commands.empty() ||
           std::find(info.commands.begin(), info.commands.end(), command) != info.commands.end();
}

/// Passes on the options of one command.
class CommandFilter final : public core::UniformVisitor<CommandFilter> {
public:
    CommandFilter(const std::string& command, core::OptionVisitor& inner)
        : command_(command), inner_(inner) {}

    template <class T>
    void option(const core::OptionInfo& info, T& value) {
        if (belongs(info, command_)) inner_.visit(info, value);
    }

private:
    const std::string& command_;
    core::OptionVisitor& inner_;
};

class ForeignCollector final : public core::UniformVisitor<ForeignCollector> {
public:
    explicit ForeignCollector(const std::string& command) : command_(command) {}

    template <class T>
    void option(const core::OptionInfo& info, T& /*value*/) {
        if (!belongs(info, command_)) infos.push_back(info);
    }

    std::vector<core::OptionInfo> infos;

private:
    const std::string& command_;
};

class TextFilter final : public core::UniformVisitor<TextFilter> {
public:
    explicit TextFilter(std::initializer_list<core::Affects> affects) : affects_(affects) {}

    template <class T>
    void option(const core::OptionInfo& info, T& value) {
        const bool wanted =
            std::find(affects_.begin(), affects_.end(), info.affects) != affects_.end();
        if (!wanted || info.command_line_only) return;
        texts.push_back({std::string(info.name), core::option_text(value), info.affects});
    }

    std::vector<core::OptionText> texts;

private:
    std::vector<core::Affects> affects_;
};

}  // namespace

Schema& Schema::add_walk(std::string title, std::function<void(core::OptionVisitor&)> walk) {
    sections_.push_back({std::move(title), std::move(walk)});
    return *this;
}

Schema& Schema::add_keys(std::vector<std::string> names,
                         std::function<std::string(std::string_view)> explain) {
    keys_ = {std::move(names), std::move(explain)};
    return *this;
}

void Schema::walk(core::OptionVisitor& visitor) const {
    CommandFilter filter(command_, visitor);
    for (const Section& section : sections_) section.walk(filter);
}

std::vector<core::OptionInfo> Schema::infos() const {
    std::vector<core::OptionInfo> infos;
    std::map<std::string, std::string_view> owners;
    for (const OptionEntry& entry : list_options(*this)) {
        for (const std::string& spelling : spellings(entry.info)) {
            if (const auto [at, fresh] =
                    owners.emplace(core::plain_name(spelling), entry.info.name);
                !fresh) {
                throw std::logic_error(core::concat(
                    "options ", core::quoted(at->second), " and ", core::quoted(entry.info.name),
                    " share the spelling ", core::quoted(spelling)));
            }
        }
        infos.push_back(entry.info);
    }
    return infos;
}

std::vector<core::OptionInfo> Schema::foreign_infos() const {
    ForeignCollector collector(command_);
    for (const Section& section : sections_) section.walk(collector);
    return std::move(collector.infos);
}

std::vector<core::OptionText> option_texts(const Schema& schema,
                                           std::initializer_list<core::Affects> affects) {
    TextFilter filter(affects);
    schema.walk(filter);
    return std::move(filter.texts);
}

}  // namespace msunet::config
