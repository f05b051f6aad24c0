import { randomBytes } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import { runStatement } from '../../db/transaction.ts'
import { sha256Hex } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import { enqueueEmails } from '../email/enqueue-email.ts'
import { insertPrivacyRequest, type PrivacyRequestKind } from './queries/requests.ts'
import { LINK_MS } from './rules.ts'

const TOKEN_BYTES = 32

type Request = { email: string; kind: PrivacyRequestKind }

/**
 * Emails a link to the address if the shop holds data under it. All of it happens after the answer, so neither the answer
 * nor the time it takes reveals whether the shop knows the address.
 */
export function createPrivacyRequest(ctx: Ctx, request: Request): void {
  ctx.defer('create-privacy-request', () => sendLink(ctx, request))
}

async function sendLink(ctx: Ctx, { email, kind }: Request): Promise<void> {
  const now = ctx.now()
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const { STOREFRONT_URL } = ctx.env
  const request = {
    id: newId(),
    outboxId: newId(),
    kind,
    email,
    tokenHash: await sha256Hex(token),
    confirmUrl: `${STOREFRONT_URL}/${kind === 'export' ? 'export-data' : 'erase-data'}?token=${token}`,
    accountUrl: STOREFRONT_URL,
    expiresAt: new Date(now.getTime() + LINK_MS),
    requestId: ctx.requestId,
    now,
  }
  const { rows } = await runStatement(() => insertPrivacyRequest(ctx.db, request))
  if (rows.length > 0) await enqueueEmails(ctx, [request.outboxId])
}
