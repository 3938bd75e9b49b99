// The board: the page that people open in a browser to see the KPIs and the way of the events. Its
// files lie in connectors/http/board and are built into the program; they ask nothing but
// /api/v1/... of the server that they came from.
//
// Threads: any. The files are constants; an answer shares one copy of each.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "connectors/http/server.h"

namespace takt {

struct EmbeddedFile {
  absl::string_view name;  // "board.css"
  absl::string_view content;
};

// All files of the folder; made by the build (cmake/TaktEmbed.cmake).
absl::Span<const EmbeddedFile> BoardFiles();

// "/" is index.html, "/board/<name>" any other file. None for other paths. Answers carry a
// Content-Security-Policy that lets the page run nothing and ask nobody but what came with it.
std::optional<HttpResponse> BoardFile(const std::string& path);

}  // namespace takt
