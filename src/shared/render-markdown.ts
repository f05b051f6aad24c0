import { micromark } from 'micromark'

/**
 * Renders Markdown to HTML that is safe to insert into a page: raw HTML becomes text, and links and images keep only
 * harmless protocols. These are micromark's defaults; its "dangerous" options would switch them off.
 */
export const renderMarkdown = (markdown: string): string => micromark(markdown)
