#!/usr/bin/env bash
# ccusage takes a call for one that never was, in silence, if its time has other than no or three decimals of a second.
#
# Package:   npm ccusage 20.0.24 with its native binary @ccusage/ccusage-linux-x64 20.0.24
# Expected:  one moment, written in any form of RFC 3339 (section 5.6: any number of decimals, any offset), is the same call with the
#            same tokens; or the tool says which lines it leaves out.
# Seen:      no decimals and three decimals count, with any offset. One, two, six and nine decimals count nothing: exit code 0, no warning,
#            total 0.
# Matters:   agents write three decimals themselves, but what gateways, collectors and scripts of Python (isoformat: six decimals) or Go
#            (up to nine, without ending zeros) write again is lost. A peer's total is then low, and the file looks right to everyone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --prefix "$work" ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24
seen() {
    mkdir -p "$1/projects/p"
    printf '{"type":"assistant","uuid":"u1","sessionId":"s1","timestamp":"%s","requestId":"r1","message":{"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"usage":{"input_tokens":100,"output_tokens":10}}}\n' "$1" >"$1/projects/p/s1.jsonl"
    HOME=$work CLAUDE_CONFIG_DIR=$work/$1 node_modules/.bin/ccusage claude daily --json --offline --timezone UTC >answer.json
    echo "$1: $(tr -d ' \n' <answer.json | sed 's/.*"totals":{.*"inputTokens":\([0-9]*\),.*/\1 in/')"
}
for time in 2026-11-20T10:00:00Z 2026-11-20T10:00:00.120Z 2026-11-20T10:00:00.1Z 2026-11-20T10:00:00.12Z 2026-11-20T10:00:00.123456Z \
        2026-11-20T10:00:00.123456789Z 2026-11-20T10:00:00.120+00:00 2026-11-20T12:00:00.120+02:00; do
    seen "$time"
done | tee seen
diff seen - <<'SEEN'
2026-11-20T10:00:00Z: 100 in
2026-11-20T10:00:00.120Z: 100 in
2026-11-20T10:00:00.1Z: 0 in
2026-11-20T10:00:00.12Z: 0 in
2026-11-20T10:00:00.123456Z: 0 in
2026-11-20T10:00:00.123456789Z: 0 in
2026-11-20T10:00:00.120+00:00: 100 in
2026-11-20T12:00:00.120+02:00: 100 in
SEEN
echo "as stated"
