import fc from 'fast-check'
import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { isInquiry } from '../../../../src/payments/dispute.ts'
import { readDispute } from '../../../../src/payments/stripe/disputes.ts'
import { readSession } from '../../../../src/payments/stripe/read-session.ts'
import { readRefund } from '../../../../src/payments/stripe/refunds.ts'

const CHECKOUT = '01890a5d-ac96-774b-bcce-b302099a8057'

/** A record of which any part may be missing or null. */
const partial = (parts: Record<string, fc.Arbitrary<unknown>>) =>
  fc.option(
    fc.record(Object.fromEntries(Object.entries(parts).map(([key, each]) => [key, fc.option(each)])), {
      requiredKeys: [],
    }),
  )

const text = fc.string()
const id = fc.constantFrom(CHECKOUT, 'no-id', '')
const address = partial({ line1: text, city: text, postal_code: text, country: text })

/** A session with everything that is read of it, whatever it may be and whatever of it is missing. */
const anySession = fc
  .record(
    {
      status: fc.oneof(fc.constantFrom('open', 'complete', 'expired', null), text),
      payment_status: fc.oneof(fc.constantFrom('paid', 'unpaid', 'no_payment_required'), text),
      url: fc.option(text),
      client_reference_id: fc.option(id),
      metadata: partial({ checkout_id: id, fingerprint: text }),
      payment_link: fc.option(fc.constant('plink_1')),
      payment_intent: fc.oneof(
        text,
        partial({
          id: text,
          status: fc.oneof(fc.constantFrom('requires_payment_method', 'canceled', 'processing'), text),
          latest_charge: fc.oneof(
            text,
            partial({
              payment_method_details: partial({ type: text }),
              billing_details: partial({ name: text, address }),
            }),
          ),
        }),
      ),
      customer: fc.oneof(text, partial({ id: text })),
      customer_details: partial({ email: text, name: text, phone: text, address }),
      collected_information: partial({ shipping_details: partial({ name: text, address }) }),
      amount_total: fc.option(fc.nat()),
      total_details: partial({ amount_tax: fc.nat() }),
      currency: fc.option(text),
    },
    { requiredKeys: [] },
  )
  .map((parts) => ({ id: 'cs_1', ...parts }) as unknown as Stripe.Checkout.Session)

const given = (parts: Record<string, unknown>) =>
  readSession({ id: 'cs_1', payment_link: null, ...parts } as unknown as Stripe.Checkout.Session)

const OURS = { client_reference_id: CHECKOUT, metadata: { checkout_id: CHECKOUT, fingerprint: 'f' } }

describe('a session of Stripe', () => {
  test('is read whatever it has and lacks, and nothing in what is read is undefined', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const read = readSession(session)
        expect(['open', 'processing', 'paid', 'failed', 'expired']).toContain(read.state)
        for (const value of [read, read.shippingAddress, read.billingAddress].flatMap(Object.values)) {
          expect(value).not.toBeUndefined()
        }
      }),
    )
  })

  test('counts as paid only when Stripe says that it is complete and nothing is owed', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const isPaid = session.status === 'complete' && ['paid', 'no_payment_required'].includes(session.payment_status)
        expect(readSession(session).state === 'paid').toBe(isPaid)
      }),
    )
  })

  test('can be paid still, for all that we know, when its status is one that we do not know', () => {
    expect(given({ status: 'suspended', payment_status: 'paid' }).state).toBe('open')
    expect(given({ status: null }).state).toBe('open')
  })

  test('is made by the shop only without a payment link, and when both references name the checkout', () => {
    expect(given(OURS)).toMatchObject({ checkoutId: CHECKOUT, isMadeByShop: true, fingerprint: 'f' })
    const metadata = { fingerprint: 'f' }
    for (const part of [{ payment_link: 'plink_1' }, { payment_link: undefined }, { metadata }, { metadata: null }]) {
      expect(given({ ...OURS, ...part })).toMatchObject({
        checkoutId: CHECKOUT,
        isMadeByShop: false,
        fingerprint: null,
      })
    }
    fc.assert(
      fc.property(anySession, (session) => {
        const { checkoutId, isMadeByShop, fingerprint } = readSession(session)
        expect(isMadeByShop ? checkoutId : CHECKOUT).toBe(CHECKOUT)
        expect(isMadeByShop ? null : fingerprint).toBeNull()
      }),
    )
  })
})

const refund = (status: string | null) =>
  readRefund({ id: 're_1', amount: 5, currency: 'usd', status, created: 60 } as Stripe.Refund)

const dispute = (status: string, parts: Partial<Stripe.Dispute> = {}) =>
  readDispute({
    id: 'dp_1',
    amount: 5,
    currency: 'usd',
    status,
    reason: 'general',
    created: 60,
    ...parts,
  } as Stripe.Dispute)

/** As `refund_status_known` and `dispute_status_known` have them. */
const REFUND = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled']
const INQUIRY = ['warning_needs_response', 'warning_under_review', 'warning_closed']
const DISPUTE = [...INQUIRY, 'needs_response', 'under_review', 'prevented', 'won', 'lost']

describe('a refund of Stripe', () => {
  test.each(REFUND)('that is %s stays so', (status) => {
    expect(refund(status)).toMatchObject({ status, reason: null, createdAt: new Date(60_000) })
  })

  test('has a status that the database keeps, whatever Stripe says', () => {
    expect(refund(null).status).toBe('pending')
    fc.assert(
      fc.property(fc.string(), (status) => {
        expect(REFUND).toContain(refund(status).status)
      }),
    )
  })
})

describe('a dispute of Stripe', () => {
  test.each(DISPUTE)('that is %s stays so', (status) => {
    expect(dispute(status).status).toBe(status)
    expect(isInquiry(dispute(status))).toBe(INQUIRY.includes(status))
  })

  test('has a status that the database keeps, whatever Stripe says, and a new kind of warning is an inquiry', () => {
    expect(dispute('appeal_needs_response').status).toBe('needs_response')
    const anyStatus = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `warning_${rest}`),
    )
    fc.assert(
      fc.property(anyStatus, (status) => {
        expect(DISPUTE).toContain(dispute(status).status)
        expect(isInquiry(dispute(status))).toBe(status.startsWith('warning_'))
      }),
    )
  })

  test('may have no date for its evidence, and no payment', () => {
    expect(dispute('lost')).toMatchObject({ evidenceDueBy: null, paymentIntentId: null })
    const details = { due_by: 60 } as Stripe.Dispute['evidence_details']
    expect(dispute('lost', { evidence_details: details, payment_intent: 'pi_1' })).toMatchObject({
      evidenceDueBy: new Date(60_000),
      paymentIntentId: 'pi_1',
    })
  })
})
