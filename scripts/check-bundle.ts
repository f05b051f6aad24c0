import { withBundle } from './build-bundle.ts'

// Prints what the Worker weighs; above the ceiling the exit code becomes 1. A Worker starts wherever it is asked for first,
// and all of its code is read then.

/** Bytes, gzipped. */
const CEILING = 450 * 1_024

const kib = (bytes: number) => `${(bytes / 1_024).toFixed(0)} KiB`

withBundle(({ gzippedBytes, rawBytes, modules }) => {
  console.log(`${kib(gzippedBytes)} gzipped of ${kib(CEILING)}; ${kib(rawBytes)} in ${modules.size} modules`)
  if (gzippedBytes > CEILING) process.exitCode = 1
})
