import type { Ctx } from '../../context.ts'
import { isBreached } from './breached-passwords.ts'
import { type BrokenRule, brokenRules, type PasswordOwner, passwordTooWeak } from './password-strength.ts'

/** The rules that a new password breaks. The breach service is asked only when the password breaks no other rule. */
export async function brokenRulesOf(ctx: Ctx, password: string, owner: PasswordOwner): Promise<BrokenRule[]> {
  const broken = brokenRules(password, owner)
  if (broken.length > 0) return broken
  return (await isBreached(ctx, password)) ? ['breached'] : []
}

/** Throws `password-too-weak`, with one entry of `errors` for each broken rule. */
export async function assertStrongPassword(ctx: Ctx, password: string, owner: PasswordOwner): Promise<void> {
  const broken = await brokenRulesOf(ctx, password, owner)
  if (broken.length > 0) throw passwordTooWeak(broken)
}
