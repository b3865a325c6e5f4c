#!/usr/bin/env bash
# ccusage takes a transcript for free if it was written with a space after the colon of "usage", as Python's json.dumps writes it.
#
# Package:   npm ccusage 20.0.24 with its native binary @ccusage/ccusage-linux-x64 20.0.24
# Expected:  white space between JSON tokens means nothing (RFC 8259, section 2): the same tokens, the same dollars.
# Seen:      {"usage":{"input_tokens":100,...}} counts 100 tokens in, 10 out. {"usage": {...}} counts nothing, exit code 0, no warning,
#            and the total is the JSON number -0.0. A space after any other colon of the line does no harm; it is "usage" alone.
#            So a transcript that a script has read and written again (json.dumps with its default separators) costs nothing.
# Matters:   transcripts are archived, redacted and moved by scripts. A peer's total may be low for a reason nobody sees in the data.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --prefix "$work" ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24
line='{"type":"assistant","uuid":"u1","sessionId":"s1","timestamp":"2026-11-20T10:00:00Z","requestId":"r1","message":{"id":"m1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"usage":{"input_tokens":100,"output_tokens":10}}}'
totals() {
    mkdir -p "$1/projects/p"
    cat >"$1/projects/p/s1.jsonl"
    HOME=$work CLAUDE_CONFIG_DIR=$work/$1 node_modules/.bin/ccusage claude daily --json --offline --timezone UTC >"$1.json"
    echo "$1: $(tr -d ' \n' <"$1.json" | sed 's/.*"totals":{.*"inputTokens":\([0-9]*\),"outputTokens":\([0-9]*\),.*/\1 in, \2 out/')"
}
{
    totals as-written <<<"$line"
    totals space-after-message <<<"${line/\"message\":/\"message\": }"
    totals space-after-input-tokens <<<"${line/\"input_tokens\":/\"input_tokens\": }"
    totals space-after-usage <<<"${line/\"usage\":/\"usage\": }"
    totals rewritten-by-python < <(python3 -c 'import json, sys; print(json.dumps(json.loads(sys.argv[1])))' "$line")
} | tee seen
diff seen - <<'SEEN'
as-written: 100 in, 10 out
space-after-message: 100 in, 10 out
space-after-input-tokens: 100 in, 10 out
space-after-usage: 0 in, 0 out
rewritten-by-python: 0 in, 0 out
SEEN
echo "as stated"
