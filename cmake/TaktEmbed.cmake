# Builds files into a program.
#
#   takt_embed(takt_http FOLDER board HEADER connectors/http/board.h FUNCTION BoardFiles)
#
# adds to the target a source that defines `absl::Span<const EmbeddedFile> BoardFiles()` with every file of the folder,
# named as there. HEADER declares both. The same file, run as a script, writes that source.

function(takt_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER;HEADER;FUNCTION" "")
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}/${arg_FOLDER}")
  file(GLOB files CONFIGURE_DEPENDS "${folder}/*")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${arg_FOLDER}_files.cc")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DHEADER=${arg_HEADER}" "-DFUNCTION=${arg_FUNCTION}"
            "-DOUTPUT=${source}" -P "${PROJECT_SOURCE_DIR}/cmake/TaktEmbed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/TaktEmbed.cmake"
    COMMENT "Embedding ${arg_FOLDER}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(contents "")
  set(entries "")
  set(number 0)
  foreach(path IN LISTS FILES)
    get_filename_component(name "${path}" NAME)
    file(READ "${path}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    # Shorter literals than one of everything: each line is 64 bytes, and the compiler joins them.
    string(REGEX REPLACE "(................................................................)" "\\1\"\n    \"" bytes "${bytes}")
    file(SIZE "${path}" size)
    string(APPEND contents "constexpr char kFile${number}[] =\n    \"${bytes}\";\n")
    string(APPEND entries "      {\"${name}\", absl::string_view(kFile${number}, ${size})},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE "${OUTPUT}" "// Made by cmake/TaktEmbed.cmake.
#include \"${HEADER}\"

namespace takt {
namespace {

${contents}
}  // namespace

absl::Span<const EmbeddedFile> ${FUNCTION}() {
  static constexpr EmbeddedFile kFiles[] = {
${entries}  };
  return kFiles;
}

}  // namespace takt
")
endif()
