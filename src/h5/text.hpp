// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

#include <map>
#include <string>
#include <vector>

namespace msunet::h5 {

/// The strings of an attribute, of fixed or variable length, in a scalar or a list. An attribute of
/// another type gives none: Keras marks layers without weights by an empty list of floats.
std::vector<std::string> read_strings(hid_t object, const std::string& name);

/// The same for Keras's long lists, which it spreads over `name0`, `name1`, … beyond 64 kB.
std::vector<std::string> read_long_strings(hid_t object, const std::string& name);

/// All scalar string attributes of an object.
std::map<std::string, std::string> read_texts(hid_t object);

bool has_attribute(hid_t object, const std::string& name);

/// Writes a scalar string of fixed length; at most 64 kB.
void write_text(hid_t object, const std::string& name, const std::string& text);
/// Writes a list of strings of fixed length, which may be empty.
void write_strings(hid_t object, const std::string& name, const std::vector<std::string>& texts);

}  // namespace msunet::h5
