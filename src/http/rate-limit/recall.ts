const KEYS_IN_MEMORY = 20_000

/** The value of a key, made when there is none. Beyond a bound the key that was asked for longest ago is forgotten. */
export function recall<T>(values: Map<string, T>, key: string, make: () => T): T {
  const value = values.get(key) ?? make()
  // Set again, so that the key that was asked for longest ago is the first one.
  values.delete(key)
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > KEYS_IN_MEMORY && oldest !== undefined) values.delete(oldest)
  return value
}
