const KEYS_IN_MEMORY = 20_000

/** The value of a key, made by `make` if missing. A full map drops the key that was least recently used. */
export function recall<T>(values: Map<string, T>, key: string, make: () => T): T {
  const value = values.get(key) ?? make()
  // Setting it again moves the key to the end, so the first key is the least recently used one.
  values.delete(key)
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > KEYS_IN_MEMORY && oldest !== undefined) values.delete(oldest)
  return value
}
