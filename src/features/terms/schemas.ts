import { z } from '@hono/zod-openapi'

export const termsKindSchema = z.object({ kind: z.enum(['sale', 'use']).openapi({ example: 'use' }) })

export type TermsKind = z.infer<typeof termsKindSchema>['kind']

export const termsSchema = z
  .object({
    kind: z.enum(['sale', 'use']),
    version: z.string(),
    effective_at: z.iso.datetime(),
    body_html: z.string().openapi({ description: 'HTML that is safe to insert into a page' }),
  })
  .openapi('Terms')

export type Terms = z.infer<typeof termsSchema>

export const agreeSchema = z
  .strictObject({
    version: z.string().min(1).max(64).openapi({ example: '2025-01', description: 'The current version' }),
  })
  .openapi('AgreeToTerms')

export const agreementSchema = z
  .object({
    version: z.string().openapi({ description: 'The current version' }),
    agreed: z.boolean().openapi({ description: 'Whether there is an agreement to the current version' }),
    agreed_at: z.iso.datetime().optional(),
  })
  .openapi('TermsAgreement')

export type Agreement = z.infer<typeof agreementSchema>
