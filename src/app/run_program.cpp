// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "commands.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/job/version.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::app {

using core::concat;

namespace {

std::string overview() {
    std::string text =
        "msunet trains U-Nets that strip the skull from rodent brain MRI, and sweeps their\n"
        "hyperparameters on one machine or a cluster.\n\n"
        "usage: msunet COMMAND [OPTION…]\n"
        "       msunet -tpath FOLDER -mpath FOLDER [OPTION…]      short for msunet train …\n\n"
        "commands:\n";
    for (const auto& command : commands()) {
        text += concat("  ", command.name, std::string(14 - command.name.size(), ' '),
                       command.summary, "\n");
    }
    return concat(text,
                  "\nmsunet COMMAND --help explains a command and its options, msunet --version "
                  "prints\nthe version, msunet --bash_completion a completion script for "
                  "bash, msunet\n--man [COMMAND] a man page.\n\nexit codes:\n",
                  all_exit_codes_text());
}

/// For commands with more than a few options.
constexpr const char* notation =
    "Notation\n"
    "  Options are written --name VALUE or --name=VALUE, those with one dash -n VALUE; upper and "
    "lower case, '_' and '-' within a name make no difference. BOOL is True or False (also true, "
    "false, yes, no, 1, 0). [0,1) is a range that includes 0 and excludes 1. Relative paths start "
    "at the working directory.";

std::string help_page(const Command& command, std::size_t width) {
    std::string page;
    command.with_schema([&](const config::Schema& schema) {
        page = config::help_text(schema, concat("msunet ", command.usage), command.text, width);
    });
    if (command.name == "train") page += concat("\n", settings::grid_help(width));
    if (page.find("BOOL") != std::string::npos) {
        page += concat("\n", config::help_paragraphs(notation, width));
    }
    page += concat("\n", config::help_paragraphs(concat("Examples\n", command.examples), width));
    page += config::help_paragraphs(concat("\nExit codes\n", exit_codes_text(command.exit_cases),
                                           "\nMore, in the source folder\n", command.reading),
                                    width);
    return page;
}

void print_help(const Command& command) {
    std::cout << help_page(
        command, static_cast<std::size_t>(std::clamp(core::log::terminal_width(), 60, 120)));
}

const Command& find_command(const std::string& name) {
    const auto& all = commands();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (found != all.end()) return *found;
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const auto& one : all) names.emplace_back(one.name);
    throw core::UsageError({.kind = "unknown command",
                            .key = name,
                            .why = concat("commands are ", core::join(names)),
                            .advice = core::did_you_mean(name, names)});
}

/// The man page of a command, or with an empty name that of the program.
void print_man_page(const std::string& name) {
    constexpr std::size_t width = 78;
    if (name.empty()) {
        const std::string help = overview();
        std::cout << config::man_page({"msunet", job::version(),
                                       "train U-Nets that strip the skull from rodent brain MRI",
                                       help});
        return;
    }
    const Command& command = find_command(name);
    const std::string help = help_page(command, width);
    std::cout << config::man_page({concat("msunet-", name), job::version(), command.summary, help});
}

void print_completion() {
    // A schema lives only during its call of with_schema, so the calls are nested.
    std::vector<config::CompletionCommand> shown;
    const auto& all = commands();
    std::function<void(std::size_t)> show = [&](std::size_t i) {
        if (i == all.size()) {
            std::cout << config::bash_completion("msunet", shown, "train");
            return;
        }
        all[i].with_schema([&](const config::Schema& schema) {
            shown.push_back({std::string(all[i].summary), &schema});
            show(i + 1);
        });
    };
    show(0);
}

bool is_help(const std::string& argument) {
    return argument == "--help" || argument == "-h" || argument == "-help" || argument == "help";
}

core::ExitCode run_command(const Command& command, std::span<const std::string> arguments) {
    if (std::any_of(arguments.begin(), arguments.end(), is_help)) {
        print_help(command);
        return core::ExitCode::ok;
    }
    return command.run(arguments);
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> all{
        train_command(),  predict_command(), init_model_command(), phantom_command(),
        status_command(), report_command(),  merge_command(),      bench_command()};
    return all;
}

core::ExitCode run_program(std::span<const std::string> arguments) {
    if (arguments.empty() || is_help(arguments[0])) {
        if (arguments.size() > 1 && arguments[0] == "help") {
            print_help(find_command(arguments[1]));
        } else {
            std::cout << overview();
        }
        return core::ExitCode::ok;
    }
    const auto& first = arguments[0];
    if (first == "--version") {
        std::cout << "msunet " << job::version() << " (commit " << job::commit() << ")\n"
                  << "built with " << job::build() << '\n';
        return core::ExitCode::ok;
    }
    if (first == "--bash_completion" || first == "--bash-completion") {
        print_completion();
        return core::ExitCode::ok;
    }
    if (first == "--man") {
        print_man_page(arguments.size() > 1 ? arguments[1] : "");
        return core::ExitCode::ok;
    }
    if (first == h5::check_keras_file_command && arguments.size() == 2) {
        return static_cast<core::ExitCode>(h5::check_keras_file_main(arguments[1]));
    }
    if (first.starts_with('-')) return run_command(find_command("train"), arguments);
    return run_command(find_command(first), arguments.subspan(1));
}

}  // namespace msunet::app
