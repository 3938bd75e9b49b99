// Begins the load of a line of memory that will be needed soon.
//
// GCC takes a function whose only effect is a prefetch for one without effect and leaves its calls
// out; the empty statement of assembler keeps them.
//
// Threads: any. Any address will do, a null one too.
#pragma once

namespace takt {

inline void PrefetchLine(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");
}

}  // namespace takt
