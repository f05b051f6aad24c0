import type { Finding } from './findings.ts'
import { describeAnswer, toCurl } from './findings.ts'
import { exchange } from './exchange.ts'
import { openFuzz } from './run.ts'

/**
 * Sends the request of a finding again, in a fresh shop, as a member and as a visitor who both have a cart, an order and
 * a payment page. Prints what comes back; answers whether every rule held.
 */
export async function replay(file: string): Promise<boolean> {
  const { request } = JSON.parse(file) as Finding
  if (request === undefined) throw new Error('the file has no request: it is of a finding that no single one caused')
  const open = await openFuzz()
  const { shop, world, scenarios, findings } = open
  try {
    const actors = [await scenarios.enrol(), await scenarios.arrive()]
    world.cast.bystanders.push(await scenarios.arrive())
    world.cast.actors.push(...actors)
    for (const actor of actors) {
      await scenarios.buy(actor)
      await scenarios.prepare(request.template.operation, actor)
      const exchanged = await exchange(world, actor, request.template)
      console.log(`as a ${actor.account === undefined ? 'visitor' : 'member'}:\n${toCurl(shop.api, exchanged.request)}`)
      console.log(describeAnswer(exchanged))
      for (const { rule, what } of exchanged.broken) {
        findings.add({ rule, what }, request.template.operation)
        console.log(`✗ ${rule}: ${what}`)
      }
      console.log('')
    }
    return findings.list().length === 0
  } finally {
    await shop.stop()
  }
}
