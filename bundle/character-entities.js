// Stands in for `character-entities` in the Worker's bundle: Markdown may name the 252 entities of HTML 4; the other
// two thousand names of HTML 5 would weigh 10 KiB, and their characters can be written as they are.
export { characterEntitiesHtml4 as characterEntities } from 'character-entities-html4'
