/** What the shop speaks, the first when nothing else fits. */
export const LANGUAGES = ['en', 'es'] as const

export type Language = (typeof LANGUAGES)[number]
