import { readFlags } from '../flags.ts'
import { startStripeEmulator } from './server.ts'

/**
 * Runs the emulator alone. Addresses come from the environment: MERCAT_STRIPE_PORT, STRIPE_WEBHOOK_SECRET,
 * MERCAT_STRIPE_WEBHOOK_URL, MERCAT_STRIPE_PUBLIC_URL.
 */
const values = readFlags({ quiet: { type: 'boolean', default: false } })
const { MERCAT_STRIPE_PORT, STRIPE_WEBHOOK_SECRET, MERCAT_STRIPE_WEBHOOK_URL, MERCAT_STRIPE_PUBLIC_URL } = process.env

const emulator = await startStripeEmulator({
  port: Number(MERCAT_STRIPE_PORT ?? 12_111),
  webhookSecret: STRIPE_WEBHOOK_SECRET ?? 'whsec_local_stripe_emulator',
  ...(MERCAT_STRIPE_WEBHOOK_URL === undefined ? {} : { webhookUrl: MERCAT_STRIPE_WEBHOOK_URL }),
  ...(MERCAT_STRIPE_PUBLIC_URL === undefined ? {} : { publicUrl: MERCAT_STRIPE_PUBLIC_URL }),
  ...(values.quiet ? {} : { log: (line: string) => console.log(line) }),
})
console.log(`stripe emulator ready at ${emulator.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.stop())
}
