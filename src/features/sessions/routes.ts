import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { clearSessionCookies, refreshTokenOf } from '../../http/session.ts'
import { isAppError } from '../../shared/errors.ts'
import { pageQuerySchema } from '../../shared/pagination.ts'
import { toMemberView } from '../members/member.ts'
import { endOwnSession } from './end-own-session.ts'
import { findSessionMember } from './find-session-member.ts'
import { listSessions } from './list-sessions.ts'
import { refreshSession } from './refresh-session.ts'
import { toSignedInView } from './routes/signed-in-answer.ts'
import * as schemas from './schemas.ts'
import { signOut, signOutEverywhere } from './sign-out.ts'

export const sessionRoutes = createRouter()

const theMember = { description: 'The member, signed in', content: jsonContent(schemas.signedInSchema) }
const signedOut = { description: 'Signed out; the cookies are gone' }

sessionRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/refresh',
    operationId: 'refreshSession',
    summary: 'Get new tokens for the refresh token in the cookie',
    description:
      'A refresh token can be used once. For ten seconds after that it gets the same new tokens again; ' +
      'using it later ends the session.',
    tags: ['auth'],
    policy: { access: 'anyone', limits: ['refresh'] },
    responses: { 200: theMember },
  }),
  async (c) => {
    try {
      const signedIn = await refreshSession(c.get('ctx'), refreshTokenOf(c))
      return c.json(await toSignedInView(c, signedIn, 'cookie'), 200, PRIVATE)
    } catch (error) {
      if (isAppError(error, 'session-ended')) clearSessionCookies(c)
      throw error
    }
  },
)

sessionRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/refresh-token',
    operationId: 'refreshSessionByToken',
    summary: 'Get new tokens for a refresh token in the body, for clients without cookies',
    tags: ['auth'],
    policy: { access: 'public', csrf: 'none', invalidToken: 'ignored', limits: ['refresh'] },
    request: { body: { content: jsonContent(schemas.refreshTokenSchema), required: true } },
    responses: { 200: theMember, ...problems('session-ended') },
  }),
  async (c) => {
    const signedIn = await refreshSession(c.get('ctx'), c.req.valid('json').refresh_token)
    return c.json(await toSignedInView(c, signedIn, 'body'), 200, PRIVATE)
  },
)

sessionRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/logout',
    operationId: 'signOut',
    summary: 'Sign out: end this session; without one, nothing happens',
    tags: ['auth'],
    policy: { access: 'anyone', invalidToken: 'ignored' },
    responses: { 204: signedOut },
  }),
  async (c) => {
    await signOut(c.get('ctx'), refreshTokenOf(c))
    clearSessionCookies(c)
    return c.body(null, 204)
  },
)

sessionRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/logout-all',
    operationId: 'signOutEverywhere',
    summary: 'Sign out everywhere: end all sessions of the member',
    tags: ['auth'],
    policy: { access: 'member' },
    responses: { 204: signedOut },
  }),
  async (c) => {
    await signOutEverywhere(c.get('ctx'))
    clearSessionCookies(c)
    return c.body(null, 204)
  },
)

sessionRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/auth/session',
    operationId: 'findSessionMember',
    summary: 'Say who is signed in; open to visitors too',
    tags: ['auth'],
    policy: { access: 'anyone', invalidToken: 'ignored' },
    responses: { 200: { description: 'The state', content: jsonContent(schemas.sessionStateSchema) } },
  }),
  async (c) => {
    const ctx = c.get('ctx')
    const member = await findSessionMember(ctx)
    if (member !== undefined) {
      return c.json({ authenticated: true, can_refresh: false, member: toMemberView(member) }, 200, PRIVATE)
    }
    const hasEnded = ctx.actor.kind === 'member'
    if (hasEnded) clearSessionCookies(c)
    return c.json({ authenticated: false, can_refresh: !hasEnded && refreshTokenOf(c) !== undefined }, 200, PRIVATE)
  },
)

sessionRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/account/sessions',
    operationId: 'listSessions',
    summary: "List the member's sessions with their devices, newest first",
    tags: ['auth'],
    policy: { access: 'member' },
    request: { query: pageQuerySchema },
    responses: {
      200: { description: 'Sessions', content: jsonContent(schemas.sessionPageSchema) },
      ...problems('invalid-cursor'),
    },
  }),
  async (c) => c.json(await listSessions(c.get('ctx'), c.req.valid('query')), 200, PRIVATE),
)

sessionRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/account/sessions/{id}',
    operationId: 'endOwnSession',
    summary: "End one of the member's sessions",
    tags: ['auth'],
    policy: { access: 'member' },
    request: { params: schemas.sessionIdParamSchema },
    responses: {
      204: { description: 'It has ended' },
      ...problems('not-found'),
    },
  }),
  async (c) => {
    if (await endOwnSession(c.get('ctx'), c.req.valid('param').id)) clearSessionCookies(c)
    return c.body(null, 204)
  },
)
