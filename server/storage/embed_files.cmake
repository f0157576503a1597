# cmake -DOUTPUT=out.cpp -DFUNCTION=embeddedMigrations "-DFILES=a.sql;b.sql" -P embed_files.cmake
# Writes a source file that holds the files as raw strings, cut where compilers limit a literal.
set(arrays "")
set(entries "")
list(LENGTH FILES count)
foreach(file IN LISTS FILES)
    file(READ ${file} text)
    get_filename_component(name ${file} NAME)
    string(LENGTH "${text}" length)
    set(literals "")
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 12000 piece)
        string(APPEND literals "R\"EXHIBIT_FILE(${piece})EXHIBIT_FILE\"\n")
        math(EXPR at "${at} + 12000")
    endwhile()
    if(literals STREQUAL "")
        set(literals "\"\"")
    endif()
    string(APPEND entries "    EmbeddedFile{\"${name}\",\n${literals}},\n")
endforeach()
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: Apache-2.0
#include \"server/storage/embedded_files.h\"

#include <array>

namespace exhibit::storage {

std::span<const EmbeddedFile> ${FUNCTION}()
{
    static constexpr std::array<EmbeddedFile, ${count}> files{{
${entries}    }};
    return files;
}

} // namespace exhibit::storage
")
