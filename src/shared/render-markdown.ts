import { micromark } from 'micromark'

/**
 * Markdown to HTML that is safe to insert into a page: raw HTML comes out as text, and links and images keep only
 * harmless protocols. Both are micromark's defaults, which its "dangerous" options would switch off.
 */
export const renderMarkdown = (markdown: string): string => micromark(markdown)
