import { type Answer, type Client, createClient } from './client.ts'
import { createMember, type TestMember } from './member.ts'

/** A client that is not a browser, signed in as this member by its Bearer token. */
export function asMember({ bearer }: Pick<TestMember, 'bearer'>, overrides: Record<string, unknown> = {}): Client {
  const client = createClient(overrides)
  const call: Client['call'] = (method, path, given) =>
    client.call(method, path, { ...given, headers: { ...bearer, ...given?.headers } })
  return {
    ...client,
    call,
    get: (path, headers): Promise<Answer> => call('GET', path, { headers: headers ?? {} }),
    post: (path, json, headers): Promise<Answer> => call('POST', path, { json, headers: headers ?? {} }),
    put: (path, json): Promise<Answer> => call('PUT', path, { json }),
    patch: (path, json): Promise<Answer> => call('PATCH', path, { json }),
    delete: (path): Promise<Answer> => call('DELETE', path),
  }
}

/** A new member and a client signed in as them. */
export async function signedIn(
  overrides: Record<string, unknown> = {},
): Promise<{ member: TestMember; client: Client }> {
  const member = await createMember()
  return { member, client: asMember(member, overrides) }
}
