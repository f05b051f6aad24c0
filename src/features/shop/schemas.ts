import { z } from '@hono/zod-openapi'

const colorSchema = z.string().regex(/^#[0-9a-f]{6}$/)

export const shopSchema = z
  .object({
    name: z.string().openapi({ example: 'Casa Olivar' }),
    legal_name: z.string().openapi({ description: 'For the imprint' }),
    imprint_address: z.array(z.string()).openapi({ description: 'One entry for each line' }),
    logo: z.string().nullable().openapi({ description: 'URL of the image' }),
    colors: z.object({
      accent: colorSchema.openapi({ example: '#4b6b3c', description: 'For buttons and links on a light background' }),
      accent_dark: colorSchema.openapi({
        example: '#b4cf9f',
        description: 'For buttons and links on a dark background',
      }),
      on_accent: colorSchema.openapi({
        example: '#ffffff',
        description: 'Black or white, whichever is readable on `accent`',
      }),
      on_accent_dark: colorSchema.openapi({ example: '#000000' }),
    }),
    support_email: z.string(),
    time_zone: z.string().openapi({ example: 'Europe/Madrid', description: 'IANA name' }),
    social_links: z.array(z.object({ name: z.string(), url: z.string() })),
    currency: z.string().openapi({ example: 'usd', description: 'ISO 4217, lower case' }),
    shipping_countries: z.array(z.string()).openapi({ example: ['US', 'ES'], description: 'ISO 3166 codes' }),
    languages: z.array(z.string()).openapi({ example: ['en', 'es'] }),
  })
  .openapi('Shop')

export type Shop = z.infer<typeof shopSchema>
