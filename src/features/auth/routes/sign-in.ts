import { createRoute, createRouter, jsonContent, PRIVATE, problems } from '../../../http/router.ts'
import { clearSessionCookies, refreshTokenOf } from '../../../http/session.ts'
import { isAppError } from '../../../shared/errors.ts'
import { findSessionMember } from '../find-session-member.ts'
import { toMemberView } from '../member.ts'
import { refreshSession } from '../refresh-session.ts'
import { register } from '../register.ts'
import * as schemas from '../schemas.ts'
import { signIn } from '../sign-in.ts'
import { signOut, signOutEverywhere } from '../sign-out.ts'
import { clientOf, toSignedInView } from './answers.ts'

export const signInRoutes = createRouter()

const theMember = { description: 'The member, signed in', content: jsonContent(schemas.signedInSchema) }
const signedOut = { description: 'Signed out; the cookies are gone' }

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/register',
    operationId: 'register',
    summary: 'Make an account and sign in',
    description: "The visitor's cart becomes the member's. A link to verify the address goes out by email.",
    tags: ['auth'],
    policy: { access: 'anyone', proof: 'register', limits: ['register', 'register-attempts'] },
    request: { body: { content: jsonContent(schemas.registerSchema), required: true } },
    responses: {
      201: theMember,
      ...problems('account-exists', 'password-too-weak'),
    },
  }),
  async (c) => {
    const { token_delivery, turnstile_token: _, ...input } = c.req.valid('json')
    const signedIn = await register(c.get('ctx'), { ...input, ...clientOf(c, token_delivery) })
    return c.json(await toSignedInView(c, signedIn, token_delivery), 201, PRIVATE)
  },
)

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/login',
    operationId: 'signIn',
    summary: 'Sign in with username or email',
    description: "The visitor's cart is merged into the member's.",
    tags: ['auth'],
    policy: { access: 'anyone', limits: ['sign-in-minute', 'sign-in-hour'] },
    request: { body: { content: jsonContent(schemas.loginSchema), required: true } },
    responses: {
      200: theMember,
      ...problems('invalid-credentials'),
    },
  }),
  async (c) => {
    const { token_delivery, ...input } = c.req.valid('json')
    const signedIn = await signIn(c.get('ctx'), { ...input, ...clientOf(c, token_delivery) })
    return c.json(await toSignedInView(c, signedIn, token_delivery), 200, PRIVATE)
  },
)

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/refresh',
    operationId: 'refreshSession',
    summary: 'New tokens for the refresh token in the cookie',
    description:
      'Every refresh token is good for one use; for ten seconds after it, it gets the same successor again. ' +
      'A later reuse ends the session.',
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

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/refresh-token',
    operationId: 'refreshSessionByToken',
    summary: 'New tokens for a refresh token, for clients without cookies',
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

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/logout',
    operationId: 'signOut',
    summary: 'End this session; does nothing without one',
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

signInRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/auth/logout-all',
    operationId: 'signOutEverywhere',
    summary: 'End all sessions of the member',
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

signInRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/auth/session',
    operationId: 'findSessionMember',
    summary: 'Who is signed in; answers everyone',
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
