import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readFlags } from '../dev/flags.ts'
import { CHECKOUT_TRANSITIONS } from '../src/features/checkout/transitions.ts'
import { EMAIL_TRANSITIONS } from '../src/features/email/transitions.ts'
import { PAYMENT_STATE_RULES } from '../src/features/orders/rules.ts'
import {
  DISPUTE_PROGRESS,
  DISPUTES_HARMLESS,
  FULFILMENT_TRANSITIONS,
  REFUND_TRANSITIONS,
  REFUNDS_UNDONE,
} from '../src/features/orders/transitions.ts'
import type { Transition } from '../src/shared/transitions.ts'

// Writes docs/reference/states.md from the tables of transitions. With `--check` it writes nothing and fails when the page
// says something else than they do.

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'reference', 'states.md')

const values = readFlags({ check: { type: 'boolean', default: false } })

type AnyTransition = Transition<string>

/** A Markdown table with padded columns, as the formatter leaves it. */
function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

function diagram(transitions: readonly AnyTransition[]): string {
  const lines = transitions.flatMap(({ from, to }) =>
    from.map((each) => `    ${each === 'new' ? '[*]' : each} --> ${to}`),
  )
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n')
}

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

const moves = (transitions: readonly AnyTransition[]): string =>
  table([
    ['move', 'on whose word', 'what it does', 'made by'],
    ...transitions.map(({ from, to, word, effect, by }) => [
      `${from.map((each) => (each === 'new' ? '(new)' : `\`${each}\``)).join(', ')} → \`${to}\``,
      word,
      effect,
      by,
    ]),
  ])

const section = (title: string, file: string, transitions: readonly AnyTransition[], text = ''): string =>
  [
    `## ${title}`,
    `Table: \`src/features/${file}/transitions.ts\`.${text === '' ? '' : ` ${text}`}`,
    diagram(transitions),
    moves(transitions),
  ].join('\n\n')

const page = `${[
  '# States',
  '<!-- Made from the tables of transitions by `npm run generate:states`; do not edit. -->',
  'All statuses and the moves between them. No other moves happen: tests let each statement that changes a status try every\nother move.',
  section('Checkout', 'checkout', CHECKOUT_TRANSITIONS),
  section('Email', 'email', EMAIL_TRANSITIONS),
  section('Order: goods', 'orders', FULFILMENT_TRANSITIONS, "`any` stands for every status of the shop's own list."),
  [
    '## Order: payment',
    'The trigger `keep_payment_state` writes `orders.payment_state` after every change of refunds and disputes. The first line that\nholds decides (`src/features/orders/rules.ts`).',
    table([['state', 'when'], ...PAYMENT_STATE_RULES.map(({ state, when }) => [`\`${state}\``, when])]),
    `Refunds that are ${code(REFUNDS_UNDONE)} do not count. After a dispute that is ${code(DISPUTES_HARMLESS)}, the shop keeps\nthe money.`,
  ].join('\n\n'),
  section('Refund', 'orders', REFUND_TRANSITIONS, "The statuses are Stripe's."),
  [
    '## Dispute',
    "Table: `src/features/orders/transitions.ts`. The statuses are Stripe's, here by how far a dispute has come. It can move to any\nstatus of its own line or of one below, by Stripe's list of disputes, which is read after any event about one. The operators\nare alerted once, and again when an inquiry becomes a chargeback.",
    table([['step', 'statuses'], ...DISPUTE_PROGRESS.map((group, at) => [String(at + 1), code(group)])]),
  ].join('\n\n'),
].join('\n\n')}\n`

if (!values.check) writeFileSync(PAGE, page)
else if (readFileSync(PAGE, 'utf8') !== page) {
  console.error('docs/reference/states.md is not what the tables of transitions say: run npm run generate:states')
  process.exitCode = 1
}
