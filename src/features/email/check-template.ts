import { z } from 'zod'
import { findVariables, renderEmail, type TemplateTexts } from './render-email.ts'
import { type EmailCode, EMAILS, isEmailCode } from './templates/variables.ts'

/** What is wrong with a template: the field and a message of one sentence. */
export type TemplateProblem = { field: 'emCd' | 'subject' | 'textBody' | 'htmlBody'; message: string }

const TEXTS = ['subject', 'textBody', 'htmlBody'] as const

/** A path in a template, such as `order.lines[0].title`; an index can be a variable itself. */
type Segments = readonly unknown[]

/**
 * Checks whether a template can be rendered, and answers all problems: an unknown code, a variable that its email does
 * not have, a syntax error, an unknown filter. Renders it with all optional variables and with none, so that every loop
 * and branch is tried. A template without problems can be saved.
 */
export async function checkTemplate(template: TemplateTexts): Promise<TemplateProblem[]> {
  const { emCd } = template
  if (!isEmailCode(emCd)) return [{ field: 'emCd', message: `There is no email ${emCd}.` }]
  const variables: z.ZodType = EMAILS[emCd].all
  const unknown = TEXTS.flatMap((field) =>
    unknownVariables(template[field], variables).map((message) => ({ field, message })),
  )
  if (unknown.length > 0) return unknown
  const problems: TemplateProblem[] = []
  for (const field of TEXTS) {
    const alone = { ...EMPTY, emCd, [field]: template[field] }
    for (const sample of [sampleVariables(emCd, 'everything'), sampleVariables(emCd, 'little')]) {
      const message = await whyNotRendered(alone, sample)
      if (message !== undefined && !problems.some((known) => known.field === field)) problems.push({ field, message })
    }
  }
  return problems
}

type Variables = Record<string, unknown>

/** Sample variables of an email: with everything that is optional, or without. */
export const sampleVariables = (emCd: EmailCode, extent: 'everything' | 'little'): Variables =>
  z.record(z.string(), z.unknown()).parse(sampleOf(EMAILS[emCd].all, extent))

const EMPTY = { subject: '', textBody: '', htmlBody: '' }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function whyNotRendered(template: TemplateTexts, variables: Variables): Promise<string | undefined> {
  try {
    const sender = { name: 'Sample', email: 'sample@example.com' }
    await renderEmail(template, { sender, to: sender.email, variables })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function unknownVariables(text: string, variables: z.ZodType): string[] {
  try {
    return findVariables(text)
      .filter((segments) => !leads(variables, segments))
      .map((segments) => `There is no variable ${segments.map(String).join('.')}.`)
  } catch (error) {
    return [messageOf(error)]
  }
}

/** Whether the schema has something at this path. */
function leads(schema: z.ZodType, segments: Segments): boolean {
  const [first, ...rest] = segments
  if (first === undefined) return true
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) {
    const property: unknown =
      typeof first === 'string' && Object.hasOwn(inner.shape, first) ? inner.shape[first] : undefined
    return property instanceof z.ZodType && leads(property, rest)
  }
  if (first === 'size') return rest.length === 0
  return inner instanceof z.ZodArray && inner.element instanceof z.ZodType && leads(inner.element, rest)
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)) return schema
  const inner: unknown = schema.unwrap()
  return inner instanceof z.ZodType ? unwrapped(inner) : schema
}

/** A sample value that fits the schema, with or without optional parts. Strings and links contain their field's name. */
function sampleOf(schema: unknown, extent: 'everything' | 'little', name = ''): unknown {
  if (schema instanceof z.ZodOptional) return extent === 'little' ? undefined : sampleOf(schema.unwrap(), extent, name)
  if (schema instanceof z.ZodNullable) return extent === 'little' ? null : sampleOf(schema.unwrap(), extent, name)
  if (schema instanceof z.ZodArray) return extent === 'little' ? [] : [sampleOf(schema.element, extent, name)]
  if (schema instanceof z.ZodObject) {
    const entries = Object.entries(schema.shape).map(([key, each]) => [key, sampleOf(each, extent, key)] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  }
  if (schema instanceof z.ZodEnum) return schema.options[0]
  if (schema instanceof z.ZodBoolean) return extent === 'everything'
  if (schema instanceof z.ZodNumber) return 1
  return schema instanceof z.ZodURL ? `https://shop.example/${name}` : name
}
