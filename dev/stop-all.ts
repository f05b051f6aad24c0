/**
 * Stops parts, the last started first, since it uses those before it. One that fails keeps no other from being stopped;
 * what went wrong is thrown at the end.
 */
export async function stopAll(parts: { stop(): Promise<void> }[]): Promise<void> {
  const failures: unknown[] = []
  for (const part of parts.splice(0).toReversed()) await part.stop().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} parts could not be stopped`)
}
