// Early return on a bad absl::Status, the two forms that Abseil's own packages of this age lack.
//
//   TAKT_RETURN_IF_ERROR(Flush());
//   TAKT_ASSIGN_OR_RETURN(auto block, ReadBlock(file));
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define TAKT_RETURN_IF_ERROR(expression)         \
  do {                                           \
    absl::Status takt_status_ = (expression);    \
    if (!takt_status_.ok()) return takt_status_; \
  } while (false)

#define TAKT_CONCAT_INNER_(a, b) a##b
#define TAKT_CONCAT_(a, b) TAKT_CONCAT_INNER_(a, b)

#define TAKT_ASSIGN_OR_RETURN(declaration, expression) \
  TAKT_ASSIGN_OR_RETURN_INNER_(TAKT_CONCAT_(takt_result_, __LINE__), declaration, expression)

#define TAKT_ASSIGN_OR_RETURN_INNER_(result, declaration, expression) \
  auto result = (expression);                                         \
  if (!result.ok()) return result.status();                           \
  declaration = *std::move(result)
