// SPDX-License-Identifier: Apache-2.0
#include "config/option_list.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

std::vector<std::string> dashed_spellings(const core::OptionInfo& info) {
    std::vector<std::string> all{dashed(info, info.name)};
    for (const std::string_view alias : info.aliases) all.push_back(dashed(info, alias));
    return all;
}

/// How bash finds words for an option's value.
std::string value_words(const OptionEntry& entry) {
    if (!entry.info.choices.empty()) {
        return concat("compgen -W '", core::join(entry.info.choices, " "), "' -- \"$word\"");
    }
    if (entry.kind == OptionKind::boolean) return "compgen -W 'True False' -- \"$word\"";
    if (entry.info.value_name == "FOLDER" || entry.info.value_name == "DIR") {
        return "compgen -d -- \"$word\"";
    }
    return entry.info.value_name == "FILE" ? "compgen -f -- \"$word\"" : "";
}

std::string command_case(const CompletionCommand& command) {
    std::vector<std::string> words;
    std::string values;
    for (const OptionEntry& entry : list_options(*command.schema)) {
        const std::vector<std::string> spelt = dashed_spellings(entry.info);
        words.insert(words.end(), spelt.begin(), spelt.end());
        if (const std::string found = value_words(entry); !found.empty()) {
            values += concat("                ", core::join(spelt, "|"),
                             ") mapfile -t COMPREPLY < <(", found, "); return ;;\n");
        }
    }
    return concat("        ", command.schema->command(), ")\n            options='",
                  core::join(words, " "), "'\n            case \"$before\" in\n", values,
                  "            esac ;;\n");
}

}  // namespace

std::string bash_completion(std::string_view program, std::span<const CompletionCommand> commands,
                            std::string_view default_command) {
    std::vector<std::string> names;
    std::string cases;
    for (const CompletionCommand& command : commands) {
        names.push_back(command.schema->command());
        cases += command_case(command);
    }
    return concat("# Completion of ", program, " for bash: source this file.\n_", program,
                  "() {\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local command=${COMP_WORDS[1]} options=''\n"
                  "    if [[ $COMP_CWORD == 1 && $word != -* ]]; then\n"
                  "        mapfile -t COMPREPLY < <(compgen -W '",
                  core::join(names, " "),
                  "' -- \"$word\")\n"
                  "        return\n"
                  "    fi\n"
                  "    [[ $command == -* ]] && command=",
                  default_command, "\n    case \"$command\" in\n", cases,
                  "    esac\n"
                  "    if [[ $word == -* ]]; then\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
                  "    else\n"
                  "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
                  "    fi\n"
                  "}\n"
                  "complete -o filenames -F _",
                  program, " ", program, "\n");
}

}  // namespace msunet::config
