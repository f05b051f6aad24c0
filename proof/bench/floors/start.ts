import path from 'node:path'
import { freePort } from '../../../dev/free-port.ts'
import { type Beside, COMPATIBILITY, type Given, listenAt, mercat } from '../../world/built-worker.ts'
import { bundleWorker } from '../../world/bundle-worker.ts'
import { type Recorder, startRecorder } from '../recorder.ts'

/** What the figures are compared with. */
export interface Floors {
  /** A Worker of bare routes. */
  url: string
  /** A Mercat whose order statements are recorded instead of run. */
  recorded: { api: string; recorder: Recorder }
}

/** Starts the floors beside Mercat, in the same workerd. */
export async function startFloors({ vars, neonUrl, bundle }: Given): Promise<Beside & { floors: Floors }> {
  const recorder = await startRecorder(neonUrl)
  const [port, recordedPort] = [await freePort(), await freePort()]
  const bareRoutes = {
    name: 'floors',
    modules: [bundleWorker(path.join(import.meta.dirname, 'wrangler.toml'))],
    ...COMPATIBILITY,
    bindings: vars,
    unsafeDirectSockets: listenAt(port),
  }
  const recordedVars = { ...vars, NEON_FETCH_ENDPOINT: `${recorder.url}/sql` }
  return {
    workers: [bareRoutes, mercat('recorded', bundle, recordedVars, { port: recordedPort })],
    parts: [recorder],
    floors: { url: `http://127.0.0.1:${port}`, recorded: { api: `http://127.0.0.1:${recordedPort}`, recorder } },
  }
}
