/** An answer as a parser without a schema has it from XML: text, or lists of what there is by name. */
export type Tree = string | { readonly [name: string]: readonly Tree[] }

/** The same of JSON: null and empty lists are not there, what holds nothing is empty text. */
export const treeOf = (value: unknown): Tree => {
  if (typeof value !== 'object' || value === null) return String(value)
  const names = Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([name, inner]) => [name, (Array.isArray(inner) ? inner : [inner]).map(treeOf)] as const)
    .filter(([, trees]) => trees.length > 0)
  return names.length === 0 ? '' : Object.fromEntries(names)
}

/** What there is of it, whatever it says. */
export const shapeOf = (tree: Tree): Tree =>
  typeof tree === 'string'
    ? 'text'
    : Object.fromEntries(Object.entries(tree).map(([name, inner]) => [name, inner.map(shapeOf)]))
