import type { z } from 'zod'
import type { Cause, Emulator } from '../emulator.ts'
import { expanded, planExpansion, type Returns } from './expand.ts'
import type { FormObject } from './form.ts'
import { parseParams } from './params.ts'

type Call<P> = {
  emulator: Emulator
  params: P
  /** The ids in the path, in order. */
  ids: string[]
  /** The first id in the path. */
  id: string
  cause: Cause
}

export type Route = {
  method: 'GET' | 'POST' | 'DELETE'
  segments: string[]
  /** Checks the parameters and returns the call ready to execute; throws before anything has happened. */
  prepare(emulator: Emulator, ids: string[], form: FormObject, cause: Cause): () => unknown
}

/** One API call: what it takes, what it returns, and what it does. `run` is synchronous, so each call is atomic. */
export function route<P extends { expand?: string[] | undefined }>(spec: {
  method: Route['method']
  path: string
  params: z.ZodType<P>
  returns: Returns
  run: (call: Call<P>) => unknown
}): Route {
  return {
    method: spec.method,
    segments: spec.path.split('/'),
    prepare(emulator, ids, form, cause) {
      const params = parseParams(spec.params, form)
      const expansions = planExpansion(spec.returns, params.expand ?? [])
      const call = { emulator, params, ids, id: ids[0] ?? '', cause }
      return () => expanded(emulator.store, spec.run(call), expansions)
    },
  }
}

/** Finds the route for a path; `{id}` segments yield ids. */
export function matchRoute<R extends { method: string; segments: string[] }>(
  routes: R[],
  method: string,
  path: string,
): { route: R; ids: string[] } | null {
  const actual = path.split('/')
  for (const candidate of routes) {
    if (candidate.method !== method || candidate.segments.length !== actual.length) continue
    const ids: string[] = []
    const matches = candidate.segments.every((segment, index) => {
      const value = actual[index] ?? ''
      if (segment !== '{id}') return segment === value
      ids.push(decode(value))
      return value !== ''
    })
    if (matches) return { route: candidate, ids }
  }
  return null
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
