// Writes prices/book.csv from two public lists of prices, so that a new version of them is a diff to be reviewed:
//
//   npm install --no-save @pydantic/genai-prices@0.1.8 @earendil-works/pi-ai@1.6.0
//   node prices/generate.mjs 2026-11-28 > prices/book.csv
//
// The first has days, tiers, writes for an hour and web searches; the second the newest models, as they are now. Where both know a model and its present
// prices differ, that is said on stderr and the first is taken, until a line below decides. What neither has stands below with its source.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const version = process.argv[2]
if (!/^\d{4}-\d\d-\d\d[a-z]?$/.test(version ?? '')) {
  console.error('usage: node prices/generate.mjs VERSION, such as 2026-11-28')
  process.exit(2)
}

const require = createRequire(join(process.cwd(), 'any.js'))
const { findProvider } = require('@pydantic/genai-prices')
const list = join(dirname(require.resolve('@pydantic/genai-prices')), '..', '..', '..', '@earendil-works/pi-ai/dist/providers/data')
const FIRST = 'genai-prices 0.1.8 (2026-09-23)'
const SECOND = 'pi-ai 1.6.0 (2026-11-20)'

// The models, in the order of the book: name, further names, what is known of them beyond the lists.
const HALF = { batch: 0.5, sources: ['batch: half, as the vendor offers it'] }
const US = { ...HALF, us: 1.1, sources: [...HALF.sources, 'us: LiteLLM (2026-05)'] }
const fast = factor => ({ ...US, fast: factor, sources: [...HALF.sources, 'us and fast: LiteLLM (2026-05)'] })
const MODELS = {
  anthropic: [
    ['claude-3-haiku-20240307', '', { ...HALF, as: 'claude-3-haiku' }],
    ['claude-3-opus-20240229', '', { ...HALF, as: 'claude-3-opus-latest' }],
    ['claude-3-5-haiku', 'claude-3-5-haiku-* claude-3-5-haiku-latest', { ...HALF, as: 'claude-3-5-haiku-latest' }],
    ['claude-3-5-sonnet', 'claude-3-5-sonnet-* claude-3-5-sonnet-latest', HALF],
    ['claude-3-7-sonnet', 'claude-3-7-sonnet-* claude-3-7-sonnet-latest', { ...HALF, as: 'claude-3-7-sonnet-latest' }],
    ['claude-opus-4-0', 'claude-opus-4-20250514', HALF],
    ['claude-opus-4-1', 'claude-opus-4-1-*', HALF],
    ['claude-opus-4-5', 'claude-opus-4-5-*', HALF],
    ['claude-opus-4-6', 'claude-opus-4-6-*', fast(6)],
    ['claude-opus-4-7', 'claude-opus-4-7-*', fast(6)],
    ['claude-opus-4-8', 'claude-opus-4-8-*', fast(2)],
    ['claude-opus-5', 'claude-opus-5-*', { ...fast(2), sources: [...HALF.sources, 'us: as before it', "fast: the vendor's announcement (2026-07-24)"] }],
    ['claude-opus-5-5', 'claude-opus-5-5-*', US],
    ['claude-sonnet-4-0', 'claude-sonnet-4-20250514', HALF],
    ['claude-sonnet-4-5', 'claude-sonnet-4-5-*', HALF],
    ['claude-sonnet-4-6', 'claude-sonnet-4-6-*', US],
    ['claude-sonnet-5', 'claude-sonnet-5-*', US],
    ['claude-sonnet-5-5', 'claude-sonnet-5-5-*', US],
    ['claude-haiku-4-5', 'claude-haiku-4-5-*', HALF],
    ['claude-haiku-5-5', 'claude-haiku-5-5-*', US],
    ['claude-fable-5', 'claude-fable-5-*', US],
    ['claude-fable-5-1', 'claude-fable-5-1-*', US],
    ['claude-fable-5-2', 'claude-fable-5-2-*', US],
  ],
  openai: [
    ['gpt-5', 'gpt-5-* gpt-5-codex', HALF],
    ['gpt-5-mini', 'gpt-5-mini-*', HALF],
    ['gpt-5-nano', 'gpt-5-nano-*', HALF],
    ['gpt-5.1', 'gpt-5.1-* gpt-5.1-codex gpt-5.1-codex-max', HALF],
    ['gpt-5.1-codex-mini', '', HALF],
    ['gpt-5.2', 'gpt-5.2-* gpt-5.2-codex', HALF],
    ['gpt-5.3-codex', 'gpt-5.3', HALF],
    ['gpt-5.4', 'gpt-5.4-*', HALF],
    ['gpt-5.4-mini', 'gpt-5.4-mini-*', HALF],
    ['gpt-5.4-nano', 'gpt-5.4-nano-*', HALF],
    ['gpt-5.5', 'gpt-5.5-* gpt-5.5-codex', HALF],
    ['gpt-5.6-luna', 'gpt-5.6-luna-*', HALF],
    ['gpt-5.6-sol', 'gpt-5.6-sol-* gpt-5.6', { ...HALF, sources: [...HALF.sources, 'the lower price was promised until 2026-11-21 at least'] }],
    ['gpt-5.6-terra', 'gpt-5.6-terra-*', HALF],
    ['gpt-6-astra', 'gpt-6-astra-*', HALF],
    ['gpt-6-luna', 'gpt-6-luna-*', HALF],
    ['gpt-6-sol', 'gpt-6-sol-*', HALF],
    ['gpt-6.1-sol', 'gpt-6.1-sol-*', HALF],
    ['gpt-6.1-terra', 'gpt-6.1-terra-*', HALF],
    ['gpt-6.2-astra', 'gpt-6.2-astra-*', HALF],
    ['gpt-6.2-sol', 'gpt-6.2-sol-*', HALF],
    ['codex-mini-latest', '', { as: 'codex-mini', sources: [] }],
    ['o4-mini', 'o4-mini-*', HALF],
  ],
  google: [
    ['gemini-2.5-pro', '', HALF],
    ['gemini-2.5-flash', '', HALF],
    ['gemini-2.5-flash-lite', '', HALF],
    ['gemini-3-pro-preview', '', HALF],
    ['gemini-3-flash-preview', '', HALF],
    ['gemini-3.1-pro-preview', 'gemini-3.1-pro-preview-customtools', HALF],
    ['gemini-3.1-flash-lite', 'gemini-3.1-flash-lite-preview', HALF],
    ['gemini-3.5-flash', '', HALF],
    ['gemini-3.5-flash-lite', '', HALF],
    ['gemini-3.6-flash', '', HALF],
    ['gemini-3.7-flash', '', HALF],
    ['gemini-3.8-flash', '', HALF],
    ['gemini-4-argon', '', HALF],
    ['gemini-4-carbon', '', HALF],
    ['gemini-4-hydrogen', '', HALF],
    ['gemini-4-neon', '', HALF],
  ],
}

const KINDS = { input: 'input_mtok', output: 'output_mtok', cache_read: 'cache_read_mtok', cache_write_5m: 'cache_write_mtok', cache_write_1h: 'cache_write_1h_mtok' }

/** The lines of a model in the first list: a day, a size, and rates. */
function ofFirst (model) {
  const dated = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  return dated.flatMap(({ constraint, prices }) => {
    const tiers = new Set(Object.values(KINDS).flatMap(kind => (prices[kind]?.tiers ?? []).map(tier => tier.start)))
    return ['', ...tiers].map(above => ({
      from: constraint?.start_date ?? '',
      // A start of 271999 means "272,000 and more"; the vendor's later pages and the second list say "more than 272,000".
      above: above === 271999 ? 272000 : above,
      rates: Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name,
        above === '' ? prices[kind]?.base ?? prices[kind] : prices[kind]?.tiers?.find(tier => tier.start === above)?.price])),
      web: prices.web_searches_kcount,
    }))
  })
}

/** Those of the second; a write for five minutes that is 0 has no price. */
function ofSecond (provider, model) {
  const rates = cost => ({ input: cost.input, output: cost.output, cache_read: cost.cacheRead, cache_write_5m: cost.cacheWrite || undefined,
    // An hour costs twice the input at this vendor, as the first list says of all its models.
    cache_write_1h: provider === 'anthropic' ? 2 * cost.input : undefined })
  const web = provider === 'google' ? undefined : 10
  return [{ from: '', above: '', rates: rates(model.cost), web },
    ...(model.cost.tiers ?? []).map(tier => ({ from: '', above: tier.inputTokensAbove, rates: rates(tier), web }))]
}

const text = value => value === undefined ? '' : String(Number(value.toFixed(6)))
const field = value => /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

console.log(`# version ${version}`)
console.log('# List prices: dollars a million tokens and a thousand web searches; fast, batch and us multiply. docs/money.md says more; your own stand in own.csv.')
console.log('# Sources: @pydantic/genai-prices and @earendil-works/pi-ai of npm, and LiteLLM, as far as they go; generate.mjs has put them together.')
console.log('provider,model,match,from,above,input,output,cache_read,cache_write_5m,cache_write_1h,web_per_1000,fast,batch,us,source')
for (const [provider, models] of Object.entries(MODELS)) {
  const first = findProvider({ providerId: provider }).models
  const second = Object.values(JSON.parse(readFileSync(join(list, `${provider}.json`)))).flatMap(Object.values).filter(model => model.type !== 'classifier')
  for (const [name, match, known] of models) {
    const one = first.find(model => model.id === (known.as ?? name))
    const two = second.find(model => model.id === name)
    if (!one && !two) {
      throw new Error(`neither list has ${name}`)
    }
    const lines = one ? ofFirst(one) : ofSecond(provider, two)
    if (one && two) {
      const today = lines.filter(line => line.from <= version)
      const present = today.filter(line => line.from === today.at(-1).from)
      const theirs = ofSecond(provider, two)
      const told = line => [line.above, line.rates.input, line.rates.output, line.rates.cache_read ?? 0, line.rates.cache_write_5m ?? 0].join(' ')
      if (present.map(told).join() !== theirs.map(told).join()) {
        console.error(`${name} differs: ${present.map(told).join(' / ')} and ${theirs.map(told).join(' / ')}`)
      }
    }
    const source = [one && two ? `${FIRST} and ${SECOND}` : one ? FIRST : SECOND,
      ...(one || provider === 'google' ? [] : [provider === 'anthropic' ? 'an hour: twice the input' : '', 'web: as before it']), ...known.sources]
      .filter(Boolean).join('; ')
    for (const { from, above, rates, web } of lines) {
      console.log([provider, name, match, from, above, ...Object.keys(KINDS).map(kind => text(rates[kind])), text(web), text(known.fast), text(known.batch),
        text(known.us), source].map(value => field(String(value))).join(','))
    }
  }
}
