#include "engine/app/sales_protobuf.h"

#include "takt/events/v1/change.pb.h"

namespace takt {
namespace {

namespace v1 = ::takt::events::v1;

v1::Change::Op OpOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kPatch:
      return v1::Change::OP_PATCH;
    case ChangeKind::kRecord:
      return v1::Change::OP_RECORD;
    case ChangeKind::kDelete:
      return v1::Change::OP_DELETE;
    case ChangeKind::kUndelete:
      return v1::Change::OP_UNDELETE;
  }
  return v1::Change::OP_UNSPECIFIED;
}

void SetValue(const SalesValue& value, v1::Field& field) {
  switch (value.kind) {
    case SalesValue::Kind::kNull:
      return field.set_cleared(true);
    case SalesValue::Kind::kText:
      return field.set_text(value.text);
    case SalesValue::Kind::kMoney:
      return field.set_minor_units(value.integer);
    case SalesValue::Kind::kBool:
      return field.set_flag(value.integer != 0);
    case SalesValue::Kind::kTime:
      return field.set_time_micros(value.integer);
  }
}

}  // namespace

std::string SalesProtobuf(const SalesEvent& event) {
  v1::Change change;
  change.set_object(event.object);
  change.set_id(event.id);
  change.set_op(OpOf(event.kind));
  change.set_time_micros(event.time.micros);
  change.set_event_id(event.event_id);
  for (const auto& [name, value] : event.fields) {
    v1::Field& field = *change.add_fields();
    field.set_name(name);
    SetValue(value, field);
  }
  return change.SerializeAsString();
}

}  // namespace takt
