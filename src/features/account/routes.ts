import { revalidated } from '../../http/edge-cache.ts'
import { createRoute, createRouter, jsonBody, jsonContent, PRIVATE, problems } from '../../http/router.ts'
import { changeAccount } from './change-account.ts'
import { changeCommunicationPreferences } from './change-communication-preferences.ts'
import { getAccount } from './get-account.ts'
import { getCommunicationPreferences } from './get-communication-preferences.ts'
import { getDefaultAddress } from './get-default-address.ts'
import { putDefaultAddress } from './put-default-address.ts'
import { removeDefaultAddress } from './remove-default-address.ts'
import * as schemas from './schemas.ts'

/** A client may cache its own account, but revalidates it each time. */
const REVALIDATED = { 'Cache-Control': 'private, no-cache' }

const tags = ['account']

export const accountRoutes = createRouter()

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    middleware: revalidated,
    tags,
    operationId: 'getAccount',
    method: 'get',
    path: '/v1/account',
    summary: "Read the member's own account",
    responses: {
      200: { description: 'The account', headers: schemas.etagHeader, content: jsonContent(schemas.accountSchema) },
      304: { description: 'The version that the client has (`If-None-Match`) is the current one' },
    },
  }),
  async (c) => {
    const { account, etag } = await getAccount(c.get('ctx'))
    return c.json(account, 200, { ...REVALIDATED, ETag: etag })
  },
)

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'changeAccount',
    method: 'patch',
    path: '/v1/account',
    summary: 'Change names and settings; fields that are left out stay as they are',
    request: { headers: schemas.ifMatchSchema, body: jsonBody(schemas.changeAccountSchema) },
    responses: {
      200: { description: 'The account', headers: schemas.etagHeader, content: jsonContent(schemas.accountSchema) },
      ...problems('precondition-failed'),
    },
  }),
  async (c) => {
    const change = c.req.valid('json')
    const { account, etag } = await changeAccount(c.get('ctx'), {
      firstName: change.first_name,
      lastName: change.last_name,
      useDefaultShippingAndPayment: change.use_default_shipping_and_payment,
      ifMatch: c.req.valid('header')['if-match'],
    })
    return c.json(account, 200, { ...PRIVATE, ETag: etag })
  },
)

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'getCommunicationPreferences',
    method: 'get',
    path: '/v1/account/communication-preferences',
    summary: 'Read which marketing emails the member wants',
    responses: {
      200: { description: 'The preferences', content: jsonContent(schemas.preferencesSchema) },
    },
  }),
  async (c) => c.json(await getCommunicationPreferences(c.get('ctx')), 200, PRIVATE),
)

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'changeCommunicationPreferences',
    method: 'patch',
    path: '/v1/account/communication-preferences',
    summary: 'Choose which marketing emails to get; fields that are left out stay as they are',
    request: { body: jsonBody(schemas.changePreferencesSchema) },
    responses: {
      200: { description: 'The preferences', content: jsonContent(schemas.preferencesSchema) },
    },
  }),
  async (c) => {
    const { newsletter, unsubscribed_from_all: unsubscribedFromAll } = c.req.valid('json')
    const input = { newsletter, unsubscribedFromAll }
    return c.json(await changeCommunicationPreferences(c.get('ctx'), input), 200, PRIVATE)
  },
)

const theAddress = { description: 'The address', content: jsonContent(schemas.defaultAddressViewSchema) }

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'getDefaultAddress',
    method: 'get',
    path: '/v1/account/default-address',
    summary: 'Read the default shipping address',
    responses: { 200: theAddress, ...problems('not-found') },
  }),
  async (c) => c.json(await getDefaultAddress(c.get('ctx')), 200, PRIVATE),
)

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'putDefaultAddress',
    method: 'put',
    path: '/v1/account/default-address',
    summary: 'Set the default shipping address, which the payment page then proposes',
    request: { body: jsonBody(schemas.defaultAddressSchema) },
    responses: { 200: theAddress },
  }),
  async (c) => {
    const { phone = null, line2 = null, state = null, ...rest } = c.req.valid('json')
    return c.json(await putDefaultAddress(c.get('ctx'), { ...rest, phone, line2, state }), 200, PRIVATE)
  },
)

accountRoutes.openapi(
  createRoute({
    policy: { access: 'member' },
    tags,
    operationId: 'removeDefaultAddress',
    method: 'delete',
    path: '/v1/account/default-address',
    summary: 'Remove the default shipping address',
    responses: { 204: { description: 'There is no default address now' } },
  }),
  async (c) => {
    await removeDefaultAddress(c.get('ctx'))
    return c.body(null, 204)
  },
)
