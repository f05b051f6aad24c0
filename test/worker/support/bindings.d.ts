import type { Env as Checked } from '../../../src/env.ts'

type BindingName =
  | 'ASSETS'
  | 'BURST_CHECKOUT'
  | 'BURST_CHECKOUT_RESULT'
  | 'BURST_REFRESH'
  | 'BURST_SIGN_IN'
  | 'BURST_WEBHOOK_REFUSED'
  | 'EMAIL_QUEUE'
  | 'RATE_LIMIT_KV'
  | 'SEND_EMAIL'

/** The environment as the runtime hands it over: bindings are objects, variables are texts. */
type TestEnv = Required<Pick<Checked, BindingName>> & Record<Exclude<keyof Checked, BindingName>, string>

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
}
