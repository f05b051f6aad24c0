import { createHmac } from 'node:crypto'

/** `Stripe-Signature` of a payload: HMAC-SHA256 over `<seconds>.<payload>`; see https://docs.stripe.com/webhooks. */
export function signatureHeader(payload: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${payload}`, 'utf8').digest('hex')
  return `t=${seconds},v1=${signature}`
}
