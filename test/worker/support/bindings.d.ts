import type { Env as Checked } from '../../../src/env.ts'

type BindingName =
  | 'ASSETS'
  | 'BURST_5'
  | 'BURST_10'
  | 'BURST_100'
  | 'BURST_120'
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
