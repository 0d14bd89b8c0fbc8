// SPDX-License-Identifier: Apache-2.0
// Prints the number of tensors of the published network.
#include <iostream>

#include "msunet/unet/architecture.hpp"

int main() { std::cout << msunet::unet::published_architecture().tensors().size() << '\n'; }
