import type { Ctx } from '../../context.ts'
import { type NewCheckout, startCheckoutStatement } from '../../db/functions/start-checkout.ts'
import { ConstraintViolation, runBatch, runBatchAsCaller, runStatement } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import { type Money, money } from '../../shared/money.ts'
import { turnstileHint } from '../../shared/turnstile.ts'
import { isRefused } from '../../payments/errors.ts'
import type { CartContents } from '../cart/contents.ts'
import { ownerOf } from '../cart/owner.ts'
import { parseCart, selectCart } from '../cart/queries/read-cart.ts'
import { priceCart } from '../cart/rules.ts'
import { clearCart } from '../orders/clear-cart.ts'
import { endSession, releaseCheckout } from './end-checkout.ts'
import { type BuyerRow, selectBuyer } from './queries/buyer.ts'
import { type CheckoutRow, selectCurrentCheckouts, selectTermsOfSale } from './queries/read-checkout.ts'
import { markAbandoned, storeSession } from './queries/write-checkout.ts'
import { openSessionAnew, readyCustomer } from './ready-customer.ts'
import { canStillOpen, sessionSweepAt } from './rules.ts'
import { assertExpectedTotal, assertSellable, buildCheckout, forCustomer, type Snapshot } from './snapshot.ts'

export type StartCheckoutInput = {
  /** A visitor's address for the confirmation. Ignored for a member: theirs goes to the account's address. */
  email: string | null
  locale: string
  idempotencyKey: string | null
  /** The caller's network (`networkKey`), whose share of the stock is limited; null for no limit. */
  networkKey: string | null
  /** The total that the customer was shown; a different one is refused. */
  expectedTotal: Money | null
}

export type StartedCheckout = {
  created: boolean
  checkoutId: string
  sessionId: string
  url: string | null
  expiresAt: string
}

/** How often everything is read again after a race with another call for the same cart. */
const ATTEMPTS = 6

/**
 * Prices the cart, writes the snapshot with its reservation, and opens the Stripe session for it. An unchanged cart gets
 * the same checkout; for a changed one, the old checkout is first ended at Stripe.
 * Throws `cart-empty`, `insufficient-stock`, `network-share-exceeded`, `sku-not-available`, `price-changed`,
 * `checkout-already-paid`, `discount-exhausted`, `discount-used-up`, `discount-needs-email`, `amount-too-small`,
 * `total-too-large`, `idempotency-key-reused`, `stripe-api-error`.
 */
export async function startCheckout(ctx: Ctx, given: StartCheckoutInput): Promise<StartedCheckout> {
  const id = newId()
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { cart, open, byKey, bought, buyer, termsVersion } = await readState(ctx, given)
    // A script cannot make verified addresses by the thousand, so their owners have no limit by network.
    const networkKey = buyer?.email_verified === true ? null : given.networkKey
    const input = { ...given, networkKey, email: buyer?.email ?? given.email }
    if (byKey !== undefined && byKey.status !== 'open') return answerClosed(byKey)
    if (cart === undefined || cart.lines.length === 0) throw new AppError('cart-empty', 'There is nothing in the cart.')
    if (bought !== undefined) {
      await clearCart(ctx, { checkoutId: bought.id })
      continue
    }

    const priced = priceCart(cart, { now: ctx.now(), currency: ctx.env.CURRENCY })
    const snapshot = await buildCheckout(ctx, { id, cart, priced, input, termsVersion })
    const isOpen = open !== undefined && isSame(ctx, open, snapshot)
    if (!isOpen) {
      if (byKey !== undefined) throw keyReused()
      assertSellable(priced)
    }
    assertExpectedTotal(money(priced.totals.total, ctx.env.CURRENCY), given.expectedTotal)
    if (isOpen) return resume(ctx, open, buyer, open.id === id)

    const customer = buyer && (await readyCustomer(ctx, buyer))
    if (open !== undefined) await endReplaced(ctx, open)
    const { row, ...parts } = customer === undefined ? snapshot : forCustomer(snapshot, customer.id)
    const isWritten = await tryWrite(ctx, {
      ...parts,
      replacedId: open?.id ?? null,
      newCustomer: customer?.made ?? null,
    })
    if (isWritten) return resume(ctx, row, buyer, true)
  }
  throw new AppError('cart-changed', 'The cart kept changing. Try again.')
}

async function readState(ctx: Ctx, input: StartCheckoutInput) {
  const owner = ownerOf(ctx.actor)
  if (owner === undefined) throw new AppError('cart-empty', 'There is nothing in the cart.')
  const [cartRows, checkouts, terms, buyers] = await runBatchAsCaller(ctx, [
    selectCart(ctx.db, owner, { currency: ctx.env.CURRENCY, now: ctx.now() }),
    selectCurrentCheckouts(ctx.db, owner, input.idempotencyKey),
    selectTermsOfSale(ctx.db, ctx.now()),
    ...('memberId' in owner ? [selectBuyer(ctx.db, owner.memberId)] : []),
  ])
  const termsVersion = terms.rows[0]?.version
  if (!termsVersion) throw new Error('the shop has no terms of sale that hold')
  const cart: CartContents | undefined = parseCart(cartRows)
  const buyer: BuyerRow | undefined = buyers?.rows[0]
  return {
    cart,
    buyer,
    termsVersion,
    open: checkouts.rows.find((row) => row.status === 'open'),
    bought: checkouts.rows.find(
      ({ status, cart_cleared_at: clearedAt }) =>
        (status === 'complete' || status === 'processing') && clearedAt === null,
    ),
    byKey: checkouts.rows.find((row) => row.idempotency_key !== null && row.idempotency_key === input.idempotencyKey),
  }
}

const keyReused = () =>
  new AppError('idempotency-key-reused', 'This Idempotency-Key was used for another checkout. Use a new one.')

/** Answers a retry whose checkout has closed meanwhile: again if it was paid, otherwise the client needs a new key. */
function answerClosed(row: CheckoutRow): StartedCheckout {
  if (row.stripe_session_id === null || (row.status !== 'complete' && row.status !== 'processing')) throw keyReused()
  return {
    created: false,
    checkoutId: row.id,
    sessionId: row.stripe_session_id,
    url: row.stripe_session_url,
    expiresAt: row.expires_at,
  }
}

const isSame = (ctx: Ctx, open: CheckoutRow, snapshot: Snapshot): boolean =>
  open.fingerprint === snapshot.checkout.fingerprint &&
  (open.stripe_session_id === null
    ? canStillOpen(new Date(open.expires_at), ctx.now())
    : new Date(open.expires_at) > ctx.now())

async function endReplaced(ctx: Ctx, open: CheckoutRow): Promise<void> {
  const settled = await endSession(ctx, open)
  if (settled === null || settled.status === 'expired') return
  throw new AppError('checkout-already-paid', 'The checkout of this cart has been paid already.', {
    details: settled.orderIdentifier === undefined ? {} : { order_identifier: settled.orderIdentifier },
  })
}

/** Writes the snapshot; false when another call changed something meanwhile, so that everything must be read again. */
async function tryWrite(ctx: Ctx, checkout: NewCheckout): Promise<boolean> {
  try {
    await runBatch(ctx.db, [startCheckoutStatement(ctx.db, checkout)])
    return true
  } catch (error) {
    if (!(error instanceof ConstraintViolation)) throw error
    switch (error.constraint) {
      case 'discount_redemptions_within_limit':
        throw new AppError('discount-exhausted', 'A discount code has reached its limit of redemptions.')
      case 'discount_limit_per_customer':
        throw new AppError('discount-used-up', 'You have reached the limit of uses of a discount code.')
      case 'stock_share_of_network':
        throw new AppError(
          'network-share-exceeded',
          'Open checkouts from your network have reserved their share of this already. Wait for one to end, or sign in to an ' +
            'account with a confirmed email address.',
          { details: turnstileHint(ctx.env) },
        )
      // Reading the cart again shows which SKUs are short, and counts what the replaced checkout has reserved of them.
      case 'stock_never_oversold':
      case 'cart_unchanged':
      case 'checkout_still_open':
      case 'checkout_one_open_per_cart':
      case 'checkout_once_per_idempotency_key':
      case 'checkouts_pkey':
        return false
      default:
        throw error
    }
  }
}

/** Answers an open checkout with its Stripe session, opening the session if there is none. */
async function resume(
  ctx: Ctx,
  row: CheckoutRow,
  buyer: BuyerRow | undefined,
  created: boolean,
): Promise<StartedCheckout> {
  const known = { created, checkoutId: row.id, expiresAt: row.expires_at }
  if (row.stripe_session_id !== null) return { ...known, sessionId: row.stripe_session_id, url: row.stripe_session_url }
  try {
    const { id, url } = await openSessionAnew(ctx, row, buyer)
    // The webhook finds the checkout by the session's metadata, so the answer need not wait for this.
    ctx.defer('store-session', () =>
      runStatement(() => storeSession(ctx.db, row.id, { id, url }, sessionSweepAt(new Date(row.expires_at)))),
    )
    return { ...known, sessionId: id, url }
  } catch (error) {
    if (isRefused(error) || (error instanceof AppError && error.code !== 'stripe-api-error')) {
      await releaseCheckout(ctx, row.id)
      throw error
    }
    ctx.defer('mark-abandoned', () => runStatement(() => markAbandoned(ctx.db, row.id, ctx.now())))
    throw error
  }
}
