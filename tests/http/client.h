// A blocking TCP client for tests that must send what no HTTP library would.
#pragma once

#include <string>

namespace takt {

class RawClient {
 public:
  // Connects to "host:port" on loopback; ok() tells.
  explicit RawClient(const std::string& address);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  bool Send(const std::string& bytes);  // false: the peer has closed
  std::string ReadAll();                // until the peer closes, or ten seconds pass without a byte
  // Whether the peer closes within ten seconds while one byte is sent every 20 ms.
  bool ClosesWhileDripping();

 private:
  int descriptor_ = -1;
};

// One request with "Connection: close"; the whole answer.
std::string Fetch(const std::string& address, const std::string& method, const std::string& target,
                  const std::string& headers = "");

}  // namespace takt
