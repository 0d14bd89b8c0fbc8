# SPDX-License-Identifier: Apache-2.0
# msunet::torch_cpu and msunet::torch_cuda from the folders of PyTorch's Python wheel.
# TorchConfig.cmake is not used: it enables CUDA as a language and requires a CUDA toolkit.
#
# torch_cpu links only libtorch_cpu and libc10. torch_cuda, for the gpu plug-in, adds libtorch_cuda,
# libc10_cuda, the CUDA runtime, NVRTC and NCCL. Their headers come with the dependencies of the
# wheel and with the packages nvidia-cuda-crt and nvidia-cuda-cccl.

set(MSUNET_TORCH_VENV ${PROJECT_SOURCE_DIR}/.deps/torch-venv CACHE PATH
    "Python environment with torch and CUDA's headers, as scripts/setup.sh makes it")
set(MSUNET_LIBTORCH_DIR "" CACHE PATH
    "Folder with libtorch's include/ and lib/, instead of MSUNET_TORCH_VENV")

if(MSUNET_LIBTORCH_DIR)
  set(msunet_torch_dir ${MSUNET_LIBTORCH_DIR})
else()
  file(GLOB msunet_torch_dir ${MSUNET_TORCH_VENV}/lib/python3*/site-packages/torch)
endif()
if(NOT EXISTS "${msunet_torch_dir}/lib/libtorch_cpu.so")
  message(FATAL_ERROR
    "There is no libtorch in '${MSUNET_LIBTORCH_DIR}${MSUNET_TORCH_VENV}'. Run scripts/setup.sh or "
    "set MSUNET_TORCH_VENV=<environment with torch> or MSUNET_LIBTORCH_DIR=<unpacked libtorch>.")
endif()
file(REAL_PATH ${msunet_torch_dir} msunet_torch_dir)
cmake_path(GET msunet_torch_dir PARENT_PATH msunet_site_packages)
set(msunet_nvidia ${msunet_site_packages}/nvidia)

# A libtorch with the old C++ ABI would cause undefined std::__cxx11 symbols at run time.
file(STRINGS ${msunet_torch_dir}/share/cmake/Torch/TorchConfig.cmake msunet_torch_abi
     REGEX "_GLIBCXX_USE_CXX11_ABI=0")
if(msunet_torch_abi)
  message(FATAL_ERROR "The libtorch in '${msunet_torch_dir}' has the C++ ABI from before 2011; use "
                      "torch 2.7 or newer.")
endif()

function(msunet_torch_library name file)
  add_library(msunet_${name} SHARED IMPORTED GLOBAL)
  set_target_properties(msunet_${name} PROPERTIES IMPORTED_LOCATION ${file})
endfunction()

msunet_torch_library(libc10 ${msunet_torch_dir}/lib/libc10.so)
msunet_torch_library(libtorch_cpu ${msunet_torch_dir}/lib/libtorch_cpu.so)
add_library(msunet_torch_cpu INTERFACE)
add_library(msunet::torch_cpu ALIAS msunet_torch_cpu)
target_include_directories(msunet_torch_cpu SYSTEM INTERFACE
  ${msunet_torch_dir}/include ${msunet_torch_dir}/include/torch/csrc/api/include)
target_link_libraries(msunet_torch_cpu INTERFACE msunet_libtorch_cpu msunet_libc10 Threads::Threads)
# at::parallel_for is inlined into our code; without OpenMP it runs on one thread. With GCC the
# OpenMP library is that of libtorch; clang brings its own.
target_compile_options(msunet_torch_cpu INTERFACE -fopenmp)
target_link_options(msunet_torch_cpu INTERFACE -fopenmp)
# libtorch_cpu needs CUDA's runtime and profiler libraries even on a machine without a GPU. It finds
# them by its own rpath, so the linker does not have to.
target_link_options(msunet_torch_cpu INTERFACE -Wl,--allow-shlib-undefined)

set(msunet_cuda_needs
  ${msunet_torch_dir}/lib/libtorch_cuda.so
  ${msunet_nvidia}/cu13/include/cuda_runtime_api.h
  ${msunet_nvidia}/cu13/include/crt/host_defines.h
  ${msunet_nvidia}/cu13/include/nv/target
  ${msunet_nvidia}/nccl/include/nccl.h)
set(MSUNET_HAS_CUDA ON)
foreach(file IN LISTS msunet_cuda_needs)
  if(NOT EXISTS ${file})
    message(STATUS "Module gpu is left out: there is no ${file}")
    set(MSUNET_HAS_CUDA OFF)
    break()
  endif()
endforeach()

if(MSUNET_HAS_CUDA)
  msunet_torch_library(libc10_cuda ${msunet_torch_dir}/lib/libc10_cuda.so)
  msunet_torch_library(libtorch_cuda ${msunet_torch_dir}/lib/libtorch_cuda.so)
  msunet_torch_library(libcudart ${msunet_nvidia}/cu13/lib/libcudart.so.13)
  msunet_torch_library(libnvrtc ${msunet_nvidia}/cu13/lib/libnvrtc.so.13)
  msunet_torch_library(libnccl ${msunet_nvidia}/nccl/lib/libnccl.so.2)
  add_library(msunet_torch_cuda INTERFACE)
  add_library(msunet::torch_cuda ALIAS msunet_torch_cuda)
  target_include_directories(msunet_torch_cuda SYSTEM INTERFACE
    ${msunet_nvidia}/cu13/include ${msunet_nvidia}/nccl/include)
  target_link_libraries(msunet_torch_cuda INTERFACE msunet::torch_cpu
    msunet_libtorch_cuda msunet_libc10_cuda msunet_libcudart msunet_libnvrtc msunet_libnccl)
endif()

# "2.11.0". Older versions of libtorch have the numbers in the second header.
set(numbers)
foreach(header headeronly/version.h csrc/api/include/torch/version.h)
  if(NOT numbers AND EXISTS ${msunet_torch_dir}/include/torch/${header})
    file(STRINGS ${msunet_torch_dir}/include/torch/${header} lines
         REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    foreach(line IN LISTS lines)
      string(REGEX MATCH "[0-9]+" number "${line}")
      list(APPEND numbers ${number})
    endforeach()
  endif()
endforeach()
list(JOIN numbers . msunet_torch_version)
message(STATUS "libtorch ${msunet_torch_version} in ${msunet_torch_dir}, CUDA plug-in: ${MSUNET_HAS_CUDA}")
