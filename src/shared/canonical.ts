/**
 * The form in which usernames and email addresses are compared, limited and locked: A to Z become a to z, all other
 * characters stay. `canonicalOf` in `db/canonical.ts` does the same in SQL. Beyond ASCII the two would not agree:
 * PostgreSQL folds `İ` to an `i`, JavaScript to two characters.
 */
export const canonical = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
