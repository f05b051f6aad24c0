import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { AppError } from '../../shared/errors.ts'
import { renderMarkdown } from '../../shared/render-markdown.ts'
import { selectCurrentTerms } from './queries.ts'
import type { Terms, TermsKind } from './schemas.ts'

/** The current terms of this kind. Throws `not-found` while the shop has none. */
export async function getTerms(ctx: Ctx, kind: TermsKind): Promise<Terms> {
  const { rows } = await runStatement(() => selectCurrentTerms(ctx.db, kind, ctx.now()))
  const [terms] = rows
  if (terms === undefined) throw new AppError('not-found', 'The shop has no such terms.')
  return {
    kind,
    version: terms.version,
    effective_at: new Date(terms.effective_at).toISOString(),
    body_html: renderMarkdown(terms.body),
  }
}
