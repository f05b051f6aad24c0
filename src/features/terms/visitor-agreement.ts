import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { versionUnknown } from './agree-to-terms.ts'
import { toAgreement } from './get-terms-agreement.ts'
import { selectCurrentTerms } from './queries.ts'
import type { Agreement } from './schemas.ts'

/** What a visitor's signed cookie says: which version they agreed to, and when (ISO 8601). */
export type KeptAgreement = { version: string; agreedAt: string }

async function currentVersion(ctx: Ctx): Promise<string | null> {
  const { rows } = await runStatement(() => selectCurrentTerms(ctx.db, 'use', ctx.now()))
  return rows[0]?.version ?? null
}

/** Whether a visitor has agreed to the current terms of use, according to their cookie. Throws `not-found` without any. */
export async function getVisitorAgreement(ctx: Ctx, kept: KeptAgreement | undefined): Promise<Agreement> {
  const version = await currentVersion(ctx)
  return toAgreement({ version, agreed_at: kept?.version === version ? (kept?.agreedAt ?? null) : null })
}

/**
 * The agreement to write into the visitor's cookie. It is not carried over to an account that is registered later, since
 * nobody knows whether the same person agreed. Throws `terms-version-unknown`.
 */
export async function agreeAsVisitor(
  ctx: Ctx,
  { version, kept }: { version: string; kept: KeptAgreement | undefined },
): Promise<KeptAgreement> {
  if (version !== (await currentVersion(ctx))) throw versionUnknown()
  return kept?.version === version ? kept : { version, agreedAt: ctx.now().toISOString() }
}
