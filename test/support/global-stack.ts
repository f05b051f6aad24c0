import type { TestProject } from 'vitest/node'
import { ANY_PORTS, startServices } from '../../dev/services.ts'

declare module 'vitest' {
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
  }
}

const WEBHOOK_SECRET = 'whsec_test_of_the_local_stack'

/** Starts the services for a test project on free ports, and tells the tests where they are. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices({ ports: ANY_PORTS, stripe: { webhookSecret: WEBHOOK_SECRET } })
  project.provide('databaseUrl', services.postgres.connectionString)
  project.provide('pgUrl', services.postgres.connectionString)
  project.provide('neonEndpoint', `${services.neon.url}/sql`)
  project.provide('stripeBase', services.stripe?.url ?? '')
  project.provide('stripeWebhookSecret', WEBHOOK_SECRET)
  project.provide('mailApi', `${services.mailbox.url}/api`)
  project.provide('smtpPort', services.mailbox.smtpPort)
  return () => services.stop()
}
