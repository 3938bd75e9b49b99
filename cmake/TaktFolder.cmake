# Functions by which folders become targets.

# Makes a library out of the sources of the calling folder. main.cc is left for a program; a folder that holds
# headers only, or nothing yet, becomes an interface library.
#   takt_folder(takt_cells LINKS takt_base takt_time)
function(takt_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} ${scope} ${arg_LINKS})
endfunction()

# Completes a program: call it once for every executable. In thread sanitizer builds it adds the C11 thread
# functions that the sanitizer can see (tests/sanitizer).
function(takt_executable name)
  if(TAKT_SANITIZE STREQUAL "thread")
    target_sources(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/sanitizer/c11_threads.cc")
  endif()
endfunction()

# Registers every test case of a GoogleTest program with ctest. Tests run in the root of the source tree.
#   takt_register_tests(takt_cells_test LABELS cells TIMEOUT_SECONDS 120)
function(takt_register_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT_SECONDS" "LABELS")
  if(NOT arg_TIMEOUT_SECONDS)
    set(arg_TIMEOUT_SECONDS 120)
  endif()
  include(GoogleTest)
  gtest_discover_tests(${name}
    DISCOVERY_MODE PRE_TEST
    NO_PRETTY_VALUES
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES
      LABELS "${arg_LABELS}"
      TIMEOUT ${arg_TIMEOUT_SECONDS}
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/sanitizer/tsan.supp")
endfunction()

# Makes one GoogleTest program takt_<area>_test of all sources in tests/<area>. Nothing is made while the folder
# holds no *_test.cc. The label is the area, so that ctest -L cells runs it.
#   takt_tests(cells LINKS takt_cells)
function(takt_tests area)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "LINKS")
  if(NOT arg_LABEL)
    set(arg_LABEL ${area})
  endif()
  set(folder "${PROJECT_SOURCE_DIR}/tests/${area}")
  file(GLOB tests CONFIGURE_DEPENDS "${folder}/*_test.cc")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cc")
  if(NOT tests)
    return()
  endif()
  set(name takt_${area}_test)
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINKS} takt_abseil GTest::gmock GTest::gtest_main)
  takt_executable(${name})
  takt_register_tests(${name} LABELS ${arg_LABEL})
endfunction()

# Registers every class of tests in a Python script that ends with program.main() (tests/processes/program.py) as a test
# of ctest, <name>.<Class>, so that what waits in one class waits beside the others. COST says how early it starts, in
# seconds of its length: what takes long must not be last. Tests run in the root of the source tree.
#   takt_script_tests(processes.web SCRIPT web_test.py LABELS processes TIMEOUT_SECONDS 240)
function(takt_script_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SCRIPT;TIMEOUT_SECONDS;COST" "LABELS;ARGUMENTS")
  cmake_path(ABSOLUTE_PATH arg_SCRIPT OUTPUT_VARIABLE script)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${script}")
  execute_process(COMMAND "${Python3_EXECUTABLE}" -B "${script}" --list
                  OUTPUT_VARIABLE classes OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(classes STREQUAL "")
    message(FATAL_ERROR "${script} holds no tests")
  endif()
  string(REPLACE "\n" ";" classes "${classes}")
  foreach(class IN LISTS classes)
    add_test(NAME "${name}.${class}" COMMAND Python3::Interpreter -B "${script}" --takt "$<TARGET_FILE:takt>" ${arg_ARGUMENTS}
             ${class} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties("${name}.${class}" PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT_SECONDS}
                         COST ${arg_COST})
  endforeach()
endfunction()
