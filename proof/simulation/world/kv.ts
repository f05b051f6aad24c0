import type { World } from './world.ts'

type Kv = { get: (key: string) => Promise<unknown>; put: (key: string, value: string) => Promise<void> }

const failure = (): never => {
  throw new Error('KV failed: 500 Internal Server Error')
}

/** A KV namespace. The Worker stores only JSON that expires, which nothing here lives long enough to do. */
export function simulatedKv(world: World): Kv {
  const stored = new Map<string, string>()
  return {
    get: (key) =>
      world.cross<unknown>({
        service: 'kv',
        what: 'KV get',
        effect: () => Promise.resolve(JSON.parse(stored.get(key) ?? 'null')),
        failure,
      }),
    put: (key, value) =>
      world.cross<void>({
        service: 'kv',
        what: 'KV put',
        effect: () => {
          stored.set(key, value)
          return Promise.resolve()
        },
        failure,
      }),
  }
}
