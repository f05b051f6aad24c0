import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { cached, cachedAtEdge, edgeCacheHeaders } from '../../http/edge-cache.ts'
import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { readSignedCookie, type SignedCookie, writeSignedCookie } from '../../http/signed-cookie.ts'
import { agreeToTerms } from './agree-to-terms.ts'
import { getTerms } from './get-terms.ts'
import { getTermsAgreement } from './get-terms-agreement.ts'
import { agreementSchema, agreeSchema, termsKindSchema, termsSchema } from './schemas.ts'
import { agreeAsVisitor, getVisitorAgreement, type KeptAgreement } from './visitor-agreement.ts'

const tags = ['terms']
const theAgreement = { description: 'The agreement', content: jsonContent(agreementSchema) }
const agreeBody = { content: jsonContent(agreeSchema), required: true as const }

export const termsRoutes = createRouter()

termsRoutes.openapi(
  createRoute({
    policy: { access: 'public' },
    operationId: 'getTerms',
    method: 'get',
    path: '/v1/terms/{kind}',
    tags,
    summary: 'Read the current terms of sale or of use',
    middleware: cached,
    request: { params: termsKindSchema },
    responses: {
      200: { description: 'The terms', headers: edgeCacheHeaders, content: jsonContent(termsSchema) },
      304: { description: 'The version that the client has (`If-None-Match`) is the current one' },
      ...problems('not-found'),
    },
  }),
  (c) => {
    const { kind } = c.req.valid('param')
    return cachedAtEdge(c, { kind }, () => getTerms(c.get('ctx'), kind))
  },
)

termsRoutes.openapi(
  createRoute({
    operationId: 'getTermsAgreement',
    method: 'get',
    path: '/v1/account/terms-agreement',
    tags,
    summary: 'Read whether the member has agreed to the current terms of use',
    policy: { access: 'member' },
    responses: { 200: theAgreement, ...problems('not-found') },
  }),
  async (c) => c.json(await getTermsAgreement(c.get('ctx')), 200, PRIVATE),
)

termsRoutes.openapi(
  createRoute({
    operationId: 'agreeToTerms',
    method: 'put',
    path: '/v1/account/terms-agreement',
    tags,
    summary: 'Agree to the current terms of use as a member',
    policy: { access: 'member' },
    request: { body: agreeBody },
    responses: { 200: theAgreement, ...problems('terms-version-unknown', 'not-found') },
  }),
  async (c) => c.json(await agreeToTerms(c.get('ctx'), c.req.valid('json').version), 200, PRIVATE),
)

const COOKIE: SignedCookie = { name: 'mercat_terms', purpose: 'terms-cookie', maxAgeSeconds: 365 * 24 * 60 * 60 }

const toValue = ({ version, agreedAt }: KeptAgreement): string => `terms-of-use|${agreedAt}|${version}`

async function readKept(c: Context<AppEnv>): Promise<KeptAgreement | undefined> {
  const value = await readSignedCookie(c, COOKIE)
  const [, agreedAt, version] = /^terms-of-use\|([^|]*)\|(.*)$/.exec(value ?? '') ?? []
  return agreedAt === undefined || version === undefined ? undefined : { agreedAt, version }
}

termsRoutes.openapi(
  createRoute({
    operationId: 'getVisitorAgreement',
    policy: { access: 'anyone' },
    method: 'get',
    path: '/v1/terms/use/agreement',
    tags,
    summary: 'Read whether this browser has agreed to the current terms of use without an account',
    responses: { 200: theAgreement, ...problems('not-found') },
  }),
  async (c) => c.json(await getVisitorAgreement(c.get('ctx'), await readKept(c)), 200, PRIVATE),
)

termsRoutes.openapi(
  createRoute({
    operationId: 'agreeAsVisitor',
    policy: { access: 'anyone' },
    method: 'put',
    path: '/v1/terms/use/agreement',
    tags,
    summary: 'Agree to the current terms of use without an account; kept in a signed cookie',
    description: 'The agreement belongs to this browser. Somebody who registers later has to agree again.',
    request: { body: agreeBody },
    responses: { 200: theAgreement, ...problems('terms-version-unknown', 'not-found') },
  }),
  async (c) => {
    const given = { ...c.req.valid('json'), kept: await readKept(c) }
    const agreement = await agreeAsVisitor(c.get('ctx'), given)
    await writeSignedCookie(c, COOKIE, toValue(agreement))
    return c.json({ version: agreement.version, agreed: true, agreed_at: agreement.agreedAt }, 200, PRIVATE)
  },
)
