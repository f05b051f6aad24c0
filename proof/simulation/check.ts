import type { Client } from 'pg'
import type { Watch } from '../../dev/stripe/emulator.ts'
import { findBroken, findBrokenNow } from '../world/invariants.ts'
import { breaches } from '../../test/support/stripe-contract.ts'
import { stockAtStart } from './shop.ts'
import type { Mail, SimulatedMail } from './world/mail.ts'
import { OPERATOR } from './world/platform.ts'
import type { SimulatedStripe } from './world/stripe.ts'
import type { World } from './world/world.ts'

/** The share of commits after which the rules that always hold are checked. */
const SHARE_WATCHED = 1 / 6
const DAY_MS = 24 * 60 * 60_000

/** What holds days after the last customer left: nothing is reserved and nothing is waiting. */
const WHEN_ALL_IS_OVER: Record<string, string> = {
  'reservations: no checkout stays open': `
    SELECT format('checkout %s is %s', id, status) AS what FROM checkouts WHERE status IN ('open', 'processing')`,
  'reservations: nothing stays reserved': `SELECT format('%s units of %s', reserved, code) AS what FROM skus WHERE reserved <> 0`,
  'emails: no email is forgotten': `
    SELECT format('%s to %s is %s', em_cd, to_address, status) AS what FROM email_outbox WHERE status NOT IN ('sent', 'failed')`,
  'emails: what failed for good is noted': `
    SELECT format('%s to %s', em_cd, to_address) AS what FROM email_outbox e
    WHERE status = 'failed' AND order_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM order_email_failures f WHERE f.order_id = e.order_id)`,
  'alerts: no event that somebody waits for is forgotten': `
    SELECT format('%s of %s: %s', type, occurred_at, last_error) AS what FROM events
    WHERE next_sweep_at IS NOT NULL OR given_up_at IS NOT NULL`,
  'alerts: operators are told of what needs them': `
    SELECT format('payment %s', stripe_session_id) AS what FROM unmatched_payments u
    WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.type = 'payment-unmatched' AND e.subject_id = u.stripe_session_id)
    UNION ALL
    SELECT format('dispute %s', stripe_dispute_id) FROM order_disputes d
    WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_kind IN ('inquiry', 'dispute') AND e.subject_id = d.stripe_dispute_id)`,
  'alerts: nobody is told twice of what is open': `
    SELECT format('%s of %s %s: %s times', a.code, a.subject_kind, a.subject_id, count(*)) AS what
    FROM events e JOIN operator_alerts a ON a.id = e.alert_id
    WHERE e.type <> 'unmatched-payment-reopened' GROUP BY a.id HAVING count(*) > 1`,
  'alerts: there is one email each time that operators are told': `
    SELECT format('told %s times, emailed %s times', told, mailed) AS what
    FROM (SELECT count(*) AS told FROM events WHERE alert_id IS NOT NULL) t,
      (SELECT count(*) AS mailed FROM email_outbox WHERE em_cd = 'operator_alert') m
    WHERE told <> mailed`,
  'events: what happened to an order is written once': `
    SELECT format('order %s', o.identifier) AS what FROM orders o
    WHERE (SELECT count(*) FROM events e WHERE e.type = 'order-placed' AND e.subject_id = o.id::text) <> 1
      OR (SELECT count(*) FROM events e WHERE e.type = 'order-refunded' AND e.subject_id = o.id::text)
        <> (SELECT count(*) FROM order_refunds r WHERE r.order_id = o.id AND r.told_at IS NOT NULL)`,
  'carts: every cart is cleared of what was bought': `
    SELECT format('checkout %s', id) AS what FROM checkouts WHERE status = 'complete' AND cart_cleared_at IS NULL`,
}

/** For the database: checks the rules after some of the commits. */
export function watchCommits(world: World, observer: Client): () => Promise<void> {
  let commits = 0
  return async () => {
    if (world.chance.of(`commit ${commits++} watched`) > SHARE_WATCHED) return
    for (const broken of await world.clock.during(findBrokenNow(observer))) world.violate(`after a commit: ${broken}`)
  }
}

/** Requests to Stripe, its answers and events must fit the types of Stripe's SDK. */
export function watchContract(world: World): Watch {
  const hold = (breaches: string[]) => {
    for (const breach of breaches) world.violate(`Stripe's contract: ${breach}`)
  }
  return {
    call({ address, params, status, answer }) {
      hold(breaches(address, 'request', params))
      if (status === 200) hold(breaches(address, 'answer', answer))
    },
    event: (event) => hold(breaches('Event', 'event', event)),
  }
}

/** A payable page must have its goods reserved up to the moment of the payment. */
export function watchPayments(
  world: World,
  observer: Client,
): (sessionId: string, checkoutId: string) => Promise<void> {
  return async (sessionId, checkoutId) => {
    const { rows } = await world.clock.during(
      observer.query<{ status: string }>('SELECT status FROM checkouts WHERE id = $1', [checkoutId]),
    )
    const status = rows[0]?.status ?? 'unknown'
    if (!['open', 'processing', 'complete'].includes(status)) {
      world.violate(`reservations: session ${sessionId.slice(-6)} was paid while its checkout was ${status}`)
    }
  }
}

/** Everything that is wrong at the end, one line each. */
export async function findViolations(given: {
  world: World
  stripe: SimulatedStripe
  mail: SimulatedMail
  observer: Client
}): Promise<string[]> {
  const { stripe, mail, observer } = given
  const violations = await findBroken(observer, {
    sessions: stripe.sessions(),
    disputes: stripe.disputes(),
    refunded: new Map(stripe.payments().map(({ paymentIntent, refunded }) => [paymentIntent, refunded])),
    mail: withoutReminders(mail.mailbox),
    stockAtStart,
  })
  for (const [rule, sql] of Object.entries(WHEN_ALL_IS_OVER)) {
    const { rows } = await observer.query<{ what: string }>(sql)
    violations.push(...rows.map(({ what }) => `${rule}: ${what}`))
  }
  return [...violations, ...(await compareMail(observer, mail))]
}

/**
 * What arrived, without reminders: an open alert whose email was perhaps accepted is emailed to the operators again, a day
 * later at the earliest.
 */
const withoutReminders = (mailbox: readonly Mail[]): Mail[] =>
  mailbox.filter(
    (mail, at) =>
      mail.to !== OPERATOR ||
      !mailbox
        .slice(0, at)
        .some(({ messageId, at: before }) => messageId === mail.messageId && mail.at - before >= DAY_MS),
  )

/** I5 against the mailbox: what counts as sent has arrived, and everything that arrived is known to the shop. */
async function compareMail(observer: Client, { mailbox }: SimulatedMail): Promise<string[]> {
  const { rows } = await observer.query<{ id: string; message_id: string | null; em_cd: string; known: boolean }>(`
    SELECT e.id, s.message_id, e.em_cd,
      s.message_id IS NOT NULL OR e.status IN ('sent', 'failed') AS known
    FROM email_outbox e LEFT JOIN emails_sent s ON s.outbox_id = e.id`)
  const arrived = new Set(mailbox.map(({ messageId }) => messageId.replaceAll(/[<>]/g, '')))
  const missing = rows
    .filter(({ message_id: messageId }) => messageId !== null && !arrived.has(messageId.replaceAll(/[<>]/g, '')))
    .map(({ em_cd: code, message_id: messageId }) => `I5: ${code} ${messageId} counts as sent and never arrived`)
  const ids = rows.filter(({ known }) => known).map(({ id }) => id)
  const strangers = [...arrived]
    .filter((messageId) => !ids.some((id) => messageId.includes(id)))
    .map((messageId) => `I5: an email ${messageId} arrived that the shop does not know to be sent`)
  return [...missing, ...strangers]
}
