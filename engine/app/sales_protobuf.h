// A generated sales event as the bytes of a takt.events.v1.Change. A file of its own, because generated
// headers are heavy.
//
// Threads: any.
#pragma once

#include <string>

#include "engine/traffic/sales_event.h"

namespace takt {

std::string SalesProtobuf(const SalesEvent& event);

}  // namespace takt
