import { z } from 'zod'
import type { Customer, Step } from '../plan.ts'
import { CODES, MEMBERS, skuId } from '../shop.ts'
import type { Platform } from '../world/platform.ts'
import type { SimulatedStripe } from '../world/stripe.ts'
import type { World } from '../world/world.ts'
import { PatientBrowser } from './browser.ts'
import type { Dashboard } from './dashboard.ts'

const cartSchema = z.object({ totals: z.object({ total: z.object({ amount: z.int(), currency: z.string() }) }) })
const checkoutSchema = z.object({ session_id: z.string() })
const resultSchema = z.object({ status: z.string(), order_identifier: z.string().optional() })
const methodsSchema = z.object({ items: z.array(z.object({ id: z.string() })) })

const HOUR = 3_600_000

type Surroundings = { world: World; platform: Platform; stripe: SimulatedStripe; dashboard: Dashboard }

/** A customer who follows the steps of a script, and remembers every payment page that was shown. */
export class Buyer {
  readonly #world: World
  readonly #stripe: SimulatedStripe
  readonly #dashboard: Dashboard
  readonly #browser: PatientBrowser
  readonly #script: Customer
  readonly #name: string
  readonly #pages: string[] = []
  #keys = 0
  #typed = 0

  constructor({ world, platform, stripe, dashboard }: Surroundings, script: Customer, number: number) {
    this.#world = world
    this.#stripe = stripe
    this.#dashboard = dashboard
    this.#script = script
    this.#name = script.member === null ? `visitor ${number}` : `member ${script.member} (${number})`
    this.#browser = new PatientBrowser(world, platform, { name: this.#name, number, member: script.member })
  }

  async play(): Promise<void> {
    for (const [at, step] of this.#script.steps.entries()) {
      await this.#world.clock.sleep(
        this.#world.chance.between(5, this.#world.plan.rush ? 60 : 20_000, `${this.#name} thinks ${at}`),
      )
      await this.#take(step, at)
    }
  }

  /** At the end: every paid page must show its order to the one who paid. */
  async lookBack(): Promise<void> {
    for (const page of new Set(this.#pages)) {
      const session = this.#stripe.session(page)
      if (session === undefined || session.payment_status === 'unpaid') continue
      const result = await this.#browser.ask(resultSchema, 'GET', `/v1/checkout/${page}`)
      if (result?.status !== 'complete' || result.order_identifier === undefined)
        this.#world.violate(`${this.#name} paid session ${page} and is told ${JSON.stringify(result)}`)
    }
  }

  async #take(step: Step, at: number): Promise<void> {
    const key = () => `${this.#name.replaceAll(/\W+/g, '-')}-${this.#keys++}`
    switch (step.do) {
      case 'add':
        await this.#browser.send('POST', '/v1/cart/items', {
          json: { sku_id: this.#sku(step.sku), quantity: step.quantity },
          key: key(),
        })
        break
      case 'set':
        await this.#browser.send('PATCH', `/v1/cart/items/${this.#sku(step.sku)}`, {
          json: { quantity: step.quantity },
        })
        break
      case 'code':
        await this.#browser.send('POST', '/v1/cart/discount-codes', { json: { code: CODES[step.code] }, key: key() })
        break
      case 'ship':
        await this.#ship(step.method)
        break
      case 'check-out':
        await this.#checkOut(step, at, key)
        break
      case 'pay':
        await this.#pay(step, at)
        break
      case 'return':
        for (let poll = 0; poll < step.polls; poll++) await this.#comeBack(this.#pages.at(-1))
        break
      case 'wait':
        await this.#world.clock.sleep(step.minutes * 60_000)
        break
      default:
        step satisfies never
    }
  }

  /** In a rush, half of the customers want the SKU of which there is one. */
  #sku(number: number): string {
    return skuId(this.#world.plan.rush && number === 1 ? 0 : number)
  }

  async #ship(method: number): Promise<void> {
    const methods = await this.#browser.ask(methodsSchema, 'GET', '/v1/shipping-methods')
    if (methods === undefined) return
    const chosen = methods.items[method]
    if (chosen === undefined) throw new Error(`the shop has no shipping method ${method}`)
    await this.#browser.send('PUT', '/v1/cart/shipping-method', { json: { shipping_method_id: chosen.id } })
  }

  /** Reads the cart, agrees to its total, and clicks; every payment page must ask for just that total. */
  async #checkOut(step: Extract<Step, { do: 'check-out' }>, at: number, key: () => string): Promise<void> {
    const cart = await this.#browser.ask(cartSchema, 'GET', '/v1/cart')
    if (cart === undefined) return
    const { total } = cart.totals
    if (step.retypes) this.#typed += 1
    const email = this.#script.member === null ? { email: this.#address } : {}
    const json = { agreed_with_terms_of_sale: true, expected_total: total, ...email }
    const shared = key()
    const click = async (number: number) => {
      await this.#world.clock.sleep(number * this.#world.chance.between(1, 900, `${this.#name} clicks ${at}`))
      const given = { json, key: step.sameKey ? shared : key() }
      const opened = await this.#browser.ask(checkoutSchema, 'POST', '/v1/checkout', given)
      if (opened === undefined) return
      const asked = this.#stripe.session(opened.session_id)?.amount_total
      if (asked !== total.amount)
        this.#world.violate(`I3: ${this.#name} agreed to ${total.amount}, the payment page asks for ${asked}`)
      this.#pages.push(opened.session_id)
    }
    await Promise.all(Array.from({ length: step.clicks }, (_, number) => click(number)))
  }

  get #address(): string {
    return this.#script.member === null
      ? `${this.#name.replace(' ', '')}.${this.#typed}@customer.test`
      : (MEMBERS[this.#script.member]?.email ?? '')
  }

  async #pay(step: Extract<Step, { do: 'pay' }>, at: number): Promise<void> {
    const page = step.page === 'first' ? this.#pages[0] : this.#pages.at(-1)
    if (page === undefined) return
    const means = {
      card: { card: '4242424242424242' },
      'declined-card': { card: '4000000000000002' },
      debit: { payment_method: 'bank_debit' },
      'failing-debit': { payment_method: 'bank_debit' },
    }[step.with]
    for (let time = 0; time < (step.twice ? 2 : 1); time++) {
      const paid = await this.#stripe.control(`checkout/sessions/${page}/pay`, {
        ...means,
        email: this.#address,
        name: 'Jane Doe',
      })
      this.#world.story.tell(
        this.#name,
        `pays session ${page.slice(-6)} by ${step.with}: ${paid === undefined ? 'refused' : 'taken'}`,
      )
      if (paid === undefined) continue
      await this.#dashboard.watch(page)
      // Stripe leads back to the shop at once, in every tab that waited for it.
      for (let tab = 0; tab < step.tabs; tab++)
        this.#world.clock.after(this.#world.chance.between(20, 3_000, `${this.#name} tab ${at} ${tab}`), () =>
          this.#world.start(this.#comeBack(page)),
        )
      if (step.with === 'debit' || step.with === 'failing-debit') this.#settleLater(page, step.with === 'debit', at)
      else this.#dashboard.paid(page)
    }
  }

  #settleLater(page: string, succeeds: boolean, at: number): void {
    const { clock, chance, story } = this.#world
    clock.after(chance.between(HOUR, 90 * HOUR, `${this.#name} debit ${at}`), () => {
      story.tell('bank', `debit of session ${page.slice(-6)} ${succeeds ? 'succeeds' : 'fails'}`)
      this.#world.start(this.#settle(page, succeeds))
    })
  }

  async #settle(page: string, succeeds: boolean): Promise<void> {
    await this.#stripe.control(`checkout/sessions/${page}/settle`, { outcome: succeeds ? 'succeeded' : 'failed' })
    if (succeeds) this.#dashboard.paid(page)
  }

  async #comeBack(page: string | undefined): Promise<void> {
    if (page !== undefined) await this.#browser.ask(resultSchema, 'GET', `/v1/checkout/${page}`)
  }
}
