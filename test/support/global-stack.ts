import type { TestProject } from 'vitest/node'
import { ANY_PORTS, startServices } from '../../dev/services.ts'
import { ContractWatch } from './stripe-contract.ts'

const WEBHOOK_SECRET = 'whsec_test_of_the_local_stack'

/**
 * Starts the services for a test project on free ports, and tells the tests where they are. The run fails in the end
 * when the Worker or the emulator said something to the other that Stripe's SDK does not know.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const contract = new ContractWatch({ refused: 'valid' })
  const stripe = { webhookSecret: WEBHOOK_SECRET, watch: contract }
  const services = await startServices({ ports: ANY_PORTS, stripe })
  project.provide('databaseUrl', services.postgres.connectionString)
  project.provide('pgUrl', services.postgres.connectionString)
  project.provide('neonEndpoint', `${services.neon.url}/sql`)
  project.provide('stripeBase', services.stripe?.url ?? '')
  project.provide('stripeWebhookSecret', WEBHOOK_SECRET)
  project.provide('turnstileUrl', services.turnstile.url)
  project.provide('mailApi', `${services.mailbox.url}/api`)
  project.provide('pwnedUrl', services.pwned.url)
  project.provide('smtpPort', services.mailbox.smtpPort)
  return async () => {
    await services.stop()
    contract.assertKept()
  }
}
