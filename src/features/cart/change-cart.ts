import type { Ctx } from '../../context.ts'
import { ConstraintViolation, runBatchAsCaller, runStatementAsCaller } from '../../db/transaction.ts'
import { CART_LINES_MAX, LINE_QUANTITY_MAX } from '../../shared/cart-limits.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { newId } from '../../shared/ids.ts'
import type { CartContents, CartOwner } from './contents.ts'
import { type KeyedOperation, requestScope } from './request-scope.ts'
import { parseCart, selectCart } from './queries/read-cart.ts'
import type { Statements } from './queries/write-cart.ts'
import { type RequestKey, selectRequestKey } from './queries/request-keys.ts'

/** What each constraint or assertion of a change means to the caller. */
export type Refusals = Partial<Record<string, [ErrorCode, string]>>

/** What no change may exceed. */
const LIMITS: Refusals = {
  cart_quantity_within_limit: ['quantity-limit', `A line holds 1 to ${LINE_QUANTITY_MAX} units.`],
  cart_lines_within_limit: ['cart-lines-limit', `A cart holds at most ${CART_LINES_MAX} lines.`],
}

type Change = { statements: Statements; refusals: Refusals }

/** As `Change`, made once for each key: what raises a known one stands first, and the last statement answers the cart. */
type KeyedChange = { statementsFor: (key: RequestKey) => Statements; refusals: Refusals }

/** A change's request: the operation's name, the caller's idempotency key if it sent one, and what it asks for. */
export type ChangeRequest = { operation: KeyedOperation; key: string | undefined; body: Record<string, unknown> }

/** The cart that a change left. `replayed` when an earlier request with the same key had made it already. */
export type ChangedCart = { contents: CartContents | undefined; replayed: boolean }

const moment = (ctx: Ctx) => ({ currency: ctx.env.CURRENCY, now: ctx.now() })

/**
 * Makes a change that may run twice without harm, and reads the cart it leaves: one transaction, one round trip.
 * The cart is undefined when its owner has none.
 */
export async function changeCart(ctx: Ctx, owner: CartOwner, change: Change): Promise<CartContents | undefined> {
  return run(ctx, [...change.statements, selectCart(ctx.db, owner, moment(ctx))], change.refusals)
}

async function run(ctx: Ctx, statements: Statements, refusals: Refusals): Promise<CartContents | undefined> {
  const [first, ...others] = statements
  try {
    // A statement alone is a transaction too, and is spared BEGIN and COMMIT, which PostgreSQL takes one by one.
    if (others.length === 0) return parseCart(await runStatementAsCaller(ctx, () => first))
    const results = await runBatchAsCaller(ctx, statements)
    return parseCart(results.at(-1))
  } catch (error) {
    throw translate(error, refusals)
  }
}

/**
 * Makes a change that would count twice if it ran twice. A key is written before all else: the caller's own, or one made
 * for this request, so that a batch whose answer was lost can be sent again.
 * Throws `idempotency-key-reused` when the caller's key stands for another request.
 */
export async function changeCartOnce(
  ctx: Ctx,
  owner: CartOwner,
  request: ChangeRequest,
  { statementsFor, refusals }: KeyedChange,
): Promise<ChangedCart> {
  const key: RequestKey = {
    scope: requestScope(request.operation, owner),
    key: request.key ?? newId(),
    fingerprint: await sha256Hex(JSON.stringify(request.body)),
  }
  try {
    return { contents: await run(ctx, statementsFor(key), refusals), replayed: false }
  } catch (error) {
    const isKnown = error instanceof ConstraintViolation && error.constraint === 'request_once_per_idempotency_key'
    if (!isKnown) throw error
    // A key of our own is met again only when the answer to its batch was lost: for the caller it is the first time.
    return { contents: await replay(ctx, owner, key), replayed: request.key !== undefined }
  }
}

async function replay(ctx: Ctx, owner: CartOwner, key: RequestKey): Promise<CartContents | undefined> {
  const [[earlier], cart] = await runBatchAsCaller(ctx, [
    selectRequestKey(ctx.db, key),
    selectCart(ctx.db, owner, moment(ctx)),
  ])
  if (earlier?.fingerprint !== key.fingerprint)
    throw new AppError('idempotency-key-reused', 'This Idempotency-Key was used for another request.')
  return parseCart(cart)
}

function translate(error: unknown, refusals: Refusals): unknown {
  if (!(error instanceof ConstraintViolation)) return error
  const refusal = refusals[error.constraint] ?? LIMITS[error.constraint]
  return refusal === undefined ? error : new AppError(...refusal, { cause: error })
}
