// The page that somebody who is told of an alert opens first: what the alert means, the first question, the
// deals behind it, what to do, when to silence it. Written from the alert's definition, so every alert that
// is configured has one; `takt generate runbooks` writes them into files to be kept and edited, and the
// engine serves them.
//
// Threads: pure. Equal definitions give equal bytes.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/definition/definition.h"

namespace takt {

// The last line of a page that nobody has edited yet.
inline constexpr char kRunbookMark[] =
    "<!-- Made by `takt generate runbooks`. Without this line the page is yours and is kept. -->\n";

// Markdown. `api` is where the second listener is reached; what `takt explain` asks anyway is not repeated.
std::string Runbook(const Definition& definition, const Alert& alert, const std::string& api);

// The page of an address, "/runbooks/SalesWinRatioFell.md"; none: it is no address of one.
std::optional<std::string> RunbookOfPath(const Definition& definition, absl::string_view path);

}  // namespace takt
