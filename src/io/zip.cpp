// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/zip.hpp"

#include <zip.h>

#include <cerrno>
#include <memory>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

using core::concat;

struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using OpenMember = std::unique_ptr<zip_file_t, Discard>;

/// 1980-01-01 00:00, the first time that zip can hold, as DOS writes it.
constexpr zip_uint16_t fixed_date = 0x21;
constexpr zip_uint16_t fixed_time = 0;

[[noreturn]] void fail_writing(const std::filesystem::path& path, zip_error_t* error) {
    if (zip_error_system_type(error) == ZIP_ET_SYS) {
        throw core::FileError("can't write", path, zip_error_code_system(error));
    }
    throw core::Error(core::ExitCode::failure,
                      {.path = path, .kind = "can't write", .why = zip_error_strerror(error)});
}

[[noreturn]] void fail_reading(const std::filesystem::path& path, const std::string& why) {
    throw core::InputError({.path = path, .kind = "can't read the archive", .why = why});
}

/// Opens a path with libzip's flags; `error` says what went wrong.
Archive open_archive(const std::filesystem::path& path, int flags, zip_error_t* error) {
    int code = 0;
    errno = 0;
    zip_t* archive = zip_open(path.c_str(), flags, &code);
    if (archive == nullptr) zip_error_init_with_code(error, code);
    return Archive(archive);
}

void add_member(zip_t* archive, const ZipMember& member, const std::filesystem::path& path) {
    zip_source_t* source =
        member.file.empty()
            ? zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0)
            : zip_source_file(archive, member.file.c_str(), 0, -1);
    if (source == nullptr) fail_writing(path, zip_get_error(archive));
    const zip_int64_t index = zip_file_add(archive, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        fail_writing(path, zip_get_error(archive));
    }
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive, at, ZIP_CM_DEFLATE, 6) != 0 ||
        zip_file_set_dostime(archive, at, fixed_time, fixed_date, 0) != 0) {
        fail_writing(path, zip_get_error(archive));
    }
}

}  // namespace

void write_zip(const std::filesystem::path& path, std::span<const ZipMember> members) {
    core::AtomicFile target(path);
    zip_error_t error;
    zip_error_init(&error);
    Archive archive = open_archive(target.temporary_path(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (!archive) fail_writing(path, &error);
    for (const ZipMember& member : members) add_member(archive.get(), member, path);
    if (zip_close(archive.get()) != 0) fail_writing(path, zip_get_error(archive.get()));
    static_cast<void>(archive.release());
    target.commit();
}

std::map<std::string, std::string> read_zip(const std::filesystem::path& path) {
    zip_error_t error;
    zip_error_init(&error);
    const Archive archive = open_archive(path, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (!archive) fail_reading(path, zip_error_strerror(&error));
    std::map<std::string, std::string> members;
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t stat;
        zip_stat_init(&stat);
        const auto index = static_cast<zip_uint64_t>(i);
        if (zip_stat_index(archive.get(), index, 0, &stat) != 0) {
            fail_reading(path, zip_strerror(archive.get()));
        }
        const OpenMember file(zip_fopen_index(archive.get(), index, 0));
        if (!file) fail_reading(path, zip_strerror(archive.get()));
        // In pieces: the size in the archive's directory may be wrong.
        std::string bytes;
        std::string piece(1U << 16U, '\0');
        zip_int64_t got = 0;
        while ((got = zip_fread(file.get(), piece.data(), piece.size())) > 0) {
            bytes.append(piece, 0, static_cast<std::size_t>(got));
        }
        if (got < 0) fail_reading(path, concat(stat.name, ": ", zip_file_strerror(file.get())));
        members.emplace(stat.name, std::move(bytes));
    }
    return members;
}

}  // namespace msunet::io
