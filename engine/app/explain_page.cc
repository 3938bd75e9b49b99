#include "engine/app/explain_page.h"

#include <utility>

#include "engine/app/explain_json.h"
#include "engine/app/explain_question.h"
#include "engine/app/explain_text.h"
#include "engine/app/moment_text.h"
#include "engine/kpi/json_writer.h"

namespace takt {

HttpResponse JsonError(const absl::Status& status) {
  int code = 503;
  if (absl::IsInvalidArgument(status)) code = 400;
  if (absl::IsNotFound(status)) code = 404;
  JsonWriter json;
  json.Object([&] { json.Member("error", status.message()); });
  return HttpResponse::Json(code, std::move(json).Finish() + "\n");
}

HttpResponse ExplainPage(Engine& engine, const PlaceSources& sources, const HttpRequest& request) {
  std::map<std::string, std::string> words = request.query;
  std::string format = "json";
  if (const auto asked = words.find("format"); asked != words.end()) {
    format = asked->second;
    words.erase(asked);
  }
  if (format != "json" && format != "text") {
    return JsonError(
        absl::InvalidArgumentError("format=\"" + Shown(format) + "\" is neither json nor text"));
  }
  const std::shared_ptr<const Snapshot> snapshot = engine.CurrentSnapshot();
  std::optional<EventTime> now;
  if (snapshot != nullptr) now = snapshot->now;
  const absl::StatusOr<ExplainQuestion> question =
      ParseExplainQuestion(engine.definition(), std::move(words), now);
  if (!question.ok()) return JsonError(question.status());
  const absl::StatusOr<Explanation> explanation = engine.Explain(*question);
  if (!explanation.ok()) return JsonError(explanation.status());
  std::optional<PlaceSearch> search;
  if (sources.open_journal && question->with_causes) {
    absl::StatusOr<PlaceSearch> found =
        FindExplainedPlaces(engine.definition(), *explanation, sources);
    // Without its places an explanation is as true; `places_known` says that there are none.
    if (found.ok()) search = *std::move(found);
  }
  const SourcePlaces* places = search.has_value() ? &search->places : nullptr;
  if (format == "text") {
    return HttpResponse::Text(200,
                              RenderExplanationText(engine.definition(), *explanation, places));
  }
  return HttpResponse::Json(200, RenderExplanation(engine.definition(), *explanation, places));
}

}  // namespace takt
