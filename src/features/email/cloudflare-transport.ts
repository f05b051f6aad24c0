import type { Env } from '../../env.ts'
import { AppError } from '../../shared/errors.ts'
import { within } from '../../shared/within.ts'
import { type EmailTransport, type OutgoingEmail, TransportError, unsubscribeHeaders } from './transport.ts'

// Codes of the send_email binding: developers.cloudflare.com/email-service/api/send-emails/workers-api/#error-codes
const REFUSED_FOR_GOOD = new Set([
  'E_VALIDATION_ERROR',
  'E_FIELD_MISSING',
  'E_TOO_MANY_RECIPIENTS',
  'E_TOO_MANY_ATTACHMENTS',
  'E_CONTENT_TOO_LARGE',
  'E_HEADER_NOT_ALLOWED',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
  'E_DELIVERY_FAILED',
])

/** Errors after which a later attempt may succeed: limits, and a sender that operators can set up meanwhile. */
const MAY_WORK_LATER = new Set([
  'E_RATE_LIMIT_EXCEEDED',
  'E_DAILY_LIMIT_EXCEEDED',
  'E_SENDER_NOT_VERIFIED',
  'E_SENDER_DOMAIN_NOT_AVAILABLE',
])

function classify(error: unknown): TransportError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const message = error instanceof Error ? error.message : String(error)
  if (code !== undefined && REFUSED_FOR_GOOD.has(code)) return new TransportError('permanent', `${code}: ${message}`)
  if (code !== undefined && MAY_WORK_LATER.has(code)) return new TransportError('retryable', `${code}: ${message}`)
  return new TransportError('unknown', `the email service gave no clear answer: ${message}`, error)
}

/** Sends through Cloudflare's Email Service, which adds Message-ID and Date. */
export function createCloudflareTransport(env: Env): EmailTransport {
  const binding = env.SEND_EMAIL
  if (binding === undefined) throw new AppError('misconfigured', 'The Worker is not configured: SEND_EMAIL.')
  return {
    name: 'cloudflare',
    async send(email: OutgoingEmail) {
      const message = {
        from: email.from,
        to: email.to,
        ...(email.bcc === null ? {} : { bcc: email.bcc }),
        subject: email.subject,
        text: email.text,
        html: email.html,
        headers: { 'X-Entity-Ref-ID': email.id, ...unsubscribeHeaders(email) },
      }
      try {
        const { messageId } = await within(binding.send(message), env.SMTP_TIMEOUT_MS, 'the email service')
        return { messageId }
      } catch (error) {
        throw classify(error)
      }
    },
  }
}
