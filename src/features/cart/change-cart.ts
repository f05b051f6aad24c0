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

/** The error for each constraint or assertion that a change can break. */
export type Refusals = Partial<Record<string, [ErrorCode, string]>>

/** The limits that every change is held to. */
const LIMITS: Refusals = {
  cart_quantity_within_limit: ['quantity-limit', `A line holds 1 to ${LINE_QUANTITY_MAX} units.`],
  cart_lines_within_limit: ['cart-lines-limit', `A cart holds at most ${CART_LINES_MAX} lines.`],
}

type Change = { statements: Statements; refusals: Refusals }

/** A `Change` that takes effect once for each key. Its first statement writes the key, its last one answers the cart. */
type KeyedChange = { statementsFor: (key: RequestKey) => Statements; refusals: Refusals }

/** A request to change a cart: the operation, the caller's idempotency key if it sent one, and the body. */
export type ChangeRequest = { operation: KeyedOperation; key: string | undefined; body: Record<string, unknown> }

/** The cart after a change. `replayed` says that an earlier request with the same key had made the change. */
export type ChangedCart = { contents: CartContents | undefined; replayed: boolean }

const moment = (ctx: Ctx) => ({ currency: ctx.env.CURRENCY, now: ctx.now() })

/**
 * Makes a change that may safely run twice, and reads the changed cart, in one transaction and one round trip.
 * Undefined when the owner has no cart.
 */
export async function changeCart(ctx: Ctx, owner: CartOwner, change: Change): Promise<CartContents | undefined> {
  return run(ctx, [...change.statements, selectCart(ctx.db, owner, moment(ctx))], change.refusals)
}

async function run(ctx: Ctx, statements: Statements, refusals: Refusals): Promise<CartContents | undefined> {
  const [first, ...others] = statements
  try {
    // A single statement is a transaction by itself; sending it alone saves the work of BEGIN and COMMIT.
    if (others.length === 0) return parseCart(await runStatementAsCaller(ctx, () => first))
    const results = await runBatchAsCaller(ctx, statements)
    return parseCart(results.at(-1))
  } catch (error) {
    throw translate(error, refusals)
  }
}

/**
 * Makes a change that would count twice if it ran twice. The batch first writes a key, the caller's or one made for this
 * request, so it can be sent again when its answer was lost.
 * Throws `idempotency-key-reused` when the caller has used the key for another request.
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
    // A key that we made repeats only after a lost answer, which to the caller is the first one.
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
