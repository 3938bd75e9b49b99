#include "engine/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace takt {

void CheckFailed(const char* file, int line, const char* condition, const char* text) {
  std::fprintf(stderr, "%s:%d: broken condition: %s (%s)\n", file, line, condition, text);
  std::abort();
}

}  // namespace takt
