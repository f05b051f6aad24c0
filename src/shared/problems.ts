import { ACCOUNT_PROBLEMS } from './problems/account-problems.ts'
import type { Problem } from './problems/problem.ts'
import { REQUEST_PROBLEMS } from './problems/request-problems.ts'
import { SHOPPING_PROBLEMS } from './problems/shopping-problems.ts'

/**
 * Every problem that the API answers. Types, answers, the OpenAPI document with an example of each, and the table in
 * docs/api.md (`npm run openapi`) are made from it, so a new problem is one entry in one of these files.
 */
export const PROBLEMS = { ...REQUEST_PROBLEMS, ...ACCOUNT_PROBLEMS, ...SHOPPING_PROBLEMS }

/** Every code of a problem. */
export type ErrorCode = keyof typeof PROBLEMS

/** Why a discount code does not apply. */
export type DiscountRefusal = Extract<ErrorCode, `discount-${string}`>

export const DISCOUNT_REFUSALS = Object.keys(PROBLEMS).filter(
  (code): code is DiscountRefusal => code.startsWith('discount-') && isErrorCode(code),
)

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in PROBLEMS
}

export const problemOf = (code: ErrorCode): Problem => PROBLEMS[code]
