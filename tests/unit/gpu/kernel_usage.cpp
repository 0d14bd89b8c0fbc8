// SPDX-License-Identifier: Apache-2.0
// NVIDIA does not document these sections; their names and attributes are those that `cuobjdump
// -elf` prints: .text.<kernel>, .nv.shared.<kernel>, and .nv.info with a list of attributes
// (format, number, 16 bits of size, value), of which those by symbol have the format 4.
#include "unit/gpu/kernel_usage.hpp"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>

namespace msunet::test {
namespace {

constexpr unsigned char sized_value = 0x04, frame_size = 0x11, register_count = 0x2f;

template <class T>
T read(std::span<const char> bytes, std::size_t at) {
    if (at + sizeof(T) > bytes.size()) throw std::runtime_error("the kernels' file is too short");
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    return value;
}

class Cubin {
public:
    explicit Cubin(std::span<const char> bytes) : bytes_(bytes) {
        const auto header = read<Elf64_Ehdr>(bytes, 0);
        for (unsigned i = 0; i < header.e_shnum; ++i) {
            sections_.push_back(read<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr)));
        }
        names_ = sections_.at(header.e_shstrndx);
    }

    std::map<std::string, KernelUse> usage() const {
        std::map<std::string, KernelUse> usage;
        for (const auto& section : sections_) {
            const std::string name = text(names_, section.sh_name);
            if (name.starts_with(".text.")) usage[name.substr(6)];
        }
        for (const auto& section : sections_) {
            const std::string name = text(names_, section.sh_name);
            const auto kernel = usage.find(name.substr(name.find_last_of('.') + 1));
            if (name.starts_with(".nv.shared.") && kernel != usage.end()) {
                kernel->second.shared_bytes = static_cast<unsigned>(section.sh_size);
            }
            if (name == ".nv.info") add_attributes(section, usage);
        }
        return usage;
    }

private:
    std::string text(const Elf64_Shdr& strings, std::size_t at) const {
        return bytes_.data() + strings.sh_offset + at;
    }

    std::string symbol(unsigned number) const {
        for (const auto& section : sections_) {
            if (section.sh_type != SHT_SYMTAB) continue;
            const auto at = section.sh_offset + number * sizeof(Elf64_Sym);
            return text(sections_.at(section.sh_link), read<Elf64_Sym>(bytes_, at).st_name);
        }
        throw std::runtime_error("the kernels' file has no symbols");
    }

    void add_attributes(const Elf64_Shdr& section, std::map<std::string, KernelUse>& usage) const {
        for (std::size_t at = 0; at < section.sh_size;) {
            const auto start = section.sh_offset + at;
            const auto format = read<unsigned char>(bytes_, start);
            const auto number = read<unsigned char>(bytes_, start + 1);
            at += 4;
            if (format != sized_value) continue;
            at += read<std::uint16_t>(bytes_, start + 2);
            if (number != frame_size && number != register_count) continue;
            const auto kernel = usage.find(symbol(read<std::uint32_t>(bytes_, start + 4)));
            if (kernel == usage.end()) continue;
            const auto value = read<std::uint32_t>(bytes_, start + 8);
            (number == frame_size ? kernel->second.stack_bytes : kernel->second.registers) = value;
        }
    }

    std::span<const char> bytes_;
    std::vector<Elf64_Shdr> sections_;
    Elf64_Shdr names_{};
};

}  // namespace

std::map<std::string, KernelUse> kernel_usage(const std::vector<char>& file) {
    return Cubin(file).usage();
}

}  // namespace msunet::test
