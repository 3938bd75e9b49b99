#include "connectors/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/http/client.h"

namespace takt {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  void Start(HttpOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto server = HttpServer::Start(options, clock_, [this](const HttpRequest& request) {
      if (request.path == "/big")
        return HttpResponse{200, "text/plain", big_, {{"X-Of-Page", "yes"}}};
      if (request.path != "/kpis") return HttpResponse::Text(404, "no such page\n");
      const auto at = request.query.find("at");
      return HttpResponse::Text(200, at == request.query.end() ? "now" : at->second);
    });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  const std::string& address() const { return server_->address(); }

  SystemClock clock_;
  std::shared_ptr<const std::string> big_ = std::make_shared<const std::string>(20'000'000, 'b');
  std::unique_ptr<HttpServer> server_;
};

struct Case {
  std::string name;
  std::string method;
  std::string target;
  std::string headers;
  std::string status;
  std::string body;
};

class Answers : public HttpServerTest, public ::testing::WithParamInterface<Case> {};

TEST_P(Answers, AsTheTableSays) {
  Start();
  const Case& given = GetParam();
  const std::string answer = Fetch(address(), given.method, given.target, given.headers);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + given.status)) << answer.substr(0, 200);
  EXPECT_THAT(answer, HasSubstr(given.body));
}

INSTANTIATE_TEST_SUITE_P(
    Http, Answers,
    ::testing::Values(
        Case{"Get", "GET", "/kpis", "", "200", "now"},
        Case{"QueryIsDecoded", "GET", "/kpis?at=2026-01-01T00%3A00%3A00Z", "", "200",
             "2026-01-01T00:00:00Z"},
        Case{"HeadHasNoBody", "HEAD", "/kpis", "", "200", "\r\n\r\n"},
        Case{"UnknownPath", "GET", "/nothing", "", "404", "no such page"},
        Case{"PathTraversal", "GET", "/../../etc/passwd", "", "404", "no such page"},
        Case{"PostIsRefused", "POST", "/kpis", "Content-Length: 3\r\n", "405", "Allow: GET, HEAD"},
        Case{"DeleteIsRefused", "DELETE", "/kpis", "", "405", "only GET"},
        Case{"HugeHeader", "GET", "/kpis", "X: " + std::string(1'000'000, 'x') + "\r\n", "431", ""},
        Case{"LengthAndChunked", "GET", "/kpis",
             "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "400", ""}),
    [](const auto& info) { return info.param.name; });

TEST_F(HttpServerTest, LargeBodyArrivesWhole) {
  Start();
  const std::string answer = Fetch(address(), "GET", "/big");
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, big_->size());
}

TEST_F(HttpServerTest, HeadersOfAPageAreSentBesideThoseOfAll) {
  Start();
  const std::string answer = Fetch(address(), "HEAD", "/big");
  EXPECT_THAT(answer, HasSubstr("X-Of-Page: yes\r\n"));
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
}

TEST_F(HttpServerTest, ClientThatDripsIsCutOffAtItsDeadline) {
  HttpOptions options;
  options.request_deadline = absl::Seconds(1);
  Start(options);
  RawClient client(address());
  ASSERT_TRUE(client.Send("GET /kpis HTTP/1.1\r\nX: "));
  EXPECT_TRUE(client.ClosesWhileDripping());
}

TEST_F(HttpServerTest, HonestClientIsServedBesideTwoHundredBadOnes) {
  HttpOptions options;
  options.connections_per_address_max = 400;
  Start(options);
  std::vector<std::unique_ptr<RawClient>> bad;
  for (int i = 0; i < 200; ++i) {
    bad.push_back(std::make_unique<RawClient>(address()));
    // A third is silent, a third stops inside its head, a third never reads what it asked for.
    if (i % 3 == 1) bad.back()->Send("GET /kpis HTTP/1.1\r\nHost:");
    if (i % 3 == 2) bad.back()->Send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  const absl::Duration before = clock_.Monotonic();
  EXPECT_THAT(Fetch(address(), "GET", "/kpis"), HasSubstr("now"));
  EXPECT_LT(clock_.Monotonic() - before, absl::Seconds(1));
}

TEST_F(HttpServerTest, TakenPortIsNamed) {
  Start();
  HttpOptions options;
  options.listen = address();
  const auto second = HttpServer::Start(
      options, clock_, [](const HttpRequest&) { return HttpResponse::Text(200, ""); });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address()));
}

TEST_F(HttpServerTest, AddressThatIsNoneIsRefused) {
  for (const std::string listen :
       {"", "9464", "localhost:", "127.0.0.1:99999", "no.such.host.:1"}) {
    HttpOptions options;
    options.listen = listen;
    const auto server = HttpServer::Start(
        options, clock_, [](const HttpRequest&) { return HttpResponse::Text(200, ""); });
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument) << listen;
  }
}

}  // namespace
}  // namespace takt
