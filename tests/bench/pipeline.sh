#!/usr/bin/env bash
# Measures the whole engine on a real Kafka next to a bare librdkafka consumer; see pipeline.py.
#   tests/bench/pipeline.sh <build folder> [--pairs N] [--deals N] [--count N]
set -euo pipefail
build="${1:?the build folder, such as build/release}"
shift
exec python3 "$(dirname "${BASH_SOURCE[0]}")/pipeline.py" --build "${build}" "$@"
