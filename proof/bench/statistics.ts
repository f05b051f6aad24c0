/** Latencies in milliseconds, and how many requests were answered in a second while they were taken. */
export interface Summary {
  p50: number
  p99: number
  requestsPerSecond: number
  samples: number
}

/** The value below which the share `q` (0 to 1) of the samples lies; NaN without samples. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** `seconds`: the time in which all samples were taken, `concurrency` at once. */
export const summarise = (samples: readonly number[], seconds: number): Summary => ({
  p50: quantile(samples, 0.5),
  p99: quantile(samples, 0.99),
  requestsPerSecond: samples.length / seconds,
  samples: samples.length,
})
