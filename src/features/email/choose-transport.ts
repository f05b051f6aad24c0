import type { Env } from '../../env.ts'
import { createCloudflareTransport } from './cloudflare-transport.ts'
import { createSmtpTransport } from './smtp-transport.ts'
import type { EmailTransport } from './transport.ts'

/** The transport that `EMAIL_TRANSPORT` names. */
export const chooseTransport = (env: Env): EmailTransport =>
  env.EMAIL_TRANSPORT === 'smtp' ? createSmtpTransport(env) : createCloudflareTransport(env)
