/**
 * The one form in which usernames and email addresses are compared, limited and locked: A to Z become a to z, and every
 * other character stays as it is. `canonicalOf` in `db/canonical.ts` is the same in SQL; languages and databases agree on
 * nothing beyond ASCII (PostgreSQL folds `İ` to an `i`, JavaScript to two characters).
 */
export const canonical = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
