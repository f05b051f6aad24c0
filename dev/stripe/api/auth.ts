import { StripeError } from './errors.ts'

const denied = (message: string, code?: string): StripeError =>
  new StripeError(401, { type: 'invalid_request_error', message, ...(code === undefined ? {} : { code }) }, false)

/** Accepts a test-mode secret or restricted key as Bearer token or Basic user; throws a 401 StripeError otherwise. */
export function authenticate(header: string | undefined): void {
  const key = keyOf(header ?? '')
  if (key === '') {
    throw denied(
      'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer ' +
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for " +
        'details, or we can help at https://support.stripe.com/.',
    )
  }
  if (key.startsWith('pk_')) {
    throw denied(
      'This API call cannot be made with a publishable API key. Please use a secret API key.',
      'secret_key_required',
    )
  }
  if (!/^(sk|rk)_test_\w+$/.test(key)) throw denied(`Invalid API Key provided: ${masked(key)}`)
}

function keyOf(header: string): string {
  const [scheme = '', credentials = ''] = header.trim().split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() !== 'basic') return ''
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? ''
}

const masked = (key: string): string =>
  `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(8).slice(-4)}`
