#include "connectors/http/client.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

struct Body {
  std::string bytes;
  size_t bytes_max = 0;
  bool is_too_large = false;
};

size_t TakeBody(char* data, size_t size, size_t count, void* into) {
  Body& body = *static_cast<Body*>(into);
  const size_t bytes = size * count;
  body.is_too_large = body.bytes.size() + bytes > body.bytes_max;
  if (body.is_too_large) return 0;
  body.bytes.append(data, bytes);
  return bytes;
}

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

std::string Address(CURL* handle, const HttpAsk& ask) {
  std::string address = ask.url;
  for (const auto& [name, value] : ask.query) {
    char* encoded = curl_easy_escape(handle, value.c_str(), static_cast<int>(value.size()));
    char* key = curl_easy_escape(handle, name.c_str(), static_cast<int>(name.size()));
    absl::StrAppend(&address, absl::StrContains(address, '?') ? "&" : "?", key, "=", encoded);
    curl_free(key);
    curl_free(encoded);
  }
  return address;
}

void SetOptions(CURL* handle, const HttpAsk& ask, const std::string& address, Body& body,
                char* reason) {
  curl_easy_setopt(handle, CURLOPT_URL, address.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(ask.limit)));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "takt");
  if (!ask.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ask.ca_file.c_str());
  if (ask.user.empty()) return;
  curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(handle, CURLOPT_USERNAME, ask.user.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, ask.password.c_str());
}

}  // namespace

absl::StatusOr<HttpAnswer> HttpGet(const HttpAsk& ask) {
  const Handle handle(curl_easy_init());
  if (handle == nullptr) return absl::UnavailableError("libcurl did not start");
  Body body{.bytes_max = ask.body_bytes_max};
  char reason[CURL_ERROR_SIZE] = "";
  const std::string address = Address(handle.get(), ask);
  SetOptions(handle.get(), ask, address, body, reason);
  const CURLcode code = curl_easy_perform(handle.get());
  if (body.is_too_large) {
    return absl::ResourceExhaustedError(
        absl::StrCat(ask.url, " answers more than ", ask.body_bytes_max, " bytes"));
  }
  const std::string why = reason[0] != '\0' ? reason : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      break;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return absl::InvalidArgumentError(
          absl::StrCat("\"", ask.url, "\" is no address; write http://127.0.0.1:9465: ", why));
    default:
      return absl::UnavailableError(absl::StrCat("no answer from ", ask.url, ": ", why));
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpAnswer{static_cast<int>(status), std::move(body.bytes)};
}

}  // namespace takt
