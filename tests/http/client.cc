#include "tests/http/client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace takt {

RawClient::RawClient(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  descriptor_ = socket(AF_INET, SOCK_STREAM, 0);
  const timeval limit{10, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}

RawClient::~RawClient() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool RawClient::Send(const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<size_t>(n);
  }
  return true;
}

std::string RawClient::ReadAll() {
  std::string all;
  char piece[65536];
  while (true) {
    const ssize_t n = recv(descriptor_, piece, sizeof(piece), 0);
    if (n <= 0) return all;
    all.append(piece, static_cast<size_t>(n));
  }
}

bool RawClient::ClosesWhileDripping() {
  for (int step = 0; step < 500; ++step) {
    pollfd waiting{descriptor_, POLLIN | POLLRDHUP, 0};
    if (poll(&waiting, 1, 20) > 0) return true;
    if (!Send("x")) return true;
  }
  return false;
}

std::string Fetch(const std::string& address, const std::string& method, const std::string& target,
                  const std::string& headers) {
  RawClient client(address);
  if (!client.ok()) return "";
  client.Send(method + " " + target + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n" + headers +
              "\r\n");
  return client.ReadAll();
}

}  // namespace takt
