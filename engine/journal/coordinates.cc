#include "engine/journal/coordinates.h"

namespace takt {
namespace {

int64_t UnZigZag(uint64_t code) {
  return static_cast<int64_t>(code >> 1) ^ -static_cast<int64_t>(code & 1);
}

}  // namespace

void CoordinatesWriter::AddAny(Coordinates at) {
  ByteWriter writer(&bytes_);
  const int64_t step = at.offset - last_.offset;
  const bool is_near = step > INT32_MIN && step < INT32_MAX;
  if (begun_ && at.partition == last_.partition && is_near) {
    const uint64_t zigzag = (static_cast<uint64_t>(step) << 1) ^ static_cast<uint64_t>(step >> 63);
    writer.Varint(zigzag << 1);
  } else {
    writer.Varint(uint64_t{at.partition} << 1 | 1);
    writer.Signed(at.offset);
  }
  last_ = at;
  begun_ = true;
}

bool CoordinatesReader::Next(Coordinates* at) {
  if (reader_.AtEnd()) return false;
  const uint64_t head = reader_.Varint();
  if ((head & 1) != 0) {
    last_.partition = static_cast<uint32_t>(head >> 1);
    last_.offset = reader_.Signed();
  } else {
    last_.offset = static_cast<int64_t>(static_cast<uint64_t>(last_.offset) +
                                        static_cast<uint64_t>(UnZigZag(head >> 1)));
  }
  *at = last_;
  return reader_.ok();
}

}  // namespace takt
