# How every target of the project is made: one place for language level, warnings, hardening and
# the naming of modules (folder models/base -> target exhibit_models_base) and tests
# (tests/models/base/uuid_test.cpp -> test models.base.uuid).

add_library(exhibit_options INTERFACE)
target_compile_features(exhibit_options INTERFACE cxx_std_20)
target_include_directories(exhibit_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(exhibit_options INTERFACE EXHIBIT_VERSION="${PROJECT_VERSION}")
# Missing field initialisers are what designated initialisers of option structs are for.
target_compile_options(exhibit_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wno-missing-field-initializers -Werror -fPIE -fstack-protector-strong)
target_link_options(exhibit_options INTERFACE -pie -Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_definitions(exhibit_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside the standard library and Boost once inlined; the reports are false.
    target_compile_options(exhibit_options INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer)
endif()
if(EXHIBIT_SANITIZE)
    target_compile_options(exhibit_options INTERFACE
        -fsanitize=${EXHIBIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(exhibit_options INTERFACE -fsanitize=${EXHIBIT_SANITIZE})
    if(EXHIBIT_SANITIZE MATCHES "undefined")
        # It asks the kernel whether memory can be read, which the signer's sandbox refuses.
        target_compile_options(exhibit_options INTERFACE -fno-sanitize=vptr)
    endif()
    if(EXHIBIT_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio has fences, which GCC's thread sanitizer does not follow and warns of.
        target_compile_options(exhibit_options INTERFACE -Wno-tsan)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        # Its data before each function cannot stand before the parts of a coroutine (LLVM 14).
        target_compile_options(exhibit_options INTERFACE -fno-sanitize=function)
    endif()
endif()
find_program(EXHIBIT_MOLD mold)
if(EXHIBIT_MOLD)
    target_link_options(exhibit_options INTERFACE -fuse-ld=mold)
endif()
find_program(EXHIBIT_CCACHE ccache)
if(EXHIBIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${EXHIBIT_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${EXHIBIT_CCACHE})
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# exhibit_add_module(NAME models.base SOURCES ... [ALONE ...] [DEPENDS ...] [PRIVATE_DEPENDS ...])
# DEPENDS takes module names (models.base) and ordinary CMake targets. Most of what a small source
# costs are its headers: neighbours in SOURCES are compiled together (decision 0129). A source in
# ALONE is not, since it has a name in an unnamed namespace that another source has as well.
function(exhibit_add_module)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;ALONE;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
    string(REPLACE "." "_" target "exhibit_${ARG_NAME}")
    string(REPLACE "-" "_" target "${target}")
    add_library(${target} STATIC ${ARG_SOURCES} ${ARG_ALONE})
    if(EXHIBIT_JOIN_SOURCES)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
        set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    add_library(exhibit::${ARG_NAME} ALIAS ${target})
    target_link_libraries(${target} PUBLIC exhibit_options)
    exhibit_link(${target} PUBLIC ${ARG_DEPENDS})
    exhibit_link(${target} PRIVATE ${ARG_PRIVATE_DEPENDS})
endfunction()

# exhibit_add_executable(NAME exhibitd SOURCES ... DEPENDS ...)
function(exhibit_add_executable)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPENDS" ${ARGN})
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE exhibit_options)
    exhibit_link(${ARG_NAME} PRIVATE ${ARG_DEPENDS})
endfunction()

# exhibit_add_test(NAME models.base.uuid SOURCES uuid_test.cpp DEPENDS models.base LABELS unit
#                  [TIMEOUT seconds] [EXCLUSIVE])
# EXCLUSIVE: the test loads the whole machine and runs alone.
function(exhibit_add_test)
    cmake_parse_arguments(ARG "EXCLUSIVE" "NAME;TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
    string(REPLACE "." "_" target "test_${ARG_NAME}")
    add_executable(${target} ${ARG_SOURCES})
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${target} PRIVATE exhibit_options GTest::gtest_main)
    exhibit_link(${target} PRIVATE ${ARG_DEPENDS})
    exhibit_register_test()
endfunction()

# The test `target` with the arguments ARG_...; of the functions around it. More environment follows.
macro(exhibit_register_test)
    add_test(NAME ${ARG_NAME} COMMAND ${target})
    # What may take long begins first, also where no earlier run says how long it took.
    set(ARG_COST ${ARG_TIMEOUT})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
        set(ARG_COST 0)
    endif()
    set(environment EXHIBIT_BIN_DIR=${CMAKE_BINARY_DIR}/bin EXHIBIT_SOURCE_DIR=${PROJECT_SOURCE_DIR} ${ARGN})
    set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
        COST ${ARG_COST} RUN_SERIAL ${ARG_EXCLUSIVE} ENVIRONMENT "${environment}")
endmacro()

# exhibit_add_fuzzer(NAME query SOURCES query_fuzz.cpp DEPENDS models.query)
# With clang and EXHIBIT_BUILD_FUZZERS a libFuzzer program; the same source is always built as a
# test that replays the corpus folder tests/fuzz/corpus/NAME, so that it cannot rot.
function(exhibit_add_fuzzer)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPENDS" ${ARGN})
    set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${ARG_NAME})
    set(replay replay_fuzz_${ARG_NAME})
    add_executable(${replay} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    set_target_properties(${replay} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${replay} PRIVATE exhibit_options)
    exhibit_link(${replay} PRIVATE ${ARG_DEPENDS})
    add_test(NAME fuzz.${ARG_NAME} COMMAND ${replay} ${corpus})
    set_tests_properties(fuzz.${ARG_NAME} PROPERTIES LABELS "fuzz" TIMEOUT 120)
    if(EXHIBIT_BUILD_FUZZERS)
        add_executable(fuzz_${ARG_NAME} ${ARG_SOURCES})
        target_link_libraries(fuzz_${ARG_NAME} PRIVATE exhibit_options)
        target_link_options(fuzz_${ARG_NAME} PRIVATE -fsanitize=fuzzer)
        exhibit_link(fuzz_${ARG_NAME} PRIVATE ${ARG_DEPENDS})
    endif()
endfunction()

# A module of widgets: compiled as Qt code with moc, for the folder ui and the console.
function(exhibit_add_ui_module)
    exhibit_add_module(${ARGN})
    cmake_parse_arguments(ARG "" "NAME" "" ${ARGN})
    string(REPLACE "." "_" target "exhibit_${ARG_NAME}")
    set_target_properties(${target} PROPERTIES AUTOMOC ON UNITY_BUILD_BATCH_SIZE 0)
    target_link_libraries(${target} PUBLIC exhibit_qt_options Qt6::Widgets)
endfunction()

# exhibit_add_ui_test(NAME ui.theme.style SOURCES style_test.cpp DEPENDS ui.theme LABELS ui)
# Qt Test under the offscreen platform; the file names its test class with EXHIBIT_GUI_TEST_MAIN
# (tests/gui/stall_monitor.h), without widgets with QTEST_GUILESS_MAIN, or has a main().
function(exhibit_add_ui_test)
    cmake_parse_arguments(ARG "EXCLUSIVE" "NAME;TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
    string(REPLACE "." "_" target "test_${ARG_NAME}")
    add_executable(${target} ${ARG_SOURCES})
    set_target_properties(${target} PROPERTIES AUTOMOC ON
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${target} PRIVATE exhibit_options exhibit_qt_options Qt6::Widgets Qt6::Test)
    exhibit_link(${target} PRIVATE ${ARG_DEPENDS})
    exhibit_register_test(QT_QPA_PLATFORM=offscreen QT_QPA_PLATFORMTHEME= LC_ALL=C.UTF-8)
endfunction()

function(exhibit_link target visibility)
    foreach(dependency IN LISTS ARGN)
        if(dependency MATCHES "^(models|server|tests|backend-client|ui|app)($|\\.)")
            target_link_libraries(${target} ${visibility} exhibit::${dependency})
        else()
            target_link_libraries(${target} ${visibility} ${dependency})
        endif()
    endforeach()
endfunction()
