# Compiler and linker settings that hold for every target. Presets choose among them by three variables:
#   TAKT_SANITIZE  "", "address" (with undefined) or "thread"
#   TAKT_HARDEN    ON adds the hardening flags of a release
#   TAKT_LAUNCHER  ON uses ccache and mold where they are installed

set(TAKT_SANITIZE "" CACHE STRING "Sanitizer of this build: empty, address or thread")
option(TAKT_HARDEN "Build with fortified libc calls, stack protector and full RELRO" OFF)
option(TAKT_LAUNCHER "Use ccache and mold where installed" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

if(TAKT_LAUNCHER)
  find_program(TAKT_CCACHE ccache)
  if(TAKT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${TAKT_CCACHE}")
  endif()
  find_program(TAKT_MOLD mold)
  if(TAKT_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# Messages name files from the root, as people do; a release holds no path of the machine that built it.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")
if(TAKT_HARDEN)
  add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
endif()

# Aggregates are filled by designated initialisers and members left out take their defaults, which is meant.
add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # These follow values through inlined library code and guess; they stay visible but do not stop a build.
  add_compile_options(-Wno-restrict -Wno-error=maybe-uninitialized -Wno-error=array-bounds
                      -Wno-error=stringop-overflow -Wno-error=stringop-overread)
else()
  add_compile_options(-Wthread-safety)
endif()

if(TAKT_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TAKT_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(NOT TAKT_SANITIZE STREQUAL "")
  message(FATAL_ERROR "TAKT_SANITIZE is '${TAKT_SANITIZE}'; it may be empty, address or thread")
endif()

if(TAKT_HARDEN)
  include(CheckCXXCompilerFlag)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong)
  check_cxx_compiler_flag(-fcf-protection TAKT_HAS_CF_PROTECTION)
  if(TAKT_HAS_CF_PROTECTION)
    add_compile_options(-fcf-protection)
  endif()
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
