#!/usr/bin/env bash
# genai-prices takes cached tokens for a part of input_tokens: a vendor's own usage object, handed over as it came, is priced too low.
#
# Package:   npm @pydantic/genai-prices 0.1.8
# Expected:  calcPrice has the words of the vendor's answer, input_tokens and output_tokens; for Claude input_tokens is what no cache had,
#            and what was read from a cache stands beside it. 1,000 new tokens and 500 cached ones of claude-opus-5 are
#            1,000 x $5 + 500 x $0.50 a million = $0.00525.
# Seen:      $0.00275: the 500 are taken off the 1,000 before these are priced. As soon as more is cached than new, which is nearly every
#            call of a coding agent, it raises an error; a test with small numbers does not. The same sum handed over as 1,500 is right.
# Matters:   what prices agents' calls by this list has to add input, reads and writes together first, and only for some vendors: a list
#            of prices is not enough to be right, it must be known which tokens a figure counts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --prefix "$work" @pydantic/genai-prices@0.1.8
cat >ask.mjs <<'JS'
import { calcPrice } from '@pydantic/genai-prices';
const price = (input, cached) => {
  try {
    const usage = { input_tokens: input, cache_read_tokens: cached, output_tokens: 0 };
    return calcPrice(usage, 'claude-opus-5', { timestamp: new Date('2026-11-20T10:00:00Z') }).total_price.toFixed(5);
  } catch (error) {
    return error.message;
  }
};
console.log('1000 new, 500 cached, as the vendor says it:', price(1000, 500));
console.log('the same, added together before:', price(1500, 500));
console.log('2 new, 30000 cached, as the vendor says it:', price(2, 30000));
JS
node ask.mjs | tee seen
diff seen - <<'SEEN'
1000 new, 500 cached, as the vendor says it: 0.00275
the same, added together before: 0.00525
2 new, 30000 cached, as the vendor says it: Invalid usage data: cache_read_tokens (30000) cannot exceed input_tokens (2)
SEEN
echo "as stated"
