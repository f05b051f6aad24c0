import 'vitest'

declare module 'vitest' {
  /** What the stack that `global-stack.ts` starts tells the tests. */
  export interface ProvidedContext {
    /** Connection string that the Worker is given. */
    databaseUrl: string
    /** Connection string for a test's own look into the database. */
    pgUrl: string
    /** The proxy's `/sql`; its control endpoints are under `/_proxy` of the same origin. */
    neonEndpoint: string
    stripeBase: string
    stripeWebhookSecret: string
    /** Base address of the mailbox's JSON, ending in `/api`. */
    mailApi: string
    smtpPort: number
    /** Turnstile's stand-in; its control calls are under `/_turnstile`. */
    turnstileUrl: string
    /** Range queries for breached passwords; `PUT /_control` of the same origin makes them fail. */
    pwnedUrl: string
  }
}
