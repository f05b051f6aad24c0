import { Liquid } from 'liquidjs'
import type { emailTemplates } from '../../db/schema/email.ts'
import type { Mailbox } from './transport.ts'

export type EmailTemplate = typeof emailTemplates.$inferSelect

/** The parts of a template that make an email. */
export type TemplateTexts = Pick<EmailTemplate, 'emCd' | 'subject' | 'textBody' | 'htmlBody'> & {
  fromAddress?: string | null | undefined
  bccAddress?: string | null | undefined
}

export type RenderedEmail = {
  from: Mailbox
  to: string
  bcc: string | null
  subject: string
  text: string
  html: string
  unsubscribeUrl: string | null
}

const SUBJECT_CHARACTERS_MAX = 250
const EMAIL_MAX = 254

/** Limits in milliseconds and characters, so that a template, which operators edit, cannot stall a Worker. */
const LIMITS = { parseLimit: 200_000, renderLimit: 1_000, memoryLimit: 5_000_000 }

/** Unknown variables and filters are errors, so that no customer gets an email with gaps. */
const options = {
  ...LIMITS,
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  // No files: `include` and `render` find nothing.
  templates: {},
}

/** The parameters of a link that say which email it was in, and to which member or prospect that went. */
const LINK_CODES = ['em_cd', 'mb_cd', 'pr_cd']

const plain = withFilters(new Liquid(options))
const html = withFilters(new Liquid({ ...options, outputEscape: 'escape' }))

/** Adds the filters of our templates: `track` for links, `left` and `right` for columns of the text part. */
function withFilters(engine: Liquid): Liquid {
  engine.registerFilter('left', (value: unknown, width: unknown) => column(value, width, (text, n) => text.padEnd(n)))
  engine.registerFilter('right', (value: unknown, width: unknown) =>
    column(value, width, (text, n) => text.padStart(n)),
  )
  engine.registerFilter('track', function track(url: unknown): string {
    const codes = LINK_CODES.map((name) => [name, this.context.getSync([name])] as const)
    return trackedUrl(asText(url), codes)
  })
  return engine
}

function column(value: unknown, width: unknown, pad: (text: string, width: number) => string): string {
  const characters = Array.from(asText(value))
  const wanted = Number(width)
  return characters.length > wanted ? `${characters.slice(0, wanted - 1).join('')}…` : pad(characters.join(''), wanted)
}

const asText = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Adds those parameters to a link. Throws for anything that is not a URL. */
function trackedUrl(link: string, codes: (readonly [string, unknown])[]): string {
  const url = new URL(link)
  for (const [name, code] of codes) {
    if (typeof code === 'string' && code !== '') url.searchParams.set(name, code)
  }
  return url.toString()
}

/** The variables that a template uses in any of its branches, as paths. Throws on Liquid errors. */
export const findVariables = (text: string): unknown[][] => plain.globalVariableSegmentsSync(text)

type Given = {
  /** The sender, unless the template names another. */
  sender: Mailbox
  to: string
  variables: Record<string, unknown>
}

/**
 * Renders a template. HTML is escaped, text and subject are not; no variable can add a header. Throws on Liquid errors,
 * unknown variables and invalid addresses.
 */
export async function renderEmail(template: TemplateTexts, { sender, to, variables }: Given): Promise<RenderedEmail> {
  const scope = { mb_cd: '', pr_cd: '', ...variables, em_cd: template.emCd }
  const [subject, text, htmlBody] = await Promise.all([
    plain.parseAndRender(template.subject, scope),
    plain.parseAndRender(template.textBody, scope),
    html.parseAndRender(template.htmlBody, scope),
  ])
  return {
    from: template.fromAddress ? parseMailbox(template.fromAddress) : sender,
    to: checkedAddress(to),
    bcc: template.bccAddress ? checkedAddress(template.bccAddress) : null,
    subject: oneLine(subject).slice(0, SUBJECT_CHARACTERS_MAX),
    text: text.replaceAll('\0', ''),
    html: htmlBody.replaceAll('\0', ''),
    unsubscribeUrl: unsubscribeUrlOf(variables),
  }
}

/** The `unsubscribe_url` of a marketing email, parsed and written again, so that it cannot contain anything but a URL. */
const unsubscribeUrlOf = ({ unsubscribe_url: url }: Record<string, unknown>): string | null =>
  typeof url === 'string' ? new URL(url).href : null

// Replaces everything that could end a header line, Unicode's line separators included.
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()

/** Parses `Name <address>` or a bare address. */
function parseMailbox(text: string): Mailbox {
  const [, name, email] = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [undefined, '', text.trim()]
  return { name: oneLine(name ?? ''), email: checkedAddress(email ?? '') }
}

function checkedAddress(address: string): string {
  if (address.length > EMAIL_MAX || !/^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u.test(address)) {
    throw new Error('an address of this email is malformed')
  }
  return address
}
