import { z } from '@hono/zod-openapi'
import { orNull } from '../../shared/or-null.ts'

/** One line of text as people type it: anything but control characters and line separators. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    // oxlint-disable-next-line no-control-regex -- `\p{Cc}` needs a flag that a JSON Schema cannot carry
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, 'Is one line without control characters.')

const requiredLine = (max: number) =>
  line(max)
    .regex(/\S/, 'Must not be empty.')
    // The OpenAPI document shows only one pattern, so this is both.
    .openapi({ pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$' })

const NAME_MAX = 100

/** A name appears in emails that the shop sends, so it must not contain a link. */
const personName = line(NAME_MAX)
  .regex(/^(?!.*(?::\/\/|www\.))/i, 'Is a name, without a link.')
  .openapi({ pattern: '^(?!.*(?::\\/\\/|[wW]{3}\\.))[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$' })

/** A change must name at least one field. */
const namesAField = (body: object): boolean => Object.values(body).some((value) => value !== undefined)
const NOTHING_NAMED = 'Name at least one field to change.'

export const defaultAddressSchema = z
  .strictObject({
    name: requiredLine(200).openapi({ example: 'Jane Doe' }),
    phone: line(20).nullish(),
    line1: requiredLine(200).openapi({ example: '1 Main Street' }),
    line2: line(200).nullish(),
    city: requiredLine(100).openapi({ example: 'Springfield' }),
    state: line(100).nullish().openapi({ example: 'IL' }),
    postal_code: requiredLine(20).openapi({ example: '62701' }),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'Is a country code of two capital letters (ISO 3166-1 alpha-2).')
      .openapi({ example: 'US', description: 'A country that the shop ships to' }),
  })
  .openapi('PutDefaultAddress')

export const defaultAddressViewSchema = z
  .object({
    name: z.string(),
    phone: z.string().nullable(),
    line1: z.string(),
    line2: z.string().nullable(),
    city: z.string(),
    state: z.string().nullable(),
    postal_code: z.string(),
    country: z.string(),
  })
  .openapi('DefaultAddress')

export type DefaultAddress = z.infer<typeof defaultAddressViewSchema>

export const changeAccountSchema = z
  .strictObject({
    first_name: personName.optional(),
    last_name: personName.optional(),
    use_default_shipping_and_payment: z.boolean().optional(),
  })
  .refine(namesAField, { message: NOTHING_NAMED, params: { code: 'nothing-to-change' } })
  .openapi('ChangeAccount')

export const accountSchema = z
  .object({
    id: z.uuid(),
    username: z.string(),
    email: z.string(),
    email_verified: z.boolean(),
    email_owned: z
      .boolean()
      .openapi({ description: 'Whether the member themselves verified it; guest orders join the account with that' }),
    pending_email: z.string().nullable().openapi({ description: 'Replaces `email` once it is verified' }),
    first_name: z.string(),
    last_name: z.string(),
    member_code: z.string().openapi({ description: 'The `mb_cd` in links of emails' }),
    newsletter: z.boolean(),
    unsubscribed: z.boolean().openapi({ description: 'From all marketing email, whatever `newsletter` says' }),
    use_default_shipping_and_payment: z.boolean(),
    default_address: orNull(defaultAddressViewSchema),
    terms_of_use: z.object({
      current_version: z.string().nullable().openapi({ description: 'Null while the shop has no terms of use' }),
      agreed_version: z.string().nullable().openapi({ description: 'The version that the member agreed to last' }),
      agreed: z.boolean().openapi({ description: 'Whether the member has agreed to the current version' }),
    }),
    created_at: z.iso.datetime(),
  })
  .openapi('Account')

export type Account = z.infer<typeof accountSchema>

export const etagHeader = z.object({
  ETag: z.string().openapi({ description: 'Send it as `If-Match` with a change' }),
})

export const ifMatchSchema = z.object({
  'if-match': z
    .string()
    .max(1_000)
    .optional()
    .openapi({
      description:
        'The `ETag` of the account that the client read. If the account has changed since, the change is refused; without ' +
        'this header it never is',
    }),
})

export const preferencesSchema = z
  .object({
    newsletter: z.boolean(),
    unsubscribed_from_all: z.boolean().openapi({
      description: 'Only emails about the own orders and the account, whatever `newsletter` says',
    }),
  })
  .openapi('CommunicationPreferences')

export type Preferences = z.infer<typeof preferencesSchema>

export const changePreferencesSchema = z
  .strictObject({ newsletter: z.boolean().optional(), unsubscribed_from_all: z.boolean().optional() })
  .refine(namesAField, { message: NOTHING_NAMED, params: { code: 'nothing-to-change' } })
  .openapi('ChangeCommunicationPreferences')
