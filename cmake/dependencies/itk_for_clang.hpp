// SPDX-License-Identifier: Apache-2.0
// A generated header of ITK knows only the compiler that ITK was built with and ends the
// compilation with another one. Debian's was built with GCC, so clang reads this header, which only
// chooses macros, as GCC would. Newer releases of ITK do not have it.
#pragma once
#pragma GCC system_header

#if __has_include(<itk_compiler_detection.h>)
#pragma push_macro("__clang__")
#pragma push_macro("__GNUC__")
#pragma push_macro("__GNUC_MINOR__")
#undef __clang__
#undef __GNUC__
#undef __GNUC_MINOR__
#define __GNUC__ 10
#define __GNUC_MINOR__ 2
#include <itk_compiler_detection.h>
#pragma pop_macro("__clang__")
#pragma pop_macro("__GNUC__")
#pragma pop_macro("__GNUC_MINOR__")
#endif
